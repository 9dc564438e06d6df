//! What passes between the USB/IP server and a virtual device.

use super::state::Mode;
use std::time::Duration;

/// A setup packet (USB 2.0, 9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SetupPacket {
    /// bmRequestType.
    pub(super) request_type: u8,
    /// bRequest.
    pub(super) request: u8,
    /// wValue.
    pub(super) value: u16,
    /// wIndex.
    pub(super) index: u16,
    /// wLength.
    pub(super) length: u16,
}

/// Bits 6..5 of bmRequestType.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestClass {
    /// Chapter 9.
    Standard,
    /// A device class: CDC, DFU.
    Class,
    /// The vendor's own.
    Vendor,
}

impl SetupPacket {
    /// Decodes the eight bytes.
    pub(super) fn decode(bytes: [u8; 8]) -> Self {
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Self { request_type: bytes[0], request: bytes[1], value: word(2), index: word(4), length: word(6) }
    }

    /// Whether the data stage goes towards the host.
    pub(super) fn is_in(&self) -> bool {
        self.request_type & 0x80 != 0
    }

    /// Who defines the request; `None` for the reserved value.
    pub(super) fn class(&self) -> Option<RequestClass> {
        match self.request_type >> 5 & 3 {
            0 => Some(RequestClass::Standard),
            1 => Some(RequestClass::Class),
            2 => Some(RequestClass::Vendor),
            _ => None,
        }
    }
}

/// How a transfer ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Data towards the host.
    Data(Vec<u8>),
    /// Data from the host was taken.
    Accepted,
    /// The endpoint stalls.
    Stall,
    /// Nothing yet, perhaps never: the endpoint answers NAK.
    Nak,
}

/// What a device does on its own once a transfer is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// It resets and comes back in this mode.
    Restart {
        /// The mode it comes back in.
        mode: Mode,
        /// How long it still answers before it goes.
        after: Duration,
    },
    /// Its cable is pulled.
    Unplug,
}
