//! Mesh networks.
//!
//! Sources: particle-iot/device-os-protobuf, `control/mesh.proto`; Device OS v1.5.2 `system/src/control/mesh.cpp`. Times
//! are in seconds, 0 standing for the device's own default.

use prost::Message;
use std::fmt;

/// A mesh network as its members and those in range know it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct NetworkInfo {
    /// 1 to 16 bytes.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Extended PAN id: 16 hexadecimal digits.
    #[prost(string, tag = "2")]
    pub ext_pan_id: String,
    /// PAN id.
    #[prost(uint32, tag = "3")]
    pub pan_id: u32,
    /// IEEE 802.15.4 channel, 11 to 26.
    #[prost(uint32, tag = "4")]
    pub channel: u32,
    /// The cloud's id, 24 characters; empty where a network is only seen from outside.
    #[prost(string, tag = "5")]
    pub network_id: String,
}

/// Payload of [`MESH_AUTH`](crate::usb::control::RequestType::MESH_AUTH).
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct Auth {
    /// Password of the network.
    #[prost(string, tag = "1")]
    pub password: String,
}

/// Payload of [`MESH_CREATE_NETWORK`](crate::usb::control::RequestType::MESH_CREATE_NETWORK).
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct CreateNetwork {
    /// 1 to 16 bytes.
    #[prost(string, tag = "1")]
    pub name: String,
    /// 6 to 255 bytes.
    #[prost(string, tag = "2")]
    pub password: String,
    /// 11 to 26, or 0 for the quietest.
    #[prost(uint32, tag = "3")]
    pub channel: u32,
    /// The cloud's id, 24 characters.
    #[prost(string, tag = "4")]
    pub network_id: String,
}

/// Reply to [`MESH_CREATE_NETWORK`](crate::usb::control::RequestType::MESH_CREATE_NETWORK) and
/// [`MESH_GET_NETWORK_INFO`](crate::usb::control::RequestType::MESH_GET_NETWORK_INFO).
#[derive(Clone, PartialEq, Message)]
pub struct NetworkReply {
    /// The network.
    #[prost(message, optional, tag = "1")]
    pub network: Option<NetworkInfo>,
}

/// Payload of [`MESH_START_COMMISSIONER`](crate::usb::control::RequestType::MESH_START_COMMISSIONER).
#[derive(Clone, PartialEq, Message)]
pub struct StartCommissioner {
    /// How long the device admits others; by default 600 s.
    #[prost(uint32, tag = "1")]
    pub timeout: u32,
}

/// Payload of [`MESH_PREPARE_JOINER`](crate::usb::control::RequestType::MESH_PREPARE_JOINER).
#[derive(Clone, PartialEq, Message)]
pub struct PrepareJoiner {
    /// The network that the device will join.
    #[prost(message, optional, tag = "1")]
    pub network: Option<NetworkInfo>,
}

/// Reply to [`MESH_PREPARE_JOINER`](crate::usb::control::RequestType::MESH_PREPARE_JOINER).
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct PrepareJoinerReply {
    /// The device's own address: 16 hexadecimal digits.
    #[prost(string, tag = "1")]
    pub eui64: String,
    /// What the device proves itself with to the commissioner, this once.
    #[prost(string, tag = "2")]
    pub password: String,
}

/// Payload of [`MESH_ADD_JOINER`](crate::usb::control::RequestType::MESH_ADD_JOINER).
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct AddJoiner {
    /// Address of the device to be admitted: 16 hexadecimal digits.
    #[prost(string, tag = "1")]
    pub eui64: String,
    /// What that device proves itself with, 6 to 32 bytes.
    #[prost(string, tag = "2")]
    pub password: String,
    /// How long it is admitted; by default 600 s.
    #[prost(uint32, tag = "3")]
    pub timeout: u32,
}

/// Payload of [`MESH_REMOVE_JOINER`](crate::usb::control::RequestType::MESH_REMOVE_JOINER).
#[derive(Clone, PartialEq, Message)]
pub struct RemoveJoiner {
    /// Address of a device to be admitted no more: 16 hexadecimal digits.
    #[prost(string, tag = "1")]
    pub eui64: String,
}

/// Payload of [`MESH_JOIN_NETWORK`](crate::usb::control::RequestType::MESH_JOIN_NETWORK).
#[derive(Clone, PartialEq, Message)]
pub struct JoinNetwork {
    /// How long the device tries; by default 120 s.
    #[prost(uint32, tag = "1")]
    pub timeout: u32,
}

/// Reply to [`MESH_SCAN_NETWORKS`](crate::usb::control::RequestType::MESH_SCAN_NETWORKS).
#[derive(Clone, PartialEq, Message)]
pub struct ScanNetworksReply {
    /// The networks in range, each perhaps several times (before Device OS 1.2.0).
    #[prost(message, repeated, tag = "1")]
    pub networks: Vec<NetworkInfo>,
}

/// Messages need a `Debug`; those with a password in them show nothing but their name.
macro_rules! hide {
    ($($message:ident),*) => {$(
        impl fmt::Debug for $message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($message), " [redacted]"))
            }
        }
    )*};
}

hide!(Auth, CreateNetwork, PrepareJoinerReply, AddJoiner);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_numbered_as_in_the_published_messages() {
        let network = NetworkInfo {
            name: "Net".into(),
            ext_pan_id: "0011223344556677".into(),
            pan_id: 0x1234,
            channel: 11,
            network_id: String::new(),
        };
        let bytes = NetworkReply { network: Some(network.clone()) }.encode_to_vec();
        let expected =
            [b"\x0a\x1c\x0a\x03Net\x12\x100011223344556677\x18\xb4\x24\x20\x0b".as_slice()].concat();
        assert_eq!(bytes, expected);
        let create = CreateNetwork {
            name: "Net".into(),
            password: "secret".into(),
            channel: 0,
            network_id: "0123456789abcdef01234567".into(),
        };
        assert_eq!(create.encode_to_vec(), b"\x0a\x03Net\x12\x06secret\x22\x180123456789abcdef01234567");
        assert_eq!(JoinNetwork { timeout: 120 }.encode_to_vec(), [8, 120]);
    }

    #[test]
    fn passwords_are_not_shown() {
        let joiner = AddJoiner { eui64: "0011223344556677".into(), password: "hunter22".into(), timeout: 0 };
        assert_eq!(format!("{joiner:?}"), "AddJoiner [redacted]");
        assert_eq!(format!("{:?}", Auth { password: "hunter22".into() }), "Auth [redacted]");
    }

    proptest! {
        #[test]
        fn any_reply_is_read_or_refused(bytes: Vec<u8>) {
            if let Ok(reply) = ScanNetworksReply::decode(bytes.as_slice()) {
                prop_assert_eq!(ScanNetworksReply::decode(reply.encode_to_vec().as_slice()), Ok(reply));
            }
            let _ = (NetworkReply::decode(bytes.as_slice()), PrepareJoinerReply::decode(bytes.as_slice()));
        }
    }
}
