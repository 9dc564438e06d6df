//! Reports: one value, shown as text or as JSON.

use anstyle::Style;
use serde::Serialize;
use std::{borrow::Cow, fmt::Display};

/// The result of a command. JSON and text come from the same value, so they cannot drift.
pub trait Report: Serialize {
    /// Writes the text a person reads.
    fn render(&self, page: &mut Page);
}

/// The text of a report while it is being written.
#[derive(Debug, Default)]
pub struct Page {
    text: String,
    terminal: bool,
    color: bool,
}

impl Page {
    /// An empty page; `terminal` says whether it will be shown on one, `color` whether with colours.
    pub fn new(terminal: bool, color: bool) -> Self {
        Self { text: String::new(), terminal, color }
    }

    /// Adds a line.
    pub fn line(&mut self, text: impl Display) {
        self.text.push_str(&text.to_string());
        self.text.push('\n');
    }

    /// Text that came from outside (names, events, metadata), fit to be shown here: with control characters escaped
    /// where a terminal would act on them, untouched elsewhere.
    pub fn foreign<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.terminal { escape_controls(text) } else { Cow::Borrowed(text) }
    }

    /// Text in a style, where styles are shown.
    pub fn styled(&self, style: Style, text: impl Display) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// The text written so far.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// Replaces control characters by their escapes (`\u{1b}`, `\n`, ...), so that a terminal shows and does not obey them.
pub fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let escaped =
        text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() });
    Cow::Owned(escaped.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_escaped_on_a_terminal_only() {
        assert_eq!(Page::new(true, true).foreign("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
        assert_eq!(Page::new(false, false).foreign("a\u{1b}[2Jb\n"), "a\u{1b}[2Jb\n");
        assert_eq!(escape_controls("grün 🌈"), "grün 🌈");
    }
}
