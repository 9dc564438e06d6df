//! Lines of values: for a terminal, for a script, and for a spreadsheet.

use super::reading::Reading;
use crate::ui::{Ui, escape_controls};
use jiff::{Timestamp, tz::TimeZone};
use std::borrow::Cow;

/// What a line holds beside the value, and who reads it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    device: bool,
    time: bool,
    reader: Reader,
}

/// Who reads the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    /// A person: control characters are escaped.
    Terminal,
    /// A script that takes the value as it is.
    Script,
    /// A spreadsheet: comma-separated values (RFC 4180), quoted where that is needed.
    Spreadsheet,
}

impl Layout {
    /// The layout of values that are read once. A value that stands alone goes to a script as it is.
    pub(super) fn once(ui: &Ui, device: bool, time: bool) -> Self {
        let reader = match (ui.stdout_is_terminal(), device || time) {
            (true, _) => Reader::Terminal,
            (false, true) => Reader::Spreadsheet,
            (false, false) => Reader::Script,
        };
        Self { device, time, reader }
    }

    /// The layout of values that are read again and again.
    pub(super) fn repeated(ui: &Ui, device: bool, time: bool) -> Self {
        let reader = if ui.stdout_is_terminal() { Reader::Terminal } else { Reader::Spreadsheet };
        Self { device, time, reader }
    }

    /// The line of a reading: `[DEVICE, ][TIME, ]VALUE`.
    pub(super) fn line(self, reading: &Reading) -> String {
        let time = self.time.then(|| Cow::Owned(local_time(reading.time)));
        let device = self.device.then_some(Cow::Borrowed(reading.device.as_str()));
        let fields = device.into_iter().chain(time).chain([reading.text()]);
        let mut line = String::new();
        for field in fields {
            let field = self.field(&field).into_owned();
            // A quote is one only at the beginning of a field, so no space may stand before it.
            let separator = if field.starts_with('"') { "," } else { ", " };
            if !line.is_empty() {
                line.push_str(separator);
            }
            line.push_str(&field);
        }
        line
    }

    fn field(self, text: &str) -> Cow<'_, str> {
        match self.reader {
            Reader::Terminal => escape_controls(text),
            Reader::Script => Cow::Borrowed(text),
            Reader::Spreadsheet if needs_quotes(text) => {
                Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
            }
            Reader::Spreadsheet => Cow::Borrowed(text),
        }
    }
}

fn needs_quotes(text: &str) -> bool {
    text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') || text.is_empty()
}

/// A time in the reader's zone, to the second, with its offset: `2026-11-20T15:40:16+00:00`.
fn local_time(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::{super::source::Source, *};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn line(device: bool, time: bool, reader: Reader, value: Value) -> String {
        let source = Source { device: "id".into(), variable: "v".into() };
        Layout { device, time, reader }.line(&Reading::new(&source, Timestamp::UNIX_EPOCH, value))
    }

    #[test]
    fn device_and_time_come_first() {
        let time = local_time(Timestamp::UNIX_EPOCH);
        assert_eq!(time.len(), "2026-11-20T15:40:16+00:00".len());
        assert_eq!(line(true, false, Reader::Terminal, json!(72.1)), "id, 72.1");
        assert_eq!(line(false, true, Reader::Spreadsheet, json!(72.1)), format!("{time}, 72.1"));
        assert_eq!(line(true, true, Reader::Spreadsheet, json!(1)), format!("id, {time}, 1"));
    }

    #[test]
    fn each_reader_gets_a_text_its_own_way() {
        let value = json!("say \"hi\",\u{1b}\n");
        assert_eq!(line(false, false, Reader::Script, value.clone()), "say \"hi\",\u{1b}\n");
        assert_eq!(line(true, false, Reader::Terminal, value.clone()), "id, say \"hi\",\\u{1b}\\n");
        assert_eq!(line(true, false, Reader::Spreadsheet, value), "id,\"say \"\"hi\"\",\u{1b}\n\"");
    }

    /// Reads a line as a spreadsheet does (RFC 4180), with spaces around plain fields taken off.
    fn parse(line: &str) -> Vec<String> {
        let (mut fields, mut rest) = (Vec::new(), line);
        loop {
            let (field, behind) = match rest.strip_prefix('"') {
                Some(quoted) => {
                    let doubled = quoted.replace("\"\"", "\u{0}\u{0}");
                    let end = doubled.find('"').unwrap();
                    (quoted[..end].replace("\"\"", "\""), &quoted[end + 1..])
                }
                None => {
                    let end = rest.find(',').unwrap_or(rest.len());
                    (rest[..end].trim_matches(' ').to_owned(), &rest[end..])
                }
            };
            fields.push(field);
            match behind.strip_prefix(',') {
                Some(next) => rest = next,
                None => return fields,
            }
        }
    }

    proptest! {
        #[test]
        fn a_spreadsheet_reads_any_text_back(text in "[a-z ,\"\n\r°]{0,12}") {
            let line = line(true, false, Reader::Spreadsheet, json!(text));
            prop_assert_eq!(parse(&line), ["id".to_owned(), text]);
        }
    }
}
