//! The one place where errors of all rooms become message, hint and exit status.
//!
//! Each room's errors are translated in a file of its name; commands add hints where the knowledge is.

mod cloud;
mod control;
mod dfu;
mod firmware;
mod host_wifi;
mod keys;
mod output;
mod project;
mod sandbox;
mod serial;
mod settings;
mod softap;
mod usb;

pub use super::exit_status::Kind;
use std::error::Error;

/// What a command fails with.
#[derive(Debug)]
pub struct CommandError {
    kind: Kind,
    message: String,
    hints: Vec<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What every command's `run` gives.
pub type CommandResult<T = ()> = Result<T, CommandError>;

impl CommandError {
    /// An error with a message of one or two lines that says what failed and why.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), source: None }
    }

    /// An error whose message and chain of causes are those of `source`.
    pub fn caused_by(kind: Kind, source: impl Error + Send + Sync + 'static) -> Self {
        Self { kind, message: source.to_string(), hints: Vec::new(), source: Some(Box::new(source)) }
    }

    /// Puts what was being done in front of the message: `context: message`.
    pub fn context(mut self, context: impl AsRef<str>) -> Self {
        self.message = format!("{}: {}", context.as_ref(), self.message);
        self
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The causes behind the message, outermost first (shown with `-v`).
    pub fn causes(&self) -> Vec<String> {
        let first = self.source.as_deref().and_then(|source| source.source());
        std::iter::successors(first, |error| (*error).source()).map(ToString::to_string).collect()
    }
}
