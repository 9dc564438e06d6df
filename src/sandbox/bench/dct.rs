//! Addresses within the Device Configuration Table, as DFU and the firmware see them.
//!
//! Source: Device OS `platform/MCU/*/inc/dct.h`. Keys and server addresses are in the platform table.

/// Alternate setting of the table.
pub(super) const ALTERNATE_SETTING: u8 = 1;
/// The claim code a device hands to the cloud when it first connects: 63 characters.
pub(super) const CLAIM_CODE: u32 = 1762;
/// Length of a claim code.
pub(super) const CLAIM_CODE_LENGTH: usize = 63;
/// One byte: the digit 1 if somebody has claimed the device.
pub(super) const CLAIMED: u32 = 1825;
/// What stands there.
pub(super) const IS_CLAIMED: [u8; 1] = *b"1";
/// The device id as 12 bytes.
pub(super) const DEVICE_ID: u32 = 3618;
/// One byte, nRF52840 boards before Device OS 4.0.0: 1 once set-up is done.
pub(super) const SETUP_DONE: u32 = 8134;
