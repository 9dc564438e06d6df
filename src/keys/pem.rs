//! PEM armour (RFC 7468), read as leniently as openssl does: text around blocks, any line width, CR LF.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

const LINE_WIDTH: usize = 64;

/// One block: its label and the bytes inside.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    pub(super) encrypted: bool,
    /// `None` when what is inside is no base64.
    pub(super) contents: Option<Zeroizing<Vec<u8>>>,
}

/// The blocks of a text in order. A block without its end line is left out.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after_begin) = rest.split_once("-----BEGIN ")?;
        let (label, after_label) = after_begin.split_once("-----")?;
        let (body, after_body) = after_label.split_once(&format!("-----END {label}-----"))?;
        rest = after_body;
        Some(block(label, body))
    })
}

fn block<'a>(label: &'a str, body: &str) -> Block<'a> {
    let encrypted = label.starts_with("ENCRYPTED") || body.contains("Proc-Type: 4,ENCRYPTED");
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    digits.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    Block { label, encrypted, contents: STANDARD.decode(digits.as_bytes()).ok().map(Zeroizing::new) }
}

/// Puts bytes into armour, ending with a line break.
pub(super) fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    let digits = Zeroizing::new(STANDARD.encode(der));
    // Room for everything at once, so that no copy of a secret is left behind by growing.
    let mut text = Zeroizing::new(String::with_capacity(
        digits.len() + digits.len() / LINE_WIDTH + 2 * label.len() + 64,
    ));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    let mut rest = digits.as_str();
    while !rest.is_empty() {
        let (line, remainder) = rest.split_at(rest.len().min(LINE_WIDTH));
        text.push_str(line);
        text.push('\n');
        rest = remainder;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_around_blocks_and_line_ends_do_not_matter() {
        let text = "hello\r\n-----BEGIN A-----\r\nAAEC\r\nAw==\r\n-----END A-----\r\n-----BEGIN B-----\nnot!\n-----END B-----\n-----BEGIN C-----\nAA==";
        let found: Vec<_> = blocks(text).map(|b| (b.label, b.contents.map(|c| c.to_vec()))).collect();
        assert_eq!(found, [("A", Some(vec![0, 1, 2, 3])), ("B", None)]);
    }

    proptest! {
        #[test]
        fn armour_is_undone(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = encode("X KEY", &bytes);
            prop_assert!(text.lines().all(|line| line.len() <= LINE_WIDTH));
            let back = blocks(&text).next().unwrap();
            prop_assert_eq!(back.label, "X KEY");
            prop_assert_eq!(back.contents.unwrap().to_vec(), bytes);
        }

        #[test]
        fn any_text_is_survived(text in ".*(-----BEGIN )?.*(-----)?.*(-----END )?.*") {
            let _ = blocks(&text).count();
        }
    }
}
