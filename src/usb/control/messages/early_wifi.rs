//! Wi-Fi of the Photon and the P1 before Device OS 2.0.0.
//!
//! Source: particle-iot/device-os-protobuf, `control/wifi.proto`.

use prost::{Enumeration, Message};
use std::fmt;

/// Payload of [`EARLY_WIFI_SET_ANTENNA`](crate::usb::control::RequestType::EARLY_WIFI_SET_ANTENNA), and reply to
/// [`EARLY_WIFI_GET_ANTENNA`](crate::usb::control::RequestType::EARLY_WIFI_GET_ANTENNA).
#[derive(Clone, PartialEq, Message)]
pub struct AntennaMessage {
    /// The antenna.
    #[prost(enumeration = "Antenna", tag = "1")]
    pub antenna: i32,
}

/// An antenna of the Photon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum Antenna {
    /// None named.
    None = 0,
    /// On the board.
    Internal = 1,
    /// At the socket.
    External = 2,
    /// The better one of both.
    Auto = 3,
}

/// Reply to [`EARLY_WIFI_SCAN`](crate::usb::control::RequestType::EARLY_WIFI_SCAN) and
/// [`EARLY_WIFI_GET_CREDENTIALS`](crate::usb::control::RequestType::EARLY_WIFI_GET_CREDENTIALS).
#[derive(Clone, PartialEq, Message)]
pub struct EarlyAccessPointsReply {
    /// The networks.
    #[prost(message, optional, tag = "1")]
    pub list: Option<EarlyAccessPoints>,
}

/// Networks.
#[derive(Clone, PartialEq, Message)]
pub struct EarlyAccessPoints {
    /// One by one.
    #[prost(message, repeated, tag = "1")]
    pub access_points: Vec<EarlyAccessPoint>,
}

/// Payload of [`EARLY_WIFI_SET_CREDENTIALS`](crate::usb::control::RequestType::EARLY_WIFI_SET_CREDENTIALS).
#[derive(Clone, PartialEq, Message)]
pub struct SetEarlyCredentials {
    /// The network and what opens it.
    #[prost(message, optional, tag = "1")]
    pub access_point: Option<EarlyAccessPoint>,
}

/// A network, and where it is to be remembered what opens it. Shows itself to no formatter.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct EarlyAccessPoint {
    /// Name of the network, up to 32 bytes.
    #[prost(string, tag = "1")]
    pub ssid: String,
    /// Address of the access point, 6 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub bssid: Vec<u8>,
    /// How the network is secured.
    #[prost(enumeration = "EarlySecurity", tag = "3")]
    pub security: i32,
    /// What encrypts it: 1 AES, 2 TKIP, 3 both.
    #[prost(uint32, tag = "4")]
    pub cipher: u32,
    /// Channel.
    #[prost(uint32, tag = "5")]
    pub channel: u32,
    /// Bits a second.
    #[prost(int32, tag = "6")]
    pub max_data_rate: i32,
    /// Strength of its signal in dBm.
    #[prost(int32, tag = "7")]
    pub rssi: i32,
    /// The password.
    #[prost(string, tag = "8")]
    pub password: String,
    /// Enterprise networks: 13 TLS, 25 PEAP.
    #[prost(uint32, tag = "9")]
    pub eap: u32,
    /// Enterprise networks: the user.
    #[prost(string, tag = "10")]
    pub inner_identity: String,
}

impl fmt::Debug for EarlyAccessPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// How a network is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum EarlySecurity {
    /// Not at all.
    None = 0,
    /// WEP.
    Wep = 1,
    /// WPA with a password.
    Wpa = 2,
    /// WPA2 with a password.
    Wpa2 = 3,
    /// WPA with a server that knows users.
    WpaEnterprise = 4,
    /// WPA2 with a server that knows users.
    Wpa2Enterprise = 5,
    /// It is left to the device to find out.
    Unknown = 255,
}
