//! What Nordic's SoftDevice, the radio stack of nRF52840 boards, says of itself in flash, where it lies without the
//! prefix of its module.
//!
//! Source: Nordic `nrf_sdm.h` (`SD_INFO_STRUCT`, `SD_SIZE_GET`, `SD_FWID_GET`).

/// The structure that every SoftDevice has at a fixed offset. Its numbers are little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoftDeviceInfo {
    /// The address behind the SoftDevice; the first page of the flash, which is not part of it, is counted.
    pub end: u32,
    /// The number of this very build, which its module has as version.
    pub firmware_id: u16,
}

impl SoftDeviceInfo {
    /// Where it is in the SoftDevice.
    pub const OFFSET: usize = 0x2000;
    /// As much of it as is read here.
    pub const LENGTH: usize = 16;
    const STATED_LENGTH: u8 = 0x2C;
    const MAGIC: u32 = 0x51B1_E5DB;
    const ERASED: u8 = 0xFF;

    /// Reads it. `None` if it is not there.
    pub fn parse(bytes: &[u8; Self::LENGTH]) -> Option<Self> {
        let [_, _, _, _, a, b, c, d, e, f, g, h, low, high, _, _] = *bytes;
        let is_one = u32::from_le_bytes([a, b, c, d]) == Self::MAGIC;
        is_one.then(|| Self {
            end: u32::from_le_bytes([e, f, g, h]),
            firmware_id: u16::from_le_bytes([low, high]),
        })
    }

    /// The bytes of it.
    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [Self::ERASED; Self::LENGTH];
        bytes[0] = Self::STATED_LENGTH;
        bytes[4..8].copy_from_slice(&Self::MAGIC.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.end.to_le_bytes());
        bytes[12..14].copy_from_slice(&self.firmware_id.to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let info = SoftDeviceInfo { end: 0x2_7000, firmware_id: 202 };
        assert_eq!(SoftDeviceInfo::parse(&info.encode()), Some(info));
        assert_eq!(SoftDeviceInfo::parse(&[0xFF; 16]), None);
    }
}
