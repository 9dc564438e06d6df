//! The SoftDevice of nRF52840 boards, which lies in flash without the prefix of its module.
//!
//! What it is can be read from the structure that every SoftDevice has at a fixed offset (Nordic `nrf_sdm.h`), and the
//! prefix that was left out can be put together again from that.

use super::versions;
use crate::{
    firmware::{Flags, ModuleFunction, PREFIX_SIZE, Prefix},
    platform::PlatformId,
};

/// Where SoftDevices begin.
pub(super) const START: u32 = 0x1000;
/// Offset of the structure in the SoftDevice.
pub(super) const INFORMATION: usize = 0x2000;
const INFORMATION_SIZE: u8 = 0x2C;
const MAGIC: u32 = 0x51B1_E5DB;
const ERASED: u8 = 0xFF;

/// A SoftDevice as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoftDevice {
    /// Its module, prefix and all.
    pub module: Vec<u8>,
    /// The prefix.
    pub prefix: Prefix,
}

/// The structure: its size, the magic number, where the SoftDevice ends, and its firmware id.
pub(super) fn information(end: u32, firmware_id: u16) -> [u8; 16] {
    let mut bytes = [ERASED; 16];
    bytes[0] = INFORMATION_SIZE;
    bytes[4..8].copy_from_slice(&MAGIC.to_le_bytes());
    bytes[8..12].copy_from_slice(&end.to_le_bytes());
    bytes[12..14].copy_from_slice(&firmware_id.to_le_bytes());
    bytes
}

impl SoftDevice {
    /// Reads the SoftDevice at the start of `memory`; `None` if there is none.
    pub fn read(memory: &[u8], platform: PlatformId) -> Option<Self> {
        let information = memory.get(INFORMATION..)?.first_chunk::<16>()?;
        let word = |at: usize| {
            u32::from_le_bytes([
                information[at],
                information[at + 1],
                information[at + 2],
                information[at + 3],
            ])
        };
        let [.., low, high, _, _] = *information;
        let end = usize::try_from(word(8).checked_sub(START)?).ok()?;
        if word(4) != MAGIC || end > memory.len() {
            return None;
        }
        // The CRC ends it; what is behind that up to the end is erased.
        let size = memory[..end].iter().rposition(|byte| *byte != ERASED)? + 1;
        let prefix = prefix(platform, u16::from_le_bytes([low, high]), size);
        Some(Self { module: [&prefix.encode()[..], &memory[..size]].concat(), prefix })
    }
}

/// The prefix of a SoftDevice that has `size` bytes without it.
fn prefix(platform: PlatformId, version: u16, size: usize) -> Prefix {
    let end = u32::try_from(size + PREFIX_SIZE).unwrap_or(u32::MAX).saturating_add(START).saturating_sub(4);
    Prefix {
        start: START,
        end,
        reserved: 0,
        flags: Flags::DROP_MODULE_INFO,
        version,
        platform,
        function: ModuleFunction::RadioStack,
        index: 0,
        dependencies: versions::soft_device_needs(version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        firmware::Module,
        platform::Platform,
        sandbox::{bench::OsVersion, release},
    };

    #[test]
    fn a_module_is_found_again_without_its_prefix() {
        let boron = Platform::by_name("boron").unwrap();
        let released = release::modules(boron, OsVersion(6, 3, 4)).unwrap().remove(2).bytes;
        let mut memory = released[PREFIX_SIZE..].to_vec();
        memory.resize(0x2_0000, ERASED);
        let found = SoftDevice::read(&memory, boron.id).unwrap();
        assert_eq!(found.module, released);
        Module::parse(&found.module).unwrap().verify().unwrap();
        memory[100] ^= 1;
        let damaged = SoftDevice::read(&memory, boron.id).unwrap();
        assert!(Module::parse(&damaged.module).unwrap().verify().is_err());
        assert_eq!(SoftDevice::read(&[ERASED; 0x3000], boron.id), None);
        assert_eq!(SoftDevice::read(&memory[..100], boron.id), None);
    }
}
