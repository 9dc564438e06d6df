//! Keys and server addresses of a device, generation 2.
//!
//! Source: particle-iot/device-os-protobuf, `control/config.proto`.

use prost::{Enumeration, Message};
use std::fmt;

/// Payload of [`SET_SECURITY_KEY`](crate::usb::control::RequestType::SET_SECURITY_KEY). Shows itself to no formatter.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct SetSecurityKey {
    /// Which key.
    #[prost(enumeration = "SecurityKeyKind", tag = "1")]
    pub kind: i32,
    /// DER.
    #[prost(bytes = "vec", tag = "2")]
    pub data: Vec<u8>,
}

impl fmt::Debug for SetSecurityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Payload of [`GET_SECURITY_KEY`](crate::usb::control::RequestType::GET_SECURITY_KEY).
#[derive(Clone, PartialEq, Message)]
pub struct GetSecurityKey {
    /// Which key.
    #[prost(enumeration = "SecurityKeyKind", tag = "1")]
    pub kind: i32,
}

/// Reply to [`GET_SECURITY_KEY`](crate::usb::control::RequestType::GET_SECURITY_KEY). Shows itself to no formatter.
#[derive(Clone, PartialEq, Message)]
#[prost(skip_debug)]
pub struct SecurityKeyReply {
    /// The whole slot: DER and what lies behind it.
    #[prost(bytes = "vec", tag = "1")]
    pub data: Vec<u8>,
}

impl fmt::Debug for SecurityKeyReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The keys in a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum SecurityKeyKind {
    /// None.
    Invalid = 0,
    /// The device's own for TCP.
    TcpDevicePrivate = 1,
    /// Its public half.
    TcpDevicePublic = 2,
    /// The server's for TCP.
    TcpServerPublic = 3,
    /// The device's own for UDP.
    UdpDevicePrivate = 4,
    /// Its public half.
    UdpDevicePublic = 5,
    /// The server's for UDP.
    UdpServerPublic = 6,
}

/// Payload of [`SET_SERVER_ADDRESS`](crate::usb::control::RequestType::SET_SERVER_ADDRESS).
#[derive(Clone, PartialEq, Message)]
pub struct SetServerAddress {
    /// For which transport.
    #[prost(enumeration = "ServerProtocol", tag = "1")]
    pub protocol: i32,
    /// An IPv4 address or a domain of up to 63 characters.
    #[prost(string, tag = "2")]
    pub address: String,
    /// The port.
    #[prost(uint32, tag = "3")]
    pub port: u32,
}

/// Payload of [`GET_SERVER_ADDRESS`](crate::usb::control::RequestType::GET_SERVER_ADDRESS) and
/// [`SET_SERVER_PROTOCOL`](crate::usb::control::RequestType::SET_SERVER_PROTOCOL), and reply to
/// [`GET_SERVER_PROTOCOL`](crate::usb::control::RequestType::GET_SERVER_PROTOCOL).
#[derive(Clone, PartialEq, Message)]
pub struct ServerProtocolMessage {
    /// The transport.
    #[prost(enumeration = "ServerProtocol", tag = "1")]
    pub protocol: i32,
}

/// Reply to [`GET_SERVER_ADDRESS`](crate::usb::control::RequestType::GET_SERVER_ADDRESS).
#[derive(Clone, PartialEq, Message)]
pub struct ServerAddressReply {
    /// An IPv4 address or a domain.
    #[prost(string, tag = "1")]
    pub address: String,
    /// The port; 65535 where none is set.
    #[prost(uint32, tag = "2")]
    pub port: u32,
}

/// A transport to the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum ServerProtocol {
    /// None.
    Invalid = 0,
    /// RSA and AES over TCP.
    Tcp = 1,
    /// DTLS over UDP.
    Udp = 2,
}
