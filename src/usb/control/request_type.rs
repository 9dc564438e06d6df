//! Numbers of the control requests.
//!
//! Source: Device OS `system/inc/system_control.h`, v0.8.0 to v6.2.0.

/// The type of a control request: wIndex of INIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestType(pub u16);

impl RequestType {
    /// The device id. Generation 2 from Device OS 1.1.0, generation 3 from 0.9.0.
    pub const DEVICE_ID: Self = Self(20);
    /// The serial number on the label; refused where there is none.
    pub const SERIAL_NUMBER: Self = Self(21);
    /// The version of Device OS. Generation 2 from 1.1.0; before, only the raw request answers.
    pub const SYSTEM_VERSION: Self = Self(30);
    /// Restarts the device.
    pub const RESET: Self = Self(40);
    /// Restarts the device into DFU mode.
    pub const DFU_MODE: Self = Self(50);
    /// Restarts the device into safe mode.
    pub const SAFE_MODE: Self = Self(60);
    /// Enters listening mode.
    pub const START_LISTENING: Self = Self(70);
    /// Leaves listening mode.
    pub const STOP_LISTENING: Self = Self(71);
    /// Whether the device is listening. Generation 2 from 1.1.0, generation 3 from 0.9.0.
    pub const GET_DEVICE_MODE: Self = Self(72);
    /// Whether Device Protection is on. From 6.0.0.
    pub const GET_PROTECTED_STATE: Self = Self(76);
    /// Firmware modules.
    pub const MODULE_INFO: Self = Self(90);
    /// ICCID of the active SIM card, and from 5.8.0 the modem's IMEI.
    pub const GET_ICCID: Self = Self(554);
}
