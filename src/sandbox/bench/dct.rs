//! Addresses within the Device Configuration Table, as DFU and the firmware see them.
//!
//! Source: Device OS `platform/MCU/*/inc/dct.h`. Keys and server addresses are in the platform table.

/// Alternate setting of the table.
pub(super) const ALTERNATE_SETTING: u8 = 1;
/// One byte: 1 if somebody has claimed the device.
pub(super) const CLAIMED: u32 = 1825;
/// The device id as 12 bytes.
pub(super) const DEVICE_ID: u32 = 3618;
