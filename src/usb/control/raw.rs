//! Raw vendor requests: one control transfer each, answered even by firmware without the service protocol.
//!
//! bRequest is [`RAW`](super::service::request::RAW), wIndex says what is asked. Sources: Device OS
//! `system/src/system_control.cpp` v0.6.0, `system/inc/system_control.h` v0.6.1 to v0.7.0,
//! `system/src/usb_control_request_channel.cpp` from v0.8.0 on.

use super::service::{VENDOR_IN, VENDOR_OUT, request};
use crate::usb::Setup;

/// wLength of raw requests towards the host.
pub const REPLY_LENGTH: u16 = 64;

/// wIndex and wValue of a raw request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawRequest {
    /// wIndex: what is asked.
    pub index: u16,
    /// wValue: how.
    pub value: u16,
}

impl RawRequest {
    /// The setup packet of a question.
    pub fn setup_in(self) -> Setup {
        Setup { request_type: VENDOR_IN, request: request::RAW, value: self.value, index: self.index }
    }

    /// The setup packet of an order.
    pub fn setup_out(self) -> Setup {
        Setup { request_type: VENDOR_OUT, ..self.setup_in() }
    }
}

const fn raw(index: u16) -> RawRequest {
    RawRequest { index, value: 0 }
}

/// The numbers of one range of Device OS releases.
#[derive(Debug, PartialEq, Eq)]
pub struct RawNumbers {
    /// Asks for the device id, 24 hexadecimal digits.
    pub device_id: RawRequest,
    /// Asks for the version of Device OS; the answer may end with a NUL.
    pub version: RawRequest,
    /// Orders a restart. Known up to 0.7.0, and again from 2.0.0.
    pub reset: RawRequest,
    /// Orders DFU mode. Not known any more from 0.8.0.
    pub dfu: RawRequest,
    /// Orders safe mode. Known by 0.7.0 only.
    pub safe_mode: Option<RawRequest>,
    /// Orders listening mode. Not known any more from 0.8.0.
    pub start_listening: RawRequest,
    /// Orders the end of listening mode. Not known any more from 0.8.0.
    pub stop_listening: Option<RawRequest>,
}

/// Numbers from Device OS 0.6.1 on.
pub const NUMBERS: RawNumbers = RawNumbers {
    device_id: raw(20),
    version: raw(30),
    reset: raw(40),
    dfu: raw(50),
    safe_mode: Some(raw(60)),
    start_listening: raw(70),
    stop_listening: Some(RawRequest { index: 70, value: 1 }),
};

/// Numbers of Device OS 0.6.0.
pub const NUMBERS_0_6_0: RawNumbers = RawNumbers {
    device_id: raw(0),
    version: raw(1),
    reset: raw(2),
    dfu: raw(3),
    safe_mode: None,
    start_listening: raw(4),
    stop_listening: None,
};
