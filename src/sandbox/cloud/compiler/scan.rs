//! Reading C++ as far as comments, literals and directives go.

/// A file of source code, and the same with everything blanked that is no code.
pub(super) struct Source<'f> {
    /// Its path in the project.
    pub name: &'f str,
    /// As it was sent.
    pub text: String,
    /// The same length, with comments and the insides of literals replaced by spaces. Line breaks stay.
    pub code: String,
    /// A literal or comment that does not end: the line where it begins, and what the compiler says to it.
    pub unterminated: Option<(usize, &'static str)>,
}

impl<'f> Source<'f> {
    pub(super) fn new(name: &'f str, content: &[u8]) -> Self {
        let text = String::from_utf8_lossy(content).into_owned();
        let (code, unterminated) = Scanner::new(&text).run();
        let unterminated = unterminated.map(|(at, problem)| (line_of(&text, at), problem));
        Self { name, text, code, unterminated }
    }

    /// Number of the line, from 1, that the byte at `offset` is in.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        line_of(&self.text, offset)
    }

    /// The lines that are directives: number from 1, what follows the `#` as code, and the line as it was sent.
    pub(super) fn directives(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let lines = (1..).zip(self.code.split('\n').zip(self.text.split('\n')));
        lines.filter_map(|(number, (code, text))| {
            Some((number, code.trim_start().strip_prefix('#')?.trim(), text.trim_end_matches('\r')))
        })
    }

    /// Where a word stands in the code, as a word of its own.
    pub(super) fn places_of<'s>(&'s self, word: &'s str) -> impl Iterator<Item = usize> + 's {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        self.code.match_indices(word).map(|(at, _)| at).filter(move |at| {
            let (before, after) = (&self.code[..*at], &self.code[at + word.len()..]);
            !before.ends_with(is_part) && !after.starts_with(is_part)
        })
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// What the reader is in the middle of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Code,
    LineComment,
    BlockComment,
    /// Between these quotes.
    Literal(u8),
}

struct Scanner<'t> {
    text: &'t [u8],
    code: Vec<u8>,
    inside: Inside,
    began: usize,
    unterminated: Option<(usize, &'static str)>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        let text = text.as_bytes();
        Self { text, code: text.to_vec(), inside: Inside::Code, began: 0, unterminated: None }
    }

    fn run(mut self) -> (String, Option<(usize, &'static str)>) {
        let mut at = 0;
        while at < self.text.len() {
            at += self.step(at);
        }
        if self.inside == Inside::BlockComment {
            self.unterminated.get_or_insert((self.began, "unterminated comment"));
        }
        (String::from_utf8_lossy(&self.code).into_owned(), self.unterminated)
    }

    /// Reads what begins at `at`, and gives its length.
    fn step(&mut self, at: usize) -> usize {
        let (this, next) = (self.text[at], self.text.get(at + 1).copied());
        match (self.inside, this, next) {
            (Inside::Code, b'/', Some(b'/')) => self.enter(Inside::LineComment, at, 2),
            (Inside::Code, b'/', Some(b'*')) => self.enter(Inside::BlockComment, at, 2),
            (Inside::Code, b'R', Some(b'"')) => self.raw_literal(at),
            // Between digits it separates thousands.
            (Inside::Code, b'\'', _) if at > 0 && self.text[at - 1].is_ascii_alphanumeric() => 1,
            (Inside::Code, b'"' | b'\'', _) => {
                self.inside = Inside::Literal(this);
                self.began = at;
                1
            }
            (Inside::Code, _, _) => 1,
            (Inside::LineComment, b'\n', _) => self.leave(1),
            (Inside::BlockComment, b'*', Some(b'/')) => {
                self.blank(at, 2);
                self.leave(2)
            }
            (Inside::Literal(_), b'\\', Some(_)) => self.blank(at, 2),
            (Inside::Literal(quote), _, _) if this == quote => self.leave(1),
            (Inside::Literal(_), b'\n', _) => {
                self.unterminated.get_or_insert((self.began, "missing terminating character"));
                self.leave(1)
            }
            _ => self.blank(at, 1),
        }
    }

    fn enter(&mut self, inside: Inside, at: usize, length: usize) -> usize {
        self.inside = inside;
        self.began = at;
        self.blank(at, length)
    }

    fn leave(&mut self, length: usize) -> usize {
        self.inside = Inside::Code;
        length
    }

    /// `R"delimiter( ... )delimiter"`.
    fn raw_literal(&mut self, at: usize) -> usize {
        let rest = &self.text[at + 2..];
        let end = rest.iter().position(|byte| *byte == b'(').and_then(|open| {
            let closing = [b")", &rest[..open], b"\""].concat();
            let found = rest.windows(closing.len()).position(|window| window == closing)?;
            Some(2 + found + closing.len())
        });
        match end {
            Some(length) => self.blank(at, length),
            None => 1,
        }
    }

    fn blank(&mut self, at: usize, length: usize) -> usize {
        let end = self.code.len().min(at + length);
        self.code[at..end]
            .iter_mut()
            .filter(|byte| !matches!(byte, b'\n' | b'\r'))
            .for_each(|byte| *byte = b' ');
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> String {
        Source::new("a.ino", text.as_bytes()).code
    }

    #[test]
    fn what_is_no_code_is_blanked_in_place() {
        assert_eq!(code("a // b\nc /* d\ne */ f"), "a     \nc     \n     f");
        assert_eq!(code(r#"f("a\"b", 'x', 1'000)"#), r#"f("    ", ' ', 1'000)"#);
        assert_eq!(code("x = R\"q(a\"b)q\";"), "x =           ;");
    }

    #[test]
    fn what_does_not_end_is_noticed_where_it_begins() {
        let unterminated = |text: &str| Source::new("a.ino", text.as_bytes()).unterminated;
        assert_eq!(unterminated("a\n/* b\n"), Some((2, "unterminated comment")));
        assert_eq!(unterminated("a\nb = \"c\nd"), Some((2, "missing terminating character")));
        assert_eq!(unterminated("int a; // don't\n"), None);
    }

    #[test]
    fn words_are_found_whole() {
        let source = Source::new("a.ino", b"setup1 setup(my_setup); // setup");
        assert_eq!(source.places_of("setup").collect::<Vec<_>>(), [7]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(content: Vec<u8>) {
            let source = Source::new("a.ino", &content);
            prop_assert_eq!(source.code.len(), source.text.len());
            let _ = (source.directives().count(), source.places_of("a").count());
        }

        #[test]
        fn any_text_of_quotes_and_slashes_is_read(text in "[R\"'/*(\\\\\n a1ä]{0,40}") {
            let source = Source::new("a.ino", text.as_bytes());
            prop_assert_eq!(source.code.len(), source.text.len());
        }
    }
}
