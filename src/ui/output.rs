//! Both output streams and what may go to which.

use super::{Page, Report, escape_controls, progress};
use anstream::AutoStream;
use indicatif::MultiProgress;
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    cell::RefCell,
    io::{self, IsTerminal, Write},
};

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that can show it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Standard output is gone or full.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader of our pipe went away; nothing is wrong.
    #[error("the reader of standard output went away")]
    Closed,
    /// Anything else, such as a full disk.
    #[error("cannot write to standard output: {0}")]
    Failed(io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Failed(error) }
    }
}

/// How to speak, as the command line and the environment ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct UiOptions {
    /// JSON instead of text.
    pub json: bool,
    /// Results only.
    pub quiet: bool,
    /// Number of `-v`.
    pub verbosity: u8,
    /// Colour.
    pub color: ColorChoice,
    /// Answer yes to every confirmation.
    pub assume_yes: bool,
    /// Never ask.
    pub no_input: bool,
}

/// The terminal, or whatever stands in its place.
pub struct Ui {
    options: UiOptions,
    /// Whether standard output shows styles.
    stdout_color: bool,
    stderr: RefCell<AutoStream<io::Stderr>>,
    stdout_terminal: bool,
    stderr_terminal: bool,
    stdin_terminal: bool,
    pub(super) screen: MultiProgress,
}

impl Ui {
    /// Takes hold of the process's streams.
    pub fn new(options: UiOptions) -> Self {
        let choice = match options.color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        let stderr_terminal = io::stderr().is_terminal();
        Self {
            options,
            stdout_color: shows_color(options.color),
            stderr: RefCell::new(AutoStream::new(io::stderr(), choice)),
            stdout_terminal: io::stdout().is_terminal(),
            stderr_terminal,
            stdin_terminal: io::stdin().is_terminal(),
            screen: progress::screen(stderr_terminal && !options.quiet),
        }
    }

    /// What was asked for.
    pub fn options(&self) -> &UiOptions {
        &self.options
    }

    /// Whether results are printed as JSON.
    pub fn is_json(&self) -> bool {
        self.options.json
    }

    /// Whether a person can be asked something.
    pub fn can_ask(&self) -> bool {
        self.stdin_terminal && self.stderr_terminal && !self.options.no_input
    }

    /// Whether standard input is a terminal.
    pub fn stdin_is_terminal(&self) -> bool {
        self.stdin_terminal
    }

    /// Whether standard error shows moving progress.
    pub fn shows_progress(&self) -> bool {
        self.stderr_terminal && !self.options.quiet
    }

    /// Whether standard output is a terminal.
    pub fn stdout_is_terminal(&self) -> bool {
        self.stdout_terminal
    }

    /// Prints a command's result: text, or with `--json` one document in the envelope.
    pub fn report(&self, report: &impl Report) -> Result<(), OutputError> {
        if self.options.json {
            return self.document(&json!({ "meta": meta(), "data": to_value(report) }));
        }
        self.show(report)
    }

    /// Prints the text of a report that is only a part of a command's result; nothing with `--json`.
    pub fn show(&self, report: &impl Report) -> Result<(), OutputError> {
        if self.options.json {
            return Ok(());
        }
        let mut page = Page::new(self.stdout_terminal, self.stdout_color);
        report.render(&mut page);
        self.raw(page.into_text().as_bytes())
    }

    /// Prints a line of text output; nothing with `--json`, where the report carries the same fact.
    pub fn line(&self, text: impl AsRef<str>) -> Result<(), OutputError> {
        if self.options.json { Ok(()) } else { self.raw(format!("{}\n", text.as_ref()).as_bytes()) }
    }

    /// Prints one object of a stream as one line of JSON, without envelope. Control characters that JSON allows are
    /// escaped in the way of JSON: a terminal would act on them.
    pub fn json_line(&self, value: &impl Serialize) -> Result<(), OutputError> {
        let mut line = escape_controls_in_json(to_value(value).to_string());
        line.push('\n');
        self.raw(line.as_bytes())
    }

    /// Prints help or another text of ours that has styles in it, which are left out where they are not shown.
    pub fn help(&self, text: &clap::builder::StyledStr) -> Result<(), OutputError> {
        let text = if self.stdout_color { text.ansi().to_string() } else { text.to_string() };
        self.raw(text.as_bytes())
    }

    /// Writes bytes to standard output as they are, and flushes.
    pub fn raw(&self, bytes: &[u8]) -> Result<(), OutputError> {
        self.screen.suspend(|| {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes)?;
            stdout.flush()?;
            Ok(())
        })
    }

    /// Text that came from outside, fit for standard output as [`Page::foreign`] describes.
    pub fn foreign<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.stdout_terminal { escape_controls(text) } else { Cow::Borrowed(text) }
    }

    /// Tells the person what is going on, on standard error; silent with `-q`.
    pub fn note(&self, text: impl AsRef<str>) {
        if !self.options.quiet {
            self.stderr_line(text.as_ref());
        }
    }

    /// Warns on standard error.
    pub fn warn(&self, text: impl AsRef<str>) {
        let style = anstyle::AnsiColor::Yellow.on_default();
        self.stderr_line(&format!("{style}warning:{style:#} {}", text.as_ref()));
    }

    /// Prints an error and its hints on standard error; with `--json` as one document.
    pub fn error(&self, code: &str, message: &str, hints: &[String]) {
        if self.options.json {
            let hint = if hints.is_empty() { Value::Null } else { Value::String(hints.join("\n")) };
            let document =
                json!({ "meta": meta(), "error": { "code": code, "message": message, "hint": hint } });
            return self.stderr_line(&pretty(&document));
        }
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let cyan = anstyle::AnsiColor::Cyan.on_default();
        self.stderr_line(&format!("{red}error:{red:#} {}", escape_lines(message)));
        for hint in hints {
            self.stderr_line(&format!("{cyan}hint:{cyan:#} {}", escape_lines(hint)));
        }
    }

    /// A line of diagnostics on standard error (`-v`).
    pub fn verbose(&self, level: u8, text: impl AsRef<str>) {
        if self.options.verbosity >= level {
            self.stderr_line(&escape_lines(text.as_ref()));
        }
    }

    fn document(&self, value: &Value) -> Result<(), OutputError> {
        self.raw(format!("{}\n", pretty(value)).as_bytes())
    }

    fn stderr_line(&self, text: &str) {
        // There is nowhere left to report that standard error is gone.
        self.screen.suspend(|| {
            let _ = writeln!(self.stderr.borrow_mut(), "{text}");
        });
    }
}

fn shows_color(choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// Escapes control characters but keeps line breaks.
fn escape_lines(text: &str) -> String {
    text.split('\n').map(escape_controls).collect::<Vec<_>>().join("\n")
}

/// JSON has escapes for the control characters of ASCII itself, except for delete, and leaves those beyond ASCII alone.
fn escape_controls_in_json(json: String) -> String {
    if !json.chars().any(char::is_control) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if c.is_control() {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn meta() -> Value {
    json!({ "version": env!("CARGO_PKG_VERSION") })
}

fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_is_left_in_a_line_of_json() {
        let text = "a\u{1b}[2J\u{7f}\u{9b}31m ü";
        let line = escape_controls_in_json(json!(text).to_string());
        assert_eq!(line, r#""a\u001b[2J\u007f\u009b31m ü""#);
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), text);
    }
}
