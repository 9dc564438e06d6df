//! Modules that are compressed for the way to the device.
//!
//! Contents of such a module: an 8-byte header, then a raw DEFLATE stream. The stream holds the original module, or
//! its contents alone where the prefix is dropped.

use super::{Flags, Module, PackError};
use crate::platform::Anchor;
use flate2::{read::DeflateDecoder, write::DeflateEncoder};
use std::io::{Read, Write};

const HEADER_SIZE: u16 = 8;
const RAW_DEFLATE: u8 = 0;
/// Size of a window of 2^15 bytes, which is what deflate has where nothing else is said.
const DEFAULT_WINDOW: u8 = 0;
/// More than any device has memory for.
const MAX_ORIGINAL_SIZE: u32 = 16 * 1024 * 1024;

/// The header of compressed contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    /// 0 is raw DEFLATE.
    pub method: u8,
    /// Binary logarithm of the window size; 0 for 15.
    pub window_bits: u8,
    /// Size of what was compressed.
    pub original_size: u32,
}

impl Compression {
    /// Header and stream of compressed contents.
    fn parse(contents: &[u8]) -> Option<(Self, &[u8])> {
        let (&[size, high, method, window_bits, a, b, c, d], _) = contents.split_first_chunk()?;
        let size = u16::from_le_bytes([size, high]);
        let stream = contents.get(usize::from(size)..).filter(|_| size >= HEADER_SIZE)?;
        let original_size = u32::from_le_bytes([a, b, c, d]);
        Some((Self { method, window_bits, original_size }, stream))
    }

    fn encode(self) -> [u8; HEADER_SIZE as usize] {
        let ([low, high], [a, b, c, d]) = (HEADER_SIZE.to_le_bytes(), self.original_size.to_le_bytes());
        [low, high, self.method, self.window_bits, a, b, c, d]
    }
}

impl Module<'_> {
    /// How the module is compressed; `None` where it is not.
    pub fn compression(&self) -> Option<Compression> {
        let compressed = self.prefix().flags.contains(Flags::COMPRESSED);
        compressed.then(|| Compression::parse(self.contents())).flatten().map(|(header, _)| header)
    }
}

/// Header and stream for these bytes.
pub(super) fn pack(original: &[u8]) -> Result<Vec<u8>, PackError> {
    let original_size = u32::try_from(original.len())
        .ok()
        .filter(|size| *size <= MAX_ORIGINAL_SIZE)
        .ok_or(PackError::TooLarge(original.len() as u64))?;
    let header = Compression { method: RAW_DEFLATE, window_bits: DEFAULT_WINDOW, original_size };
    let mut encoder = DeflateEncoder::new(header.encode().to_vec(), flate2::Compression::best());
    encoder.write_all(original).and_then(|()| encoder.finish()).map_err(|_| PackError::Compression)
}

/// A module that holds this one compressed, and says the same of itself.
pub fn compress(module: &Module) -> Result<Vec<u8>, PackError> {
    let mut parts = module.parts();
    parts.anchor = Anchor::Start(module.prefix().start);
    parts.flags = parts.flags.with(Flags::COMPRESSED);
    parts.before_prefix.clear();
    parts.contents = pack(module.bytes())?;
    Ok(parts.build()?)
}

/// What a compressed module holds: another module, or the contents of one where the prefix is dropped.
pub fn decompress(module: &Module) -> Result<Vec<u8>, PackError> {
    let (header, stream) = Compression::parse(module.contents()).ok_or(PackError::Compression)?;
    if header.method != RAW_DEFLATE {
        return Err(PackError::Compression);
    }
    if header.original_size > MAX_ORIGINAL_SIZE {
        return Err(PackError::TooLarge(header.original_size.into()));
    }
    let mut original = Vec::new();
    let limit = u64::from(header.original_size) + 1;
    DeflateDecoder::new(stream).take(limit).read_to_end(&mut original).map_err(|_| PackError::Compression)?;
    if original.len() as u64 + 1 != limit {
        return Err(PackError::Compression);
    }
    Ok(original)
}
