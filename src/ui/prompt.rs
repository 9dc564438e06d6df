//! Questions. They are asked on standard error, and only where a person can answer.

use super::Ui;
use dialoguer::{Confirm, Input, Password, Select};
use std::io;

/// A question that got no answer.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// There is no terminal to ask on.
    #[error("no answer to \"{question}\": there is no terminal to ask on; answer with {flag}")]
    NoTerminal {
        /// The question.
        question: String,
        /// The flag that answers it.
        flag: String,
    },
    /// The person pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// The terminal failed.
    #[error("cannot read the answer: {0}")]
    Failed(io::Error),
}

impl From<dialoguer::Error> for PromptError {
    fn from(error: dialoguer::Error) -> Self {
        let dialoguer::Error::IO(error) = error;
        if error.kind() == io::ErrorKind::Interrupted { Self::Interrupted } else { Self::Failed(error) }
    }
}

impl Ui {
    /// Asks yes or no. `--yes` answers yes; `flag` names what to type where nobody can be asked.
    pub fn confirm(&self, question: &str, default: bool, flag: &str) -> Result<bool, PromptError> {
        if self.options().assume_yes {
            return Ok(true);
        }
        self.require_terminal(question, flag)?;
        Ok(Confirm::new().with_prompt(question).default(default).interact()?)
    }

    /// Asks for a line of text.
    pub fn ask(&self, question: &str, default: Option<&str>, flag: &str) -> Result<String, PromptError> {
        self.require_terminal(question, flag)?;
        let mut input = Input::<String>::new().with_prompt(question).allow_empty(true);
        if let Some(default) = default {
            input = input.default(default.to_owned());
        }
        Ok(input.interact_text()?)
    }

    /// Asks for a secret; what is typed is not shown.
    pub fn ask_secret(&self, question: &str, flag: &str) -> Result<String, PromptError> {
        self.require_terminal(question, flag)?;
        Ok(Password::new().with_prompt(question).allow_empty_password(true).interact()?)
    }

    /// Asks to choose one of several; gives the index.
    pub fn choose(&self, question: &str, items: &[String], flag: &str) -> Result<usize, PromptError> {
        self.require_terminal(question, flag)?;
        Ok(Select::new().with_prompt(question).items(items).default(0).interact()?)
    }

    /// Reads a line that was given on standard input instead of being typed; without its line break. `None` at the
    /// end of the input, and where there is a terminal or nobody is to be asked.
    pub fn piped_line(&self) -> Result<Option<String>, PromptError> {
        if self.stdin_is_terminal() || self.options().no_input {
            return Ok(None);
        }
        let mut line = String::new();
        let length = io::stdin().read_line(&mut line).map_err(PromptError::Failed)?;
        line.truncate(line.trim_end_matches(['\r', '\n']).len());
        Ok((length > 0).then_some(line))
    }

    fn require_terminal(&self, question: &str, flag: &str) -> Result<(), PromptError> {
        if self.can_ask() {
            return Ok(());
        }
        Err(PromptError::NoTerminal { question: question.to_owned(), flag: flag.to_owned() })
    }
}
