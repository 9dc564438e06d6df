//! Payloads of control requests and replies: protobuf 3, where a field at its default is not sent.
//!
//! Source: particle-iot/device-os-protobuf, `control/{config,cellular}.proto`.

use prost::{Enumeration, Message};

/// Reply to [`DEVICE_ID`](super::RequestType::DEVICE_ID).
#[derive(Clone, PartialEq, Message)]
pub struct DeviceIdReply {
    /// 24 hexadecimal digits.
    #[prost(string, tag = "1")]
    pub id: String,
}

/// Reply to [`SERIAL_NUMBER`](super::RequestType::SERIAL_NUMBER).
#[derive(Clone, PartialEq, Message)]
pub struct SerialNumberReply {
    /// Up to 16 characters.
    #[prost(string, tag = "1")]
    pub serial: String,
}

/// Reply to [`SYSTEM_VERSION`](super::RequestType::SYSTEM_VERSION).
#[derive(Clone, PartialEq, Message)]
pub struct SystemVersionReply {
    /// Such as `2.0.1`.
    #[prost(string, tag = "1")]
    pub version: String,
}

/// Reply to [`GET_DEVICE_MODE`](super::RequestType::GET_DEVICE_MODE).
#[derive(Clone, PartialEq, Message)]
pub struct DeviceModeReply {
    /// The mode.
    #[prost(enumeration = "DeviceMode", tag = "1")]
    pub mode: i32,
}

/// What a running device is doing. Safe mode shows as normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum DeviceMode {
    /// Running its application, or in safe mode.
    Normal = 0,
    /// Waiting to be set up.
    Listening = 1,
}

/// Reply to [`GET_PROTECTED_STATE`](super::RequestType::GET_PROTECTED_STATE).
#[derive(Clone, PartialEq, Message)]
pub struct ProtectedStateReply {
    /// Device Protection is on.
    #[prost(bool, tag = "1")]
    pub state: bool,
    /// Device Protection is lifted for the time being (service mode).
    #[prost(bool, tag = "2")]
    pub overridden: bool,
}

/// Reply to [`GET_ICCID`](super::RequestType::GET_ICCID).
#[derive(Clone, PartialEq, Message)]
pub struct IccidReply {
    /// Number of the SIM card.
    #[prost(string, tag = "1")]
    pub iccid: String,
    /// Number of the modem; empty before Device OS 5.8.0.
    #[prost(string, tag = "2")]
    pub imei: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_samples_decode() {
        let listening = DeviceModeReply::decode([8, 1].as_slice()).unwrap();
        assert_eq!(listening.mode(), DeviceMode::Listening);
        assert_eq!(DeviceModeReply::decode([].as_slice()).unwrap().mode(), DeviceMode::Normal);
    }

    #[test]
    fn modes_of_the_future_are_normal() {
        assert_eq!(DeviceModeReply::decode([8, 9].as_slice()).unwrap().mode(), DeviceMode::Normal);
    }
}
