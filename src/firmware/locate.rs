//! Finding the prefix, which some modules have behind a vector table.

use super::{
    ModuleError, ModuleFunction, PREFIX_SIZE, Prefix,
    prefix::{CRC_SIZE, Flags},
    suffix::MIN_SUFFIX_SIZE,
};

/// Where prefixes are in modules: at the start, behind the vector table of an nRF52840, an STM32F2, a Bluz, a Core.
pub const PREFIX_OFFSETS: [usize; 5] = [0, 0x200, 0x184, 0xC0, 0x10C];
/// Elsewhere they are looked for up to here.
const SEARCH_END: usize = 8 * 1024;
/// A prefix that fits in every respect.
const CERTAIN: u8 = 7;
/// What a prefix must score at least: room for a platform and a dependency that are newer than this program, or for
/// something behind the module.
const LIKELY: u8 = 5;

/// The prefix of the module that `bytes` begin with, and its offset.
pub(super) fn locate(bytes: &[u8]) -> Result<(usize, Prefix), ModuleError> {
    let elsewhere = (0..SEARCH_END).step_by(4).filter(|offset| !PREFIX_OFFSETS.contains(offset));
    let mut best: Option<(u8, usize, Prefix)> = None;
    for offset in PREFIX_OFFSETS.into_iter().chain(elsewhere) {
        let Some(prefix) = prefix_at(bytes, offset).filter(|prefix| fits(prefix, offset, bytes.len())) else {
            continue;
        };
        let score = score(&prefix, bytes.len());
        if score == CERTAIN {
            return Ok((offset, prefix));
        }
        if score >= LIKELY && best.is_none_or(|(highest, ..)| score > highest) {
            best = Some((score, offset, prefix));
        }
    }
    match best {
        Some((_, offset, prefix)) => Ok((offset, prefix)),
        None => Err(truncated(bytes).unwrap_or(ModuleError::NotAModule)),
    }
}

fn prefix_at(bytes: &[u8], offset: usize) -> Option<Prefix> {
    Prefix::parse(bytes.get(offset..)?.first_chunk::<PREFIX_SIZE>()?)
}

/// Whether a module of this length has room for itself and is in the file as a whole.
fn fits(prefix: &Prefix, offset: usize, file: usize) -> bool {
    let least = offset + PREFIX_SIZE + MIN_SUFFIX_SIZE + CRC_SIZE;
    prefix.length() >= least as u64 && prefix.length() <= file as u64
}

/// One point for a prefix that contradicts nothing, and one for everything about it that is familiar.
fn score(prefix: &Prefix, file: usize) -> u8 {
    1 + recognised(prefix).into_iter().map(u8::from).sum::<u8>() + u8::from(prefix.length() == file as u64)
}

/// What can be familiar about a prefix alone.
fn recognised(prefix: &Prefix) -> [bool; 5] {
    let known = |number: usize| prefix.dependencies[number].is_none_or(|needed| needed.function.is_known());
    [
        prefix.platform.platform().is_some() || prefix.function == ModuleFunction::Asset,
        prefix.function.is_known(),
        known(0),
        known(1),
        Flags::KNOWN.contains(prefix.flags),
    ]
}

/// Recognises a module whose end is missing.
fn truncated(bytes: &[u8]) -> Option<ModuleError> {
    /// More than any device has memory for.
    const LONGEST: u64 = 16 * 1024 * 1024;
    PREFIX_OFFSETS.into_iter().find_map(|offset| {
        let prefix = prefix_at(bytes, offset).filter(|prefix| recognised(prefix) == [true; 5])?;
        let (expected, length) = (prefix.length(), bytes.len() as u64);
        (length < expected && expected <= LONGEST).then_some(ModuleError::Truncated { expected, length })
    })
}
