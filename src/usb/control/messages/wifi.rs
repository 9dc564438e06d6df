//! Wi-Fi networks of a device, generation 3 and later.
//!
//! Source: particle-iot/device-os-protobuf, `control/wifi_new.proto`.

use prost::{Enumeration, Message};
use std::fmt;

/// Payload of [`WIFI_JOIN_NEW_NETWORK`](crate::usb::control::RequestType::WIFI_JOIN_NEW_NETWORK) and
/// [`WIFI_SET_NETWORK_CREDENTIALS`](crate::usb::control::RequestType::WIFI_SET_NETWORK_CREDENTIALS).
#[derive(Clone, PartialEq, Message)]
pub struct WifiNetwork {
    /// Name of the network.
    #[prost(string, tag = "1")]
    pub ssid: String,
    /// Address of one access point, 6 bytes; empty for any.
    #[prost(bytes = "vec", tag = "2")]
    pub bssid: Vec<u8>,
    /// How the network is secured.
    #[prost(enumeration = "WifiSecurity", tag = "3")]
    pub security: i32,
    /// What opens it.
    #[prost(message, optional, tag = "4")]
    pub credentials: Option<WifiCredentials>,
    /// Whether the network does not tell its name.
    #[prost(bool, tag = "6")]
    pub hidden: bool,
}

/// What opens a network. Shows itself to no formatter.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct WifiCredentials {
    /// Which kind.
    #[prost(enumeration = "CredentialsKind", tag = "1")]
    pub kind: i32,
    /// The password, if it is that kind.
    #[prost(string, tag = "2")]
    pub password: String,
}

impl fmt::Debug for WifiCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl WifiCredentials {
    /// A password.
    pub fn password(password: &str) -> Self {
        Self { kind: CredentialsKind::Password.into(), password: password.to_owned() }
    }
}

/// A kind of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum CredentialsKind {
    /// None: an open network.
    None = 0,
    /// A password.
    Password = 1,
}

/// How a network is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum WifiSecurity {
    /// Not at all.
    None = 0,
    /// WEP.
    Wep = 1,
    /// WPA with a password.
    Wpa = 2,
    /// WPA2 with a password.
    Wpa2 = 3,
    /// WPA and WPA2.
    WpaWpa2 = 4,
    /// WPA3.
    Wpa3 = 5,
    /// WPA2 and WPA3.
    Wpa2Wpa3 = 6,
}

/// Every security and the name it has in files, in output and in the protocol.
const SECURITIES: [(WifiSecurity, &str); 7] = [
    (WifiSecurity::None, "NO_SECURITY"),
    (WifiSecurity::Wep, "WEP"),
    (WifiSecurity::Wpa, "WPA_PSK"),
    (WifiSecurity::Wpa2, "WPA2_PSK"),
    (WifiSecurity::WpaWpa2, "WPA_WPA2_PSK"),
    (WifiSecurity::Wpa3, "WPA3_PSK"),
    (WifiSecurity::Wpa2Wpa3, "WPA2_WPA3_PSK"),
];

impl WifiSecurity {
    /// The name in the protocol, such as `WPA2_PSK`.
    pub fn name(self) -> &'static str {
        SECURITIES.iter().find(|(security, _)| *security == self).map_or("", |(_, name)| name)
    }

    /// The security with this name in the protocol.
    pub fn by_name(name: &str) -> Option<Self> {
        SECURITIES.iter().find(|(_, known)| *known == name).map(|(security, _)| *security)
    }
}

/// Payload of [`WIFI_JOIN_KNOWN_NETWORK`](crate::usb::control::RequestType::WIFI_JOIN_KNOWN_NETWORK) and
/// [`WIFI_REMOVE_KNOWN_NETWORK`](crate::usb::control::RequestType::WIFI_REMOVE_KNOWN_NETWORK).
#[derive(Clone, PartialEq, Message)]
pub struct KnownNetworkName {
    /// Name of the network.
    #[prost(string, tag = "1")]
    pub ssid: String,
}

/// Reply to [`WIFI_GET_KNOWN_NETWORKS`](crate::usb::control::RequestType::WIFI_GET_KNOWN_NETWORKS).
#[derive(Clone, PartialEq, Message)]
pub struct KnownNetworksReply {
    /// The networks, the one preferred first.
    #[prost(message, repeated, tag = "1")]
    pub networks: Vec<KnownNetwork>,
}

/// A network whose credentials a device keeps.
#[derive(Clone, PartialEq, Message)]
pub struct KnownNetwork {
    /// Name of the network.
    #[prost(string, tag = "1")]
    pub ssid: String,
    /// How it is secured.
    #[prost(enumeration = "WifiSecurity", tag = "2")]
    pub security: i32,
    /// Which kind of credentials is kept.
    #[prost(enumeration = "CredentialsKind", tag = "3")]
    pub credentials: i32,
}

/// Reply to [`WIFI_GET_CURRENT_NETWORK`](crate::usb::control::RequestType::WIFI_GET_CURRENT_NETWORK).
#[derive(Clone, PartialEq, Message)]
pub struct CurrentNetworkReply {
    /// Name of the network.
    #[prost(string, tag = "1")]
    pub ssid: String,
    /// Address of the access point, 6 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub bssid: Vec<u8>,
    /// Channel.
    #[prost(int32, tag = "3")]
    pub channel: i32,
    /// Strength of the signal in dBm.
    #[prost(int32, tag = "4")]
    pub rssi: i32,
}

/// Reply to [`WIFI_SCAN_NETWORKS`](crate::usb::control::RequestType::WIFI_SCAN_NETWORKS).
#[derive(Clone, PartialEq, Message)]
pub struct ScannedNetworksReply {
    /// The access points in range.
    #[prost(message, repeated, tag = "1")]
    pub networks: Vec<ScannedNetwork>,
}

/// An access point in range.
#[derive(Clone, PartialEq, Message)]
pub struct ScannedNetwork {
    /// Name of its network; empty if it does not tell.
    #[prost(string, tag = "1")]
    pub ssid: String,
    /// Its address, 6 bytes.
    #[prost(bytes = "vec", tag = "2")]
    pub bssid: Vec<u8>,
    /// How it is secured.
    #[prost(enumeration = "WifiSecurity", tag = "3")]
    pub security: i32,
    /// Channel.
    #[prost(int32, tag = "4")]
    pub channel: i32,
    /// Strength of its signal in dBm.
    #[prost(int32, tag = "5")]
    pub rssi: i32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_samples_encode() {
        let network = WifiNetwork {
            ssid: "ab".into(),
            security: WifiSecurity::Wpa2.into(),
            credentials: Some(WifiCredentials::password("pw")),
            ..WifiNetwork::default()
        };
        let bytes = [0x0A, 2, b'a', b'b', 0x18, 3, 0x22, 6, 8, 1, 0x12, 2, b'p', b'w'];
        assert_eq!(network.encode_to_vec(), bytes);
        assert!(!format!("{network:?}").contains("pw"), "{network:?}");
    }

    #[test]
    fn a_negative_strength_takes_ten_bytes() {
        let current = CurrentNetworkReply { rssi: -48, ..CurrentNetworkReply::default() };
        let encoded = current.encode_to_vec();
        assert_eq!((encoded[0], encoded.len()), (0x20, 11));
        assert_eq!(CurrentNetworkReply::decode(encoded.as_slice()).unwrap().rssi, -48);
    }

    #[test]
    fn names_of_securities_are_found_again() {
        for (security, name) in SECURITIES {
            assert_eq!((security.name(), WifiSecurity::by_name(name)), (name, Some(security)));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (ScannedNetworksReply::decode(bytes.as_slice()), KnownNetworksReply::decode(bytes.as_slice()));
        }
    }
}
