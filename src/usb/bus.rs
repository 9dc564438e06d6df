//! The traits every USB backend implements.

use super::{
    TransferError, UsbError,
    descriptor::{CONFIGURATION, Configuration, STRING},
};
use crate::platform::UsbId;
use std::{fmt, time::Duration};

/// Where a device sits on a bus, in the words of that bus; shown to people and given back to [`Bus::open`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BusAddress(pub String);

impl fmt::Display for BusAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One device as enumeration sees it, before anything was opened.
#[derive(Clone, Debug)]
pub struct Enumerated {
    /// Where it is.
    pub address: BusAddress,
    /// idVendor and idProduct.
    pub usb_id: UsbId,
}

/// Devices that can be listed and opened: the local bus, or a host that exports devices.
pub trait Bus: Send + Sync {
    /// What to call this bus in messages: `USB`, or `usbip://HOST:PORT`.
    fn name(&self) -> String;

    /// Whether the devices are plugged into another computer, which may stop exporting one that restarts.
    fn is_remote(&self) -> bool;

    /// Lists what is attached. A device that is busy or forbidden is listed like any other.
    fn enumerate(&self) -> Result<Vec<Enumerated>, UsbError>;

    /// The serial-number string of a device, without disturbing it where the bus allows.
    ///
    /// `None` when the device has none. Over USB/IP the device is imported for a moment.
    fn serial_number(&self, address: &BusAddress) -> Result<Option<String>, UsbError>;

    /// Opens a device. The handle's drop closes it and gives it back.
    fn open(&self, address: &BusAddress) -> Result<Box<dyn Handle>, UsbError>;
}

/// The first eight bytes of a control transfer, without the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// bmRequestType.
    pub request_type: u8,
    /// bRequest.
    pub request: u8,
    /// wValue.
    pub value: u16,
    /// wIndex.
    pub index: u16,
}

/// An open device.
pub trait Handle: Send {
    /// A control transfer towards the host: up to `length` bytes, fewer if the device has fewer.
    fn control_in(&mut self, setup: Setup, length: u16, timeout: Duration) -> Result<Vec<u8>, TransferError>;

    /// A control transfer towards the device, without data stage when `data` is empty.
    fn control_out(&mut self, setup: Setup, data: &[u8], timeout: Duration) -> Result<(), TransferError>;

    /// A bulk transfer towards the host: one read of up to `length` bytes.
    fn bulk_in(&mut self, endpoint: u8, length: usize, timeout: Duration) -> Result<Vec<u8>, TransferError>;

    /// A bulk transfer towards the device; gives the number of bytes taken.
    fn bulk_out(&mut self, endpoint: u8, data: &[u8], timeout: Duration) -> Result<usize, TransferError>;

    /// The first configuration (no Particle device has a second), with class-specific descriptors.
    fn configuration(&mut self) -> Result<Configuration, TransferError> {
        let head =
            self.control_in(get_descriptor(CONFIGURATION, 0, 0), CONFIGURATION_HEAD, DESCRIPTOR_TIMEOUT)?;
        let total = match head.get(2..4) {
            Some(length) => u16::from_le_bytes([length[0], length[1]]),
            None => return Err(TransferError::Malformed("configuration descriptor")),
        };
        let bytes = self.control_in(get_descriptor(CONFIGURATION, 0, 0), total, DESCRIPTOR_TIMEOUT)?;
        Configuration::parse(&bytes).ok_or(TransferError::Malformed("configuration descriptor"))
    }

    /// Takes an interface for this process (detaching a kernel driver where that is possible).
    fn claim_interface(&mut self, interface: u8) -> Result<(), UsbError>;

    /// Selects an alternate setting of a claimed interface.
    fn set_alternate_setting(&mut self, interface: u8, alternate: u8) -> Result<(), TransferError>;

    /// A string descriptor in US English (language 0x0409).
    fn string_descriptor(&mut self, index: u8) -> Result<String, TransferError> {
        const US_ENGLISH: u16 = 0x0409;
        let bytes = self.control_in(get_descriptor(STRING, index, US_ENGLISH), 255, DESCRIPTOR_TIMEOUT)?;
        super::descriptor::string(&bytes).ok_or(TransferError::Malformed("string descriptor"))
    }
}

const CONFIGURATION_HEAD: u16 = 9;
const DESCRIPTOR_TIMEOUT: Duration = Duration::from_secs(5);

/// The standard request GET_DESCRIPTOR (USB 2.0, 9.4.3).
pub(super) fn get_descriptor(kind: u8, index: u8, language: u16) -> Setup {
    const GET_DESCRIPTOR: u8 = 6;
    let value = u16::from_be_bytes([kind, index]);
    Setup { request_type: 0x80, request: GET_DESCRIPTOR, value, index: language }
}
