//! Fields of the Device Configuration Table that are neither keys nor server addresses.
//!
//! Source: Device OS `platform/MCU/STM32F2xx/SPARK_Firmware_Driver/inc/dct.h`.

/// A field of the table: an erased one has its default value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigurationField {
    /// Address of its first byte.
    pub address: u32,
    /// Its length in bytes.
    pub length: usize,
}

impl ConfigurationField {
    /// Alternate setting of the DFU interface that reaches the table.
    pub const ALTERNATE_SETTING: u8 = 1;
    /// How the board gets its IP address.
    pub const IP_CONFIGURATION: Self = Self { address: 1634, length: 119 };
    /// What the name of the board's own access point begins with.
    pub const ACCESS_POINT_PREFIX: Self = Self { address: 1826, length: 26 };
    /// Which antenna is used.
    pub const ANTENNA: Self = Self { address: 2976, length: 1 };
}
