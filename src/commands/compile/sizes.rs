//! How much memory an application takes.

use serde::Serialize;

/// What an application takes of a device's memories, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(in crate::commands) struct Sizes {
    /// Code and initial values.
    pub flash: u64,
    /// Variables.
    pub ram: u64,
}

impl Sizes {
    /// Reads what GNU `size` prints: a line of headings, and a line that begins with text, data and bss.
    pub(in crate::commands) fn parse(size_info: &str) -> Option<Self> {
        let mut numbers = size_info.lines().nth(1)?.split_whitespace().map(|word| word.parse::<u64>().ok());
        let mut next = || numbers.next().flatten();
        let (text, data, bss) = (next()?, next()?, next()?);
        Some(Self { flash: text.checked_add(data)?, ram: bss.checked_add(data)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn flash_and_ram_share_the_data() {
        let info = "   text\t   data\t    bss\t    dec\t    hex\tfilename\n   5348\t    108\t   1528\t   6984\t   1b48\t/x.elf\n";
        assert_eq!(Sizes::parse(info), Some(Sizes { flash: 5456, ram: 1636 }));
        assert_eq!(Sizes::parse("text data bss\n1 2"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "(?s)[0-9 a\t\n]{0,60}") {
            let _ = Sizes::parse(&text);
        }
    }
}
