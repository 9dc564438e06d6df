//! Payloads of control requests and replies: protobuf 3, where a field at its default is not sent.
//!
//! One file a topic; what is about the device as a whole is here. Source: particle-iot/device-os-protobuf,
//! `control/{config,cellular}.proto`.

mod early_network;
mod early_wifi;
mod keys;
pub mod mesh;
mod modules;
mod network;
mod protection;
mod update;
mod wifi;

pub use early_network::{
    EarlyDnsConfiguration, EarlyIp, EarlyIpConfiguration, EarlyIpSource, EarlyNetwork, EarlyNetworkMessage,
    GetEarlyNetwork,
};
pub use early_wifi::{
    Antenna, AntennaMessage, EarlyAccessPoint, EarlyAccessPoints, EarlyAccessPointsReply, EarlySecurity,
    SetEarlyCredentials,
};
pub use keys::{
    GetSecurityKey, SecurityKeyKind, SecurityKeyReply, ServerAddressReply, ServerProtocol,
    ServerProtocolMessage, SetSecurityKey, SetServerAddress,
};
pub use modules::{
    AssetInfoReply, EarlyModule, Module, ModuleAsset, ModuleDependency, ModuleInfoReply, ModuleSecurity,
};
pub use network::{
    GetNetworkInterface, INTERFACE_FLAGS, Interface, InterfaceAddress, InterfaceEntry, InterfaceKind, Ipv4,
    Ipv4Config, Ipv6Config, LINK_UP, NetworkInterfaceReply, NetworkInterfacesReply,
};
pub use protection::{
    ConfirmServiceMode, DeviceProof, PrepareServiceMode, ProtectionAction, SetProtectedState,
    SetProtectedStateReply,
};
pub use update::{FinishFirmwareUpdate, FirmwareUpdateData, StartFirmwareUpdate, StartFirmwareUpdateReply};
pub use wifi::{
    CredentialsKind, CurrentNetworkReply, KnownNetwork, KnownNetworkName, KnownNetworksReply, ScannedNetwork,
    ScannedNetworksReply, WifiCredentials, WifiNetwork, WifiSecurity,
};

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

/// Reply to [`SYSTEM_CAPABILITIES`](super::RequestType::SYSTEM_CAPABILITIES).
#[derive(Clone, PartialEq, Message)]
pub struct SystemCapabilitiesReply {
    /// Bit 0: updates in the compressed form of Device OS 0.9.0 to 1.5.2.
    #[prost(fixed32, tag = "1")]
    pub flags: u32,
}

/// Payload of [`SET_SETUP_DONE`](super::RequestType::SET_SETUP_DONE).
#[derive(Clone, PartialEq, Message)]
pub struct SetSetupDone {
    /// Whether set-up is done.
    #[prost(bool, tag = "1")]
    pub done: bool,
}

/// Reply to [`IS_SETUP_DONE`](super::RequestType::IS_SETUP_DONE).
#[derive(Clone, PartialEq, Message)]
pub struct SetupDoneReply {
    /// Whether set-up is done.
    #[prost(bool, tag = "1")]
    pub done: bool,
}

/// Payload of [`SET_CLAIM_CODE`](super::RequestType::SET_CLAIM_CODE).
#[derive(Clone, PartialEq, Message)]
pub struct SetClaimCode {
    /// 63 characters.
    #[prost(string, tag = "1")]
    pub code: String,
}

/// Reply to [`IS_CLAIMED`](super::RequestType::IS_CLAIMED).
#[derive(Clone, PartialEq, Message)]
pub struct ClaimedReply {
    /// Whether somebody has claimed the device.
    #[prost(bool, tag = "1")]
    pub claimed: bool,
}

/// Reply to [`GET_CONNECTION_STATUS`](super::RequestType::GET_CONNECTION_STATUS).
#[derive(Clone, PartialEq, Message)]
pub struct ConnectionStatusReply {
    /// The status.
    #[prost(enumeration = "ConnectionStatus", tag = "1")]
    pub status: i32,
}

/// How a device stands with the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum ConnectionStatus {
    /// Not connected and not trying.
    Disconnected = 0,
    /// Trying to connect.
    Connecting = 1,
    /// Connected.
    Connected = 2,
    /// Taking its leave.
    Disconnecting = 3,
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
    fn published_samples_encode() {
        assert_eq!(SetSetupDone { done: true }.encode_to_vec(), [8, 1]);
        assert!(SetSetupDone { done: false }.encode_to_vec().is_empty());
        let code = SetClaimCode { code: "A".repeat(63) }.encode_to_vec();
        assert_eq!((code[..3].to_vec(), code.len()), (vec![0x0A, 0x3F, b'A'], 65));
    }

    #[test]
    fn modes_of_the_future_are_normal() {
        assert_eq!(DeviceModeReply::decode([8, 9].as_slice()).unwrap().mode(), DeviceMode::Normal);
    }
}
