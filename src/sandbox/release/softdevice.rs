//! The SoftDevice of nRF52840 boards, which lies in flash without the prefix of its module.
//!
//! What it is can be read from the structure that every SoftDevice has at a fixed offset, and the prefix that was left out
//! can be put together again from that.

use super::versions;
use crate::{
    firmware::{Flags, ModuleFunction, PREFIX_SIZE, Prefix, SoftDeviceInfo},
    platform::PlatformId,
};

/// Where SoftDevices begin.
pub(super) const START: u32 = 0x1000;
const ERASED: u8 = 0xFF;

/// A SoftDevice as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoftDevice {
    /// Its module, prefix and all.
    pub module: Vec<u8>,
    /// The prefix.
    pub prefix: Prefix,
}

impl SoftDevice {
    /// Reads the SoftDevice at the start of `memory`; `None` if there is none.
    pub fn read(memory: &[u8], platform: PlatformId) -> Option<Self> {
        let info = SoftDeviceInfo::parse(memory.get(SoftDeviceInfo::OFFSET..)?.first_chunk()?)?;
        let end = usize::try_from(info.end.checked_sub(START)?).ok()?;
        // The CRC ends it; what is behind that up to the end is erased.
        let size = memory.get(..end)?.iter().rposition(|byte| *byte != ERASED)? + 1;
        let prefix = prefix(platform, info.firmware_id, size);
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
