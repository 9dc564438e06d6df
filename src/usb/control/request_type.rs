//! Numbers of the control requests.
//!
//! Source: Device OS `system/inc/system_control.h`, v0.8.0 to v6.2.0.

/// The type of a control request: wIndex of INIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestType(pub u16);

impl RequestType {
    /// Sends the payload back. From 1.5.0.
    pub const ECHO: Self = Self(1);
    /// For the application; refused where it has no handler.
    pub const APP_CUSTOM: Self = Self(10);
    /// The device id. Generation 2 from Device OS 1.1.0, generation 3 from 0.9.0.
    pub const DEVICE_ID: Self = Self(20);
    /// The serial number on the label; refused where there is none.
    pub const SERIAL_NUMBER: Self = Self(21);
    /// The version of Device OS. Generation 2 from 1.1.0; before, only the raw request answers.
    pub const SYSTEM_VERSION: Self = Self(30);
    /// What the system can do; nothing is told there any more from 2.0.0 on.
    pub const SYSTEM_CAPABILITIES: Self = Self(32);
    /// Restarts the device.
    pub const RESET: Self = Self(40);
    /// Restores the factory image.
    pub const FACTORY_RESET: Self = Self(41);
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
    /// Marks set-up as done or not. Generation 3 and later.
    pub const SET_SETUP_DONE: Self = Self(73);
    /// Whether set-up is done. Generation 3 and later.
    pub const IS_SETUP_DONE: Self = Self(74);
    /// Whether Device Protection is on. From 6.0.0.
    pub const GET_PROTECTED_STATE: Self = Self(76);
    /// Lifts Device Protection or brings it back. From 6.1.1.
    pub const SET_PROTECTED_STATE: Self = Self(77);
    /// Firmware modules.
    pub const MODULE_INFO: Self = Self(90);
    /// Gives the device the code with which the cloud claims it.
    pub const SET_CLAIM_CODE: Self = Self(200);
    /// Whether somebody has claimed the device.
    pub const IS_CLAIMED: Self = Self(201);
    /// Whether the device is connected to the cloud.
    pub const GET_CONNECTION_STATUS: Self = Self(300);
    /// ICCID of the active SIM card, and from 5.8.0 the modem's IMEI.
    pub const GET_ICCID: Self = Self(554);
}
