//! The network interface of generation 2 before Device OS 2.0.0.
//!
//! Source: particle-iot/device-os-protobuf, `control/network_old.proto` and `control/common.proto`.

use prost::{Enumeration, Message};
use std::net::Ipv4Addr;

/// Payload of [`EARLY_NETWORK_GET_CONFIGURATION`](crate::usb::control::RequestType::EARLY_NETWORK_GET_CONFIGURATION) and
/// [`EARLY_NETWORK_GET_STATUS`](crate::usb::control::RequestType::EARLY_NETWORK_GET_STATUS).
#[derive(Clone, PartialEq, Message)]
pub struct GetEarlyNetwork {
    /// The interface; there is one, and its number is 1.
    #[prost(int32, tag = "1")]
    pub interface: i32,
}

/// Payload of [`EARLY_NETWORK_SET_CONFIGURATION`](crate::usb::control::RequestType::EARLY_NETWORK_SET_CONFIGURATION),
/// and reply to both requests of [`GetEarlyNetwork`].
#[derive(Clone, PartialEq, Message)]
pub struct EarlyNetworkMessage {
    /// The interface.
    #[prost(message, optional, tag = "1")]
    pub config: Option<EarlyNetwork>,
}

/// A network interface, as configured or as it is.
#[derive(Clone, PartialEq, Message)]
pub struct EarlyNetwork {
    /// Its number.
    #[prost(int32, tag = "1")]
    pub interface: i32,
    /// Whether it is connected: 1 no, 2 yes.
    #[prost(int32, tag = "2")]
    pub state: i32,
    /// Hardware address.
    #[prost(bytes = "vec", tag = "4")]
    pub mac: Vec<u8>,
    /// Addresses.
    #[prost(message, optional, tag = "5")]
    pub ip: Option<EarlyIpConfiguration>,
    /// Name servers.
    #[prost(message, optional, tag = "6")]
    pub dns: Option<EarlyDnsConfiguration>,
}

/// Addresses of an interface.
#[derive(Clone, PartialEq, Message)]
pub struct EarlyIpConfiguration {
    /// Where they come from.
    #[prost(enumeration = "EarlyIpSource", tag = "1")]
    pub source: i32,
    /// Its own.
    #[prost(message, optional, tag = "2")]
    pub address: Option<EarlyIp>,
    /// Network mask.
    #[prost(message, optional, tag = "3")]
    pub netmask: Option<EarlyIp>,
    /// The way out.
    #[prost(message, optional, tag = "4")]
    pub gateway: Option<EarlyIp>,
    /// Who gave the addresses.
    #[prost(message, optional, tag = "5")]
    pub dhcp_server: Option<EarlyIp>,
    /// What the device calls itself.
    #[prost(string, tag = "6")]
    pub hostname: String,
}

/// Where addresses come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum EarlyIpSource {
    /// Not told.
    None = 0,
    /// A DHCP server.
    Dhcp = 1,
    /// The device's configuration.
    Static = 2,
}

/// Name servers.
#[derive(Clone, PartialEq, Message)]
pub struct EarlyDnsConfiguration {
    /// One by one.
    #[prost(message, repeated, tag = "1")]
    pub servers: Vec<EarlyIp>,
}

/// An IP address.
#[derive(Clone, PartialEq, Message)]
pub struct EarlyIp {
    /// 1 IPv4, 2 IPv6.
    #[prost(int32, tag = "1")]
    pub protocol: i32,
    /// IPv4: 4 bytes, last octet first, as they lie in the device's memory.
    #[prost(bytes = "vec", tag = "2")]
    pub address: Vec<u8>,
}

const IPV4: i32 = 1;

impl From<Ipv4Addr> for EarlyIp {
    fn from(address: Ipv4Addr) -> Self {
        Self { protocol: IPV4, address: u32::from(address).to_le_bytes().to_vec() }
    }
}

impl EarlyIp {
    /// The IPv4 address, if it is one.
    pub fn ipv4(&self) -> Option<Ipv4Addr> {
        let bytes: [u8; 4] = self.address.as_slice().try_into().ok()?;
        (self.protocol == IPV4).then(|| u32::from_le_bytes(bytes).into())
    }
}
