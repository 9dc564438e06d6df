//! Lists of devices as people have them: a column of a spreadsheet, the output of a script, a text file of some editor.

use crate::commands::{CommandError, CommandResult, Kind};
use std::{
    collections::HashSet,
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

/// Longest file that is read. A million ids are half of it.
const LONGEST_FILE: u64 = 64 << 20;

/// The identifiers in a file: ids, serial numbers, IMEIs or ICCIDs.
pub(super) fn read(path: &Path) -> CommandResult<Vec<String>> {
    let name = path.display();
    let mut bytes = Vec::new();
    let outcome = File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_end(&mut bytes));
    match outcome {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(CommandError::new(Kind::NotFound, format!("{name} does not exist")));
        }
        Err(error) => {
            return Err(CommandError::caused_by(Kind::Failed, error).context(format!("cannot read {name}")));
        }
        Ok(length) if length as u64 > LONGEST_FILE => {
            return Err(CommandError::new(Kind::Usage, format!("{name} is too long for a list of devices")));
        }
        Ok(_) => {}
    }
    let text =
        decode(&bytes).ok_or_else(|| CommandError::new(Kind::Usage, format!("{name} is no text file")))?;
    let identifiers = parse(&text);
    if identifiers.is_empty() {
        return Err(CommandError::new(Kind::Usage, format!("{name} is empty")));
    }
    Ok(identifiers)
}

/// Text in UTF-8, or in UTF-16 with a byte order mark, as Windows programs write it.
fn decode(bytes: &[u8]) -> Option<String> {
    let utf16 = |unit: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        rest.is_empty().then(|| String::from_utf16(&units).ok())?
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => utf16(u16::from_be_bytes, rest),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// The identifiers in a text, each once, in their order.
fn parse(text: &str) -> Vec<String> {
    let mut lines = text.lines().filter(|line| words(line).next().is_some()).peekable();
    lines.next_if(|first| is_heading(first));
    each_once(lines.flat_map(words))
}

/// What stands between blanks, commas, semicolons, quotes and byte order marks.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let separates = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '\u{feff}');
    line.split(separates).filter(|word| !word.is_empty())
}

/// Whether a line is the heading of a column: every identifier has a digit in it.
fn is_heading(line: &str) -> bool {
    !line.contains(|c: char| c.is_ascii_digit())
}

/// Leaves out what has come before. Upper and lower case are the same to the cloud.
pub(super) fn each_once(identifiers: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let mut seen = HashSet::new();
    let identifiers = identifiers.into_iter().map(Into::into);
    identifiers.filter(|identifier| seen.insert(identifier.to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "e00fce68aaaaaaaaaaaaaaaa";

    #[test]
    fn every_common_form_of_a_list_is_read() {
        for text in [
            format!("{ID}\n353353353353353\n"),
            format!("{ID}\r\n\r\n  353353353353353 \t\r\n"),
            format!("\u{feff}{ID}\n353353353353353"),
            format!("\"{ID}\"\n'353353353353353'\n"),
            format!("{ID},353353353353353,\n"),
            format!("{ID}; 353353353353353"),
            format!("Device ID\n{ID}\n353353353353353"),
            format!("\n\"id\",\n{ID}\n353353353353353"),
        ] {
            assert_eq!(parse(&text), [ID, "353353353353353"], "{text:?}");
        }
    }

    #[test]
    fn an_identifier_counts_once() {
        assert_eq!(
            parse(&format!("{ID}\r\nBADID7\n\n 353353353353353 \nbadid7\n{ID}\n")),
            [ID, "BADID7", "353353353353353"]
        );
    }

    #[test]
    fn only_the_first_line_can_be_a_heading() {
        assert_eq!(parse(&format!("{ID}\nbadid\n")), [ID, "badid"]);
        assert!(parse("device_id\n\n").is_empty() && parse(" ,\"\"\n").is_empty());
    }

    #[test]
    fn utf_16_is_read_and_what_is_no_text_is_not() {
        let little: Vec<u8> = "\u{feff}ab\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}ab\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little).unwrap(), "ab\r\n");
        assert_eq!(decode(&big).unwrap(), "ab\r\n");
        assert_eq!(decode(&little[..5]), None);
        assert_eq!(decode(b"\x80\x81"), None);
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(bytes: Vec<u8>) {
            if let Some(text) = decode(&bytes) {
                for identifier in parse(&text) {
                    prop_assert!(!identifier.is_empty() && !identifier.contains(char::is_whitespace));
                }
            }
        }

        #[test]
        fn a_list_of_ids_is_read_back(ids in proptest::collection::hash_set("[0-9a-f]{23}[0-9]", 1..20)) {
            let ids: Vec<String> = ids.into_iter().collect();
            prop_assert_eq!(parse(&ids.join("\r\n")), ids);
        }
    }
}
