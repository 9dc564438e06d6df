//! A source text with everything blanked out that is not code: comments, contents of literals, directives.

use std::ops::Range;

/// The masked text, as long as the source, so that places in one are places in the other.
#[derive(Debug)]
pub(super) struct Masked {
    /// Spaces stand for comments and directives, `"` for literals. Line breaks are kept.
    pub code: Vec<u8>,
    /// Where the preprocessor's directives are, in order.
    pub directives: Vec<Range<usize>>,
}

impl Masked {
    /// Masks a source text.
    pub fn new(source: &[u8]) -> Self {
        let mut mask =
            Masker { source, place: 0, masked: Self { code: source.to_vec(), directives: Vec::new() } };
        mask.run();
        mask.masked
    }
}

struct Masker<'a> {
    source: &'a [u8],
    place: usize,
    masked: Masked,
}

impl Masker<'_> {
    fn run(&mut self) {
        let mut line_is_blank = true;
        while let Some(&byte) = self.source.get(self.place) {
            let start = self.place;
            match byte {
                b'#' if line_is_blank => {
                    self.skip_directive();
                    self.masked.directives.push(start..self.place);
                    self.blank(start, b' ');
                }
                b'/' if self.skip_comment() => self.blank(start, b' '),
                b'"' | b'\'' => {
                    self.skip_literal(byte);
                    self.blank(start, b'"');
                    line_is_blank = false;
                }
                _ => {
                    self.place += 1;
                    line_is_blank = byte == b'\n' || (line_is_blank && byte.is_ascii_whitespace());
                }
            }
        }
    }

    /// Puts `filler` in place of all from `start` on, except line breaks.
    fn blank(&mut self, start: usize, filler: u8) {
        for byte in &mut self.masked.code[start..self.place] {
            if *byte != b'\n' {
                *byte = filler;
            }
        }
    }

    fn rest(&self) -> &[u8] {
        &self.source[self.place..]
    }

    /// Goes behind what ends a part of the text, or to the end of the text.
    fn skip_behind(&mut self, end: &[u8]) {
        let found = self.rest().windows(end.len()).position(|window| window == end);
        self.place = found.map_or(self.source.len(), |index| self.place + index + end.len());
    }

    /// Goes to the end of the line, and on where the line does.
    fn skip_line(&mut self) {
        loop {
            self.skip_behind(b"\n");
            let line = &self.source[..self.place];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let continued = line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\");
            if !continued || self.place == self.source.len() {
                return;
            }
        }
    }

    /// A directive ends with its line; a comment in it may span several.
    fn skip_directive(&mut self) {
        let start = self.place;
        self.skip_line();
        let line_end = self.place;
        self.place = start;
        while self.place < line_end {
            let byte = self.source[self.place];
            if matches!(byte, b'"' | b'\'') {
                self.skip_literal(byte);
            } else if !self.skip_comment() {
                self.place += 1;
            }
        }
        if self.place > line_end {
            self.skip_line();
        }
    }

    fn skip_comment(&mut self) -> bool {
        if self.rest().starts_with(b"//") {
            self.skip_line();
        } else if self.rest().starts_with(b"/*") {
            self.place += 2;
            self.skip_behind(b"*/");
        } else {
            return false;
        }
        true
    }

    fn skip_literal(&mut self, quote: u8) {
        let before = &self.source[..self.place];
        let after_word = |count: usize| before.iter().rev().nth(count).is_some_and(|byte| is_word(*byte));
        if quote == b'"' && before.ends_with(b"R") && !after_word(1) {
            return self.skip_raw_literal();
        }
        self.place += 1;
        // A quote within a number (1'000'000) opens nothing.
        if quote == b'\'' && before.last().is_some_and(u8::is_ascii_digit) {
            return;
        }
        while let Some(&byte) = self.source.get(self.place) {
            match byte {
                b'\\' => self.place = (self.place + 2).min(self.source.len()),
                // An apostrophe in an `#error` line is no literal that goes on.
                b'\n' => return,
                _ => {
                    self.place += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }

    /// `R"name( ... )name"`
    fn skip_raw_literal(&mut self) {
        self.place += 1;
        let name_length = self.rest().iter().take(17).position(|byte| *byte == b'(');
        let Some(length) = name_length else { return };
        let end = [b")", &self.rest()[..length], b"\""].concat();
        self.skip_behind(&end);
    }
}

/// Whether a byte can be in the middle of a name.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(source: &str) -> String {
        String::from_utf8(Masked::new(source.as_bytes()).code).unwrap()
    }

    #[test]
    fn only_code_is_left() {
        assert_eq!(code("a // b\nc"), "a     \nc");
        assert_eq!(code("a /* {\n */ b"), "a     \n    b");
        assert_eq!(code(r#"f("a\"{", '"', '\'');"#), r#"f("""""", """, """");"#);
        assert_eq!(code("R\"x(a\")\")x\" b"), format!("R{} b", "\"".repeat(10)));
        assert_eq!(code("1'000'000 {"), "1\"000\"000 {");
        assert_eq!(
            code(" # define A { \\\r\n } // c\nb"),
            format!("{}\n{}\nb", " ".repeat(16), " ".repeat(7))
        );
        assert_eq!(code("#error don't\nb"), "            \nb");
    }

    #[test]
    fn directives_are_found() {
        let source = "a\n#if X /* one\ntwo */ && Y\n#include <b> // c\nd #e\n";
        let masked = Masked::new(source.as_bytes());
        let found: Vec<&str> = masked.directives.iter().map(|range| &source[range.clone()]).collect();
        assert_eq!(found, ["#if X /* one\ntwo */ && Y\n", "#include <b> // c\n"]);
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_length_and_lines(source in "[ab#/*\"'\\\\(R)\r\n {]{0,80}") {
            let masked = code(&source);
            prop_assert_eq!(masked.len(), source.len());
            prop_assert_eq!(masked.matches('\n').count(), source.matches('\n').count());
        }
    }
}
