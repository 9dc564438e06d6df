//! `.properties` files, edited in place: what is not changed stays as it is, byte for byte.

use std::borrow::Cow;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// How lines are read. The service reads the two kinds of files differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// `key=value`, as in `project.properties`; `#` begins a comment.
    Plain,
    /// As Java has it, and `library.properties`: `:` separates too, `!` begins a comment, a backslash escapes a
    /// character and joins lines.
    Java,
}

/// A file of keys and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Properties {
    syntax: Syntax,
    marked: bool,
    lines: Vec<Line>,
}

/// One line; with [`Syntax::Java`] one or more that are joined by backslashes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    text: String,
    /// `\n`, `\r\n`, `\r`, or nothing at the end of the file.
    ending: String,
}

/// Where key and value stand in a line.
struct Pair<'a> {
    key: &'a str,
    /// All that stands before the value.
    lead: &'a str,
    /// Whether anything in there ends the key.
    separated: bool,
    value: &'a str,
}

impl Properties {
    /// Reads a text. Any text is one: what is no pair is kept as it is.
    pub fn parse(text: &str, syntax: Syntax) -> Self {
        let (marked, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut lines: Vec<Line> = Vec::new();
        for line in physical_lines(text) {
            match lines.last_mut() {
                Some(last) if syntax == Syntax::Java && last.is_continued() => {
                    last.text.push_str(&last.ending);
                    last.text.push_str(&line.text);
                    last.ending = line.ending;
                }
                _ => lines.push(line),
            }
        }
        Self { syntax, marked, lines }
    }

    /// The value of a key. Where a key stands twice, the last one counts.
    pub fn get(&self, key: &str) -> Option<Cow<'_, str>> {
        let pair = self.lines.iter().rev().find_map(|line| self.pair_of(line, key))?;
        Some(self.decode(pair.value))
    }

    /// All keys with their values, in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        let pairs = self.lines.iter().filter_map(|line| line.pair(self.syntax));
        pairs.map(|pair| (self.decode(pair.key), self.decode(pair.value)))
    }

    /// Changes the value of a key where it stands, or adds the key at the end. Line breaks in the value of a
    /// [`Syntax::Plain`] file become spaces, for such a file has no way to write them.
    pub fn set(&mut self, key: &str, value: &str) {
        let value = self.encode(value);
        let found = self.lines.iter().enumerate().rev().find_map(|(index, line)| {
            let pair = self.pair_of(line, key)?;
            let lead =
                if pair.separated { pair.lead } else { &format!("{}=", without_loose_backslash(pair.lead)) };
            Some((index, format!("{lead}{value}")))
        });
        match found {
            Some((index, text)) => self.lines[index].text = text,
            None => self.append(format!("{key}={value}")),
        }
    }

    /// Takes a key out. Says whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        let count = self.lines.len();
        let lines = std::mem::take(&mut self.lines);
        self.lines = lines.into_iter().filter(|line| self.pair_of(line, key).is_none()).collect();
        self.lines.len() != count
    }

    /// The whole file.
    pub fn to_text(&self) -> String {
        let mark = if self.marked { BYTE_ORDER_MARK } else { "" };
        let lines = self.lines.iter().flat_map(|line| [line.text.as_str(), line.ending.as_str()]);
        std::iter::once(mark).chain(lines).collect()
    }

    fn append(&mut self, text: String) {
        let ending = self.lines.first().map(|line| line.ending.clone()).filter(|ending| !ending.is_empty());
        let ending = ending.unwrap_or_else(|| "\n".to_owned());
        if let Some(last) = self.lines.last_mut() {
            last.make_room(&ending, self.syntax);
        }
        self.lines.push(Line { text, ending });
    }

    fn pair_of<'a>(&self, line: &'a Line, key: &str) -> Option<Pair<'a>> {
        line.pair(self.syntax).filter(|pair| self.decode(pair.key) == key)
    }

    fn decode<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.syntax {
            Syntax::Java if text.contains('\\') => Cow::Owned(unescape(text)),
            _ => Cow::Borrowed(text),
        }
    }

    fn encode(&self, value: &str) -> String {
        match self.syntax {
            Syntax::Plain => value.replace(['\r', '\n'], " ").trim().to_owned(),
            Syntax::Java => escape(value),
        }
    }
}

impl Line {
    /// Whether the next line belongs to this one: it ends with a backslash that is not itself escaped.
    fn is_continued(&self) -> bool {
        let comment = self.text.trim_start().starts_with(['#', '!']);
        !comment && !self.ending.is_empty() && without_loose_backslash(&self.text) != self.text
    }

    fn pair(&self, syntax: Syntax) -> Option<Pair<'_>> {
        let start = self.text.trim_start();
        let split = match syntax {
            Syntax::Plain => start.find('=').filter(|_| !start.starts_with('#'))?,
            Syntax::Java if start.is_empty() || start.starts_with(['#', '!']) => return None,
            Syntax::Java => java_separator(start),
        };
        let (key, rest) = start.split_at(split);
        let value = match syntax {
            Syntax::Plain => &rest[1..],
            Syntax::Java => {
                let rest = rest.trim_start();
                rest.strip_prefix(['=', ':']).unwrap_or(rest)
            }
        };
        let value = value.trim_start();
        let lead = &self.text[..self.text.len() - value.len()];
        Some(Pair { key: key.trim_end(), lead, separated: !rest.is_empty(), value: value.trim_end() })
    }

    /// Lets another line follow the last one of a file.
    fn make_room(&mut self, ending: &str, syntax: Syntax) {
        if self.ending.is_empty() {
            self.ending = ending.to_owned();
        }
        // A backslash at the end of the file joins nothing; an empty line keeps it from joining what follows.
        if syntax == Syntax::Java && self.is_continued() {
            self.text.push_str(&self.ending);
        }
    }
}

/// The text of a line without the backslash at its end that joins nothing, and would escape what is put behind it.
fn without_loose_backslash(text: &str) -> &str {
    let backslashes = text.chars().rev().take_while(|c| *c == '\\').count();
    &text[..text.len() - backslashes % 2]
}

/// Where a key ends: at the first `=`, `:` or space that is not escaped.
fn java_separator(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = !escaped && (matches!(c, '=' | ':') || c.is_whitespace());
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(index, _)| index)
}

fn physical_lines(text: &str) -> impl Iterator<Item = Line> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        let ending = if after.starts_with("\r\n") { 2 } else { after.len().min(1) };
        rest = &after[ending..];
        Some(Line { text: line.to_owned(), ending: after[..ending].to_owned() })
    })
}

fn unescape(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('t') => result.push('\t'),
            Some('f') => result.push('\u{c}'),
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                result.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // A line that goes on in the next: the break and the space at its beginning do not count.
            Some('\r' | '\n') => while rest.next_if(|c| c.is_whitespace()).is_some() {},
            Some(other) => result.push(other),
            None => {}
        }
    }
    result
}

fn escape(value: &str) -> String {
    let mut result = String::new();
    for c in value.trim().chars() {
        match c {
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            c => result.push(c),
        }
    }
    // At the beginning of a value, these would be taken for its separator.
    if result.starts_with(['=', ':']) { format!("\\{result}") } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> Properties {
        Properties::parse(text, Syntax::Plain)
    }

    fn java(text: &str) -> Properties {
        Properties::parse(text, Syntax::Java)
    }

    #[test]
    fn a_change_touches_its_line_alone() {
        let text = "\u{feff}# My project\r\n\r\nname = doorbell\r\n  dependencies.foo=  1.0.0\r\nnot a pair\r\n#env=x";
        let mut properties = plain(text);
        assert_eq!(properties.to_text(), text);
        properties.set("dependencies.foo", "1.1.0");
        assert_eq!(properties.to_text(), text.replace("1.0.0", "1.1.0"));
        properties.set("dependencies.bar", "2.0.0");
        let expected = text.replace("1.0.0", "1.1.0") + "\r\ndependencies.bar=2.0.0\r\n";
        assert_eq!(properties.to_text(), expected);
        assert!(properties.remove("dependencies.foo") && !properties.remove("dependencies.foo"));
        assert_eq!(properties.to_text(), expected.replace("  dependencies.foo=  1.1.0\r\n", ""));
    }

    #[test]
    fn text_after_a_second_equals_sign_belongs_to_the_value() {
        let mut properties = plain("url=http://x?a=b\n");
        assert_eq!(properties.get("url").unwrap(), "http://x?a=b");
        properties.set("name", "x");
        assert_eq!(properties.to_text(), "url=http://x?a=b\nname=x\n");
    }

    #[test]
    fn the_last_of_two_counts_and_is_changed() {
        let mut properties = plain("name=a\nname=b\n");
        assert_eq!(properties.get("name").unwrap(), "b");
        properties.set("name", "c");
        assert_eq!(properties.to_text(), "name=a\nname=c\n");
    }

    #[test]
    fn comments_have_no_value() {
        assert_eq!(plain("#name=a\n # name=b\n").get("#name"), None);
        assert_eq!(java("! name=a\n#name=b").entries().count(), 0);
        assert_eq!(java("# ends with \\\nname=b").get("name").unwrap(), "b");
    }

    #[test]
    fn libraries_may_use_all_of_java() {
        let properties = java(
            "name : My\\ Lib\nsentence a \\u00e9t\\u00E9\nparagraph=one \\\r\n   two \\\\\nurl=http://x\n",
        );
        assert_eq!(properties.get("name").unwrap(), "My Lib");
        assert_eq!(properties.get("sentence").unwrap(), "a été");
        assert_eq!(properties.get("paragraph").unwrap(), "one two \\");
        assert_eq!(properties.get("url").unwrap(), "http://x");
        assert_eq!(plain("paragraph=C:\\new\n").get("paragraph").unwrap(), "C:\\new");
    }

    #[test]
    fn a_key_with_a_loose_backslash_can_be_given_a_value() {
        for ending in ["", "\n"] {
            let mut properties = java(&format!("version\\{ending}"));
            properties.set("version", "1.2.3");
            assert_eq!(properties.to_text(), format!("version=1.2.3{ending}"));
        }
    }

    #[test]
    fn a_backslash_at_the_end_of_the_file_does_not_swallow_what_is_added() {
        let mut properties = java("sentence=x\\");
        properties.set("name", "a");
        assert_eq!(
            (properties.get("sentence").unwrap(), properties.get("name").unwrap()),
            ("x".into(), "a".into())
        );
        assert_eq!(java(&properties.to_text()).get("name").unwrap(), "a");
    }

    fn all_but(properties: &Properties, key: &str) -> Vec<(String, String)> {
        let pairs = properties.entries().filter(|(found, _)| !found.is_empty() && found != key);
        pairs.map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
    }

    fn syntax() -> impl Strategy<Value = Syntax> {
        prop_oneof![Just(Syntax::Plain), Just(Syntax::Java)]
    }

    proptest! {
        #[test]
        fn any_text_is_kept(text in "(?s).{0,200}", syntax in syntax()) {
            let properties = Properties::parse(&text, syntax);
            prop_assert_eq!(properties.to_text(), text);
            properties.entries().for_each(drop);
        }

        #[test]
        fn what_is_set_is_read(
            text in "([a-c=:#!\\\\ \t]|\r|\n){0,60}", key in "[a-c]{1,2}", value in "\\PC{0,20}", syntax in syntax(),
        ) {
            let mut properties = Properties::parse(&text, syntax);
            let others = all_but(&properties, &key);
            properties.set(&key, &value);
            let again = Properties::parse(&properties.to_text(), syntax);
            prop_assert_eq!(again.get(&key).unwrap(), value.trim());
            prop_assert_eq!(all_but(&again, &key), others);
        }
    }
}
