//! How the output of a device is written.

use crate::{
    commands::CommandResult,
    ui::{TerminalText, Ui, local_time},
};
use jiff::Timestamp;
use serde::Serialize;

/// The longest line that is kept until its end has come, with `--json`.
const MAX_LINE: usize = 64 * 1024;

/// Writes what a device prints to standard output: as it is, with times, or a JSON object for each line.
pub(super) struct Printer<'a> {
    ui: &'a Ui,
    form: Form,
    /// Where standard output is a terminal.
    terminal: Option<TerminalText>,
}

enum Form {
    Plain(Lines),
    Json { line: Vec<u8> },
}

/// One line, with `--json`.
#[derive(Serialize)]
struct Line {
    /// When its end came.
    time: String,
    text: String,
}

impl<'a> Printer<'a> {
    pub(super) fn new(ui: &'a Ui, timestamps: bool) -> Self {
        let form = if ui.is_json() {
            Form::Json { line: Vec::new() }
        } else {
            Form::Plain(Lines { stamped: timestamps, in_line: false })
        };
        Self { ui, form, terminal: ui.stdout_is_terminal().then(TerminalText::default) }
    }

    /// Writes the next bytes.
    pub(super) fn print(&mut self, bytes: &[u8]) -> CommandResult {
        if bytes.is_empty() {
            return Ok(());
        }
        match &mut self.form {
            Form::Plain(lines) => {
                let shown = self.terminal.as_mut().map(|text| text.push(bytes).into_bytes());
                let shown = shown.as_deref().unwrap_or(bytes);
                self.ui.raw(&lines.write(shown, || local_time(Timestamp::now())))?;
            }
            Form::Json { line } => {
                line.extend(bytes);
                while let Some(end) = line.iter().position(|byte| *byte == b'\n') {
                    let complete: Vec<u8> = line.drain(..=end).collect();
                    self.ui.json_line(&Line::new(&complete))?;
                }
                if line.len() > MAX_LINE {
                    self.ui.json_line(&Line::new(&std::mem::take(line)))?;
                }
            }
        }
        Ok(())
    }

    /// Ends a line that the device began and did not end, for what follows is not from it.
    pub(super) fn end_line(&mut self) -> CommandResult {
        match &mut self.form {
            Form::Plain(lines) => {
                let unfinished = std::mem::take(&mut lines.in_line);
                if unfinished && self.terminal.is_some() {
                    self.ui.raw(b"\n")?;
                }
            }
            Form::Json { line } if !line.is_empty() => {
                self.ui.json_line(&Line::new(&std::mem::take(line)))?
            }
            Form::Json { .. } => {}
        }
        Ok(())
    }
}

impl Line {
    fn new(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).trim_end_matches(['\r', '\n']).to_owned();
        Self { time: local_time(Timestamp::now()), text }
    }
}

/// Where lines begin, which is where the time is put.
struct Lines {
    stamped: bool,
    in_line: bool,
}

impl Lines {
    fn write(&mut self, bytes: &[u8], now: impl Fn() -> String) -> Vec<u8> {
        let mut written = Vec::with_capacity(bytes.len());
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.stamped && !self.in_line {
                written.extend(now().as_bytes());
                written.push(b' ');
            }
            written.extend(piece);
            self.in_line = !piece.ends_with(b"\n");
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_gets_the_time_of_its_first_byte() {
        let mut lines = Lines { stamped: true, in_line: false };
        let mut write =
            |bytes: &[u8], now: &str| String::from_utf8(lines.write(bytes, || now.to_owned())).unwrap();
        assert_eq!(write(b"one\r\ntw", "1"), "1 one\r\n1 tw");
        assert_eq!(write(b"o\n\n", "2"), "o\n2 \n");
        assert_eq!(write(b"three", "3"), "3 three");
    }

    #[test]
    fn without_times_nothing_is_changed() {
        let mut lines = Lines { stamped: false, in_line: false };
        assert_eq!(lines.write(b"\xff\x00\r\n\n", String::new), b"\xff\x00\r\n\n");
    }
}
