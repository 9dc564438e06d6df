//! A stream of bytes from outside, made fit for a terminal.

/// Decodes bytes as they come, and escapes the control characters that a terminal would act on. Line ends and tabs are
/// kept.
#[derive(Debug, Default)]
pub struct TerminalText {
    /// The beginning of a character whose rest has not come yet.
    pending: Vec<u8>,
}

impl TerminalText {
    /// Takes the next bytes and gives what can be shown of them.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend(bytes);
        let complete = self.pending.len() - incomplete_end(&self.pending);
        let text = String::from_utf8_lossy(&self.pending[..complete]).chars().map(shown).collect();
        self.pending.drain(..complete);
        text
    }
}

fn shown(character: char) -> String {
    if character.is_control() && !matches!(character, '\t' | '\n' | '\r') {
        character.escape_default().to_string()
    } else {
        character.to_string()
    }
}

/// How many bytes at the end are the beginning of a character.
fn incomplete_end(bytes: &[u8]) -> usize {
    for (count, byte) in bytes.iter().rev().take(3).enumerate().map(|(place, byte)| (place + 1, byte)) {
        let length = match byte {
            0x80..=0xBF => continue,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return 0,
        };
        return if count < length { count } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_are_shown_and_line_ends_kept() {
        let mut text = TerminalText::default();
        assert_eq!(text.push(b"a\x1b[2Jb\x07\tc\r\n\xff\n"), "a\\u{1b}[2Jb\\u{7}\tc\r\n\u{fffd}\n");
        assert_eq!(text.push("\u{9b}31m".as_bytes()), "\\u{9b}31m");
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_come(text in "[ -~äß€🌈\n]{0,40}", size in 1..5_usize) {
            let mut stream = TerminalText::default();
            let shown: String = text.as_bytes().chunks(size).map(|chunk| stream.push(chunk)).collect();
            prop_assert_eq!(shown, text);
        }

        #[test]
        fn any_bytes_are_survived(chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..20)) {
            let mut stream = TerminalText::default();
            for chunk in chunks {
                let shown = stream.push(&chunk);
                prop_assert!(shown.chars().all(|c| c != '\x1b'));
            }
        }
    }
}
