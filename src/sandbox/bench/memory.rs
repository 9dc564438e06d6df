//! Memory that is mostly erased.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::collections::BTreeMap;

const PAGE: u32 = 4096;
/// What erased flash reads as.
pub(super) const ERASED: u8 = 0xFF;

/// Sparse bytes by address: what was never written reads as 0xFF.
///
/// Stored as a map from the address of a 4 KiB page to its bytes in base64. It holds keys, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Memory {
    pages: BTreeMap<u32, Vec<u8>>,
}

impl Memory {
    /// `length` bytes from `address` on. Addresses past the end of the 32-bit space read as erased.
    pub fn read(&self, address: u32, length: usize) -> Vec<u8> {
        let mut bytes = vec![ERASED; length];
        for (offset, byte) in bytes.iter_mut().enumerate() {
            let Some(place) = u32::try_from(offset).ok().and_then(|offset| address.checked_add(offset))
            else {
                break;
            };
            if let Some(page) = self.pages.get(&(place / PAGE)) {
                *byte = page[(place % PAGE) as usize];
            }
        }
        bytes
    }

    /// Puts bytes at `address`, whatever was there. Bytes past the end of the 32-bit space are dropped.
    pub fn write(&mut self, address: u32, bytes: &[u8]) {
        for (place, byte) in (address..=u32::MAX).zip(bytes) {
            let page = self.pages.entry(place / PAGE).or_insert_with(|| vec![ERASED; PAGE as usize]);
            page[(place % PAGE) as usize] = *byte;
        }
        self.pages.retain(|_, page| page.iter().any(|byte| *byte != ERASED));
    }
}

impl Serialize for Memory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.pages.iter().map(|(page, bytes)| (format!("{:#010x}", page * PAGE), STANDARD.encode(bytes))),
        )
    }
}

impl<'de> Deserialize<'de> for Memory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = BTreeMap::<String, String>::deserialize(deserializer)?;
        let mut pages = BTreeMap::new();
        for (address, text) in stored {
            let digits = address.strip_prefix("0x").unwrap_or(&address);
            let address = u32::from_str_radix(digits, 16).map_err(D::Error::custom)?;
            let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
            if address % PAGE != 0 || bytes.len() != PAGE as usize {
                return Err(D::Error::custom(format!("{address:#x} is not a page of {PAGE} bytes")));
            }
            pages.insert(address / PAGE, bytes);
        }
        Ok(Self { pages })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn erased_pages_are_not_kept() {
        let mut memory = Memory::default();
        memory.write(0xFFFF_FFFE, &[1, 2, 3]);
        assert_eq!(memory.read(0xFFFF_FFFD, 4), [ERASED, 1, 2, ERASED]);
        memory.write(0xFFFF_FFFE, &[ERASED; 2]);
        assert!(memory.pages.is_empty());
    }

    #[test]
    fn a_page_of_the_wrong_size_is_refused() {
        assert!(serde_json::from_str::<Memory>(r#"{"0x00000000": "AAAA"}"#).is_err());
        assert!(serde_json::from_str::<Memory>(r#"{"0xzz": ""}"#).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_survives_storage(address: u32, bytes in proptest::collection::vec(any::<u8>(), 0..9000)) {
            let mut memory = Memory::default();
            memory.write(address, &bytes);
            let stored = serde_json::to_string(&memory).unwrap();
            let memory: Memory = serde_json::from_str(&stored).unwrap();
            let kept = bytes.len().min((u32::MAX - address) as usize + 1);
            prop_assert_eq!(&memory.read(address, kept), &bytes[..kept]);
        }
    }
}
