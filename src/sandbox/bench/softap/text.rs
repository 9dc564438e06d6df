//! JSON as the device reads it: an object whose texts are taken as they stand, escapes and all.
//!
//! Source: the `jsmn` tokenizer in Device OS `services`.

/// The value of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// What stands between quotation marks.
    Text(Vec<u8>),
    /// Anything else: a number, `true`, `null`.
    Word(Vec<u8>),
}

/// The members of an object, in order; `None` if it is none, or has more in it than texts and words.
pub(super) fn members(json: &[u8]) -> Option<Vec<(Vec<u8>, Value)>> {
    let mut rest = json.trim_ascii().strip_prefix(b"{")?.strip_suffix(b"}")?.trim_ascii();
    let mut members = Vec::new();
    while !rest.is_empty() {
        let (Value::Text(name), after) = value(rest)? else { return None };
        let (value, after) = value(after.trim_ascii().strip_prefix(b":")?.trim_ascii())?;
        members.push((name, value));
        rest = match after.trim_ascii() {
            [] => &[],
            [b',', more @ ..] => more.trim_ascii(),
            _ => return None,
        };
    }
    Some(members)
}

fn value(json: &[u8]) -> Option<(Value, &[u8])> {
    let Some(text) = json.strip_prefix(b"\"") else {
        let end = json.iter().position(|byte| matches!(byte, b',' | b' ' | b'\t' | b'\r' | b'\n'));
        let (word, rest) = json.split_at(end.unwrap_or(json.len()));
        let is_word = word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
        return (is_word && !word.is_empty()).then(|| (Value::Word(word.to_vec()), rest));
    };
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some((Value::Text(text[..at].to_vec()), &text[at + 1..])),
            b'\\' if !b"\"/\\bfrntu".contains(text.get(at + 1)?) => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The number that a word begins with, as the C library reads it.
pub(super) fn number(word: &[u8]) -> i64 {
    let text = String::from_utf8_lossy(word);
    let end = text.find(|letter: char| !(letter.is_ascii_digit() || letter == '-')).unwrap_or(text.len());
    text[..end].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_taken_as_they_stand() {
        let json = b" {\"a\": \"x\\\"y\\n\", \"b\" :-12,\"c\":\"caf\xE9\" } ";
        let expected = [
            (b"a".to_vec(), Value::Text(b"x\\\"y\\n".to_vec())),
            (b"b".to_vec(), Value::Word(b"-12".to_vec())),
            (b"c".to_vec(), Value::Text(b"caf\xE9".to_vec())),
        ];
        assert_eq!(members(json).unwrap(), expected);
        assert_eq!(number(b"-12"), -12);
    }

    #[test]
    fn what_is_no_object_of_texts_and_words_is_refused() {
        for json in [
            &b"[]"[..],
            b"{\"a\":}",
            b"{\"a\":[1]}",
            b"{\"a\" 1}",
            b"{a:1}",
            b"{\"a\":\"x}",
            b"{\"a\":\"\\x\"}",
        ] {
            assert_eq!(members(json), None, "{}", String::from_utf8_lossy(json));
        }
        assert_eq!(members(b"{}"), Some(vec![]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(json in "[{}\":,\\\\a-z0-9 ]{0,60}", bytes: Vec<u8>) {
            let _ = (members(json.as_bytes()), members(&bytes), number(&bytes));
        }
    }
}
