//! Memory that is mostly erased.

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
};

const PAGE: usize = 4096;
/// What erased flash reads as.
pub(super) const ERASED: u8 = 0xFF;

/// Sparse bytes by address: what was never written reads as 0xFF.
///
/// Stored as a map from the address of a 4 KiB page to its bytes in base64, compressed where that makes them fewer. It
/// holds keys, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Memory {
    pages: BTreeMap<u32, Vec<u8>>,
}

impl Memory {
    /// `length` bytes from `address` on. Addresses past the end of the 32-bit space read as erased.
    pub fn read(&self, address: u32, length: usize) -> Vec<u8> {
        let mut bytes = vec![ERASED; length];
        for Piece { page, offset, place } in pieces(address, length) {
            if let Some(page) = self.pages.get(&page) {
                bytes[place.clone()].copy_from_slice(&page[offset..offset + place.len()]);
            }
        }
        bytes
    }

    /// Puts bytes at `address`, whatever was there. Bytes past the end of the 32-bit space are dropped.
    pub fn write(&mut self, address: u32, bytes: &[u8]) {
        for Piece { page, offset, place } in pieces(address, bytes.len()) {
            let stored = self.pages.entry(page).or_insert_with(|| vec![ERASED; PAGE]);
            stored[offset..offset + place.len()].copy_from_slice(&bytes[place]);
            if stored.iter().all(|byte| *byte == ERASED) {
                self.pages.remove(&page);
            }
        }
    }

    /// Erases `length` bytes.
    pub fn erase(&mut self, address: u32, length: usize) {
        for Piece { page, offset, place } in pieces(address, length) {
            if place.len() == PAGE {
                self.pages.remove(&page);
            } else if self.pages.contains_key(&page) {
                let start = page * PAGE as u32 + offset as u32;
                self.write(start, &vec![ERASED; place.len()]);
            }
        }
    }
}

/// The part of a run of bytes that lies in one page.
struct Piece {
    /// Number of the page.
    page: u32,
    /// Where the part begins in it.
    offset: usize,
    /// Which of the bytes they are.
    place: std::ops::Range<usize>,
}

/// The pages that `length` bytes from `address` on lie in, up to the end of the 32-bit space.
fn pieces(address: u32, length: usize) -> impl Iterator<Item = Piece> {
    let length = length.min((u32::MAX - address) as usize + 1);
    let mut done = 0;
    std::iter::from_fn(move || {
        if done == length {
            return None;
        }
        let start = address + done as u32;
        let (page, offset) = (start / PAGE as u32, start as usize % PAGE);
        let place = done..length.min(done + PAGE - offset);
        done = place.end;
        Some(Piece { page, offset, place })
    })
}

/// A page as it is stored: fewer bytes than it has are compressed ones.
fn pack(page: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(page).and_then(|()| encoder.finish());
    packed.ok().filter(|packed| packed.len() < PAGE).unwrap_or_else(|| page.to_vec())
}

fn unpack(stored: Vec<u8>) -> Option<Vec<u8>> {
    if stored.len() == PAGE {
        return Some(stored);
    }
    let mut page = Vec::with_capacity(PAGE);
    DeflateDecoder::new(stored.as_slice()).take(PAGE as u64 + 1).read_to_end(&mut page).ok()?;
    (page.len() == PAGE && stored.len() < PAGE).then_some(page)
}

impl Serialize for Memory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = |bytes: &Vec<u8>| STANDARD.encode(pack(bytes));
        serializer.collect_map(
            self.pages.iter().map(|(page, bytes)| (format!("{:#010x}", page * PAGE as u32), stored(bytes))),
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
            let bytes = unpack(STANDARD.decode(text).map_err(D::Error::custom)?);
            let Some(bytes) = bytes.filter(|_| address % PAGE as u32 == 0) else {
                return Err(D::Error::custom(format!("{address:#x} is not a page of {PAGE} bytes")));
            };
            pages.insert(address / PAGE as u32, bytes);
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

    #[test]
    fn a_page_takes_no_more_room_than_its_contents_need() {
        let mut memory = Memory::default();
        memory.write(0x1000, &[7; 4096]);
        let stored = serde_json::to_string(&memory).unwrap();
        assert!(stored.len() < 100, "{stored}");
    }

    #[test]
    fn what_is_erased_is_gone_and_its_neighbours_are_not() {
        let mut memory = Memory::default();
        memory.write(0x0FF0, &[1; 0x2020]);
        memory.erase(0x1000, 0x2000);
        assert_eq!(memory.read(0x0FFE, 4), [1, 1, ERASED, ERASED]);
        assert_eq!(memory.read(0x2FFF, 2), [ERASED, 1]);
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
