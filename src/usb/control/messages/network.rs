//! Network interfaces of a device.
//!
//! Source: particle-iot/device-os-protobuf, `control/network.proto`; flags: Device OS `system/src/control/network.cpp`.

use prost::{Enumeration, Message};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reply to [`LIST_NETWORK_INTERFACES`](crate::usb::control::RequestType::LIST_NETWORK_INTERFACES).
#[derive(Clone, PartialEq, Message)]
pub struct NetworkInterfacesReply {
    /// The interfaces.
    #[prost(message, repeated, tag = "1")]
    pub interfaces: Vec<InterfaceEntry>,
}

/// An interface in the list of all.
#[derive(Clone, PartialEq, Message)]
pub struct InterfaceEntry {
    /// Its number, by which it is asked for.
    #[prost(uint32, tag = "1")]
    pub index: u32,
    /// Its name, such as `wl3`.
    #[prost(string, tag = "2")]
    pub name: String,
    /// What it is.
    #[prost(enumeration = "InterfaceKind", tag = "3")]
    pub kind: i32,
}

/// Payload of [`GET_NETWORK_INTERFACE`](crate::usb::control::RequestType::GET_NETWORK_INTERFACE).
#[derive(Clone, PartialEq, Message)]
pub struct GetNetworkInterface {
    /// Number of the interface.
    #[prost(uint32, tag = "1")]
    pub index: u32,
}

/// Reply to [`GET_NETWORK_INTERFACE`](crate::usb::control::RequestType::GET_NETWORK_INTERFACE).
#[derive(Clone, PartialEq, Message)]
pub struct NetworkInterfaceReply {
    /// The interface.
    #[prost(message, optional, tag = "1")]
    pub interface: Option<Interface>,
}

/// A network interface.
#[derive(Clone, PartialEq, Message)]
pub struct Interface {
    /// Its number.
    #[prost(uint32, tag = "1")]
    pub index: u32,
    /// Its name.
    #[prost(string, tag = "2")]
    pub name: String,
    /// What it is.
    #[prost(enumeration = "InterfaceKind", tag = "3")]
    pub kind: i32,
    /// Bits of [`INTERFACE_FLAGS`].
    #[prost(uint32, tag = "4")]
    pub flags: u32,
    /// Addresses of version 4.
    #[prost(message, optional, tag = "6")]
    pub ipv4: Option<Ipv4Config>,
    /// Addresses of version 6.
    #[prost(message, optional, tag = "7")]
    pub ipv6: Option<Ipv6Config>,
    /// Hardware address, up to 8 bytes; none for interfaces without hardware.
    #[prost(bytes = "vec", tag = "8")]
    pub hardware_address: Vec<u8>,
    /// Largest packet in bytes.
    #[prost(uint32, tag = "9")]
    pub mtu: u32,
}

/// What an interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub enum InterfaceKind {
    /// Nothing known.
    Unknown = 0,
    /// The device itself.
    Loopback = 1,
    /// A mesh network.
    Thread = 2,
    /// A cable.
    Ethernet = 4,
    /// Wi-Fi.
    Wifi = 8,
    /// A point-to-point link, which is what cellular is.
    Ppp = 16,
}

impl InterfaceKind {
    /// The name shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Loopback => "LOOPBACK",
            Self::Thread => "THREAD",
            Self::Ethernet => "ETHERNET",
            Self::Wifi => "WIFI",
            Self::Ppp => "PPP",
        }
    }
}

/// Names of the flags of an interface. One bit stands for two names.
pub const INTERFACE_FLAGS: [(u32, &str); 12] = [
    (0x1, "UP"),
    (0x2, "BROADCAST"),
    (0x4, "DEBUG"),
    (0x8, "LOOPBACK"),
    (0x10, "POINTTOPOINT"),
    (0x40, "RUNNING"),
    (0x40, "LOWER_UP"),
    (0x80, "NOARP"),
    (0x100, "PROMISC"),
    (0x200, "ALLMULTI"),
    (0x8000, "MULTICAST"),
    (0x1_0000, "NOND6"),
];

/// The link is there: [`INTERFACE_FLAGS`] `LOWER_UP`.
pub const LINK_UP: u32 = 0x40;

/// Addresses of version 4.
#[derive(Clone, PartialEq, Message)]
pub struct Ipv4Config {
    /// The interface's own.
    #[prost(message, repeated, tag = "1")]
    pub addresses: Vec<InterfaceAddress>,
    /// The way out.
    #[prost(message, optional, tag = "3")]
    pub gateway: Option<Ipv4>,
    /// Name servers.
    #[prost(message, repeated, tag = "4")]
    pub dns: Vec<Ipv4>,
}

/// Addresses of version 6.
#[derive(Clone, PartialEq, Message)]
pub struct Ipv6Config {
    /// The interface's own.
    #[prost(message, repeated, tag = "1")]
    pub addresses: Vec<InterfaceAddress>,
}

/// An address and how much of it names the network.
#[derive(Clone, PartialEq, Message)]
pub struct InterfaceAddress {
    /// The address.
    #[prost(message, optional, tag = "1")]
    pub address: Option<Ip>,
    /// Bits of the address that name the network.
    #[prost(uint32, tag = "2")]
    pub prefix_length: u32,
}

/// An address of either version.
#[derive(Clone, PartialEq, Message)]
pub struct Ip {
    /// One of version 4.
    #[prost(message, optional, tag = "1")]
    pub v4: Option<Ipv4>,
    /// One of version 6.
    #[prost(message, optional, tag = "2")]
    pub v6: Option<Ipv6>,
}

/// An address of version 4.
#[derive(Clone, Copy, PartialEq, Message)]
pub struct Ipv4 {
    /// The first octet is the most significant byte of the number.
    #[prost(fixed32, tag = "1")]
    pub address: u32,
}

/// An address of version 6.
#[derive(Clone, PartialEq, Message)]
pub struct Ipv6 {
    /// 16 bytes in network order.
    #[prost(bytes = "vec", tag = "1")]
    pub address: Vec<u8>,
}

impl InterfaceAddress {
    /// An address with the length of its prefix in bits.
    pub fn new(address: IpAddr, prefix_length: u32) -> Self {
        let ip = match address {
            IpAddr::V4(address) => Ip { v4: Some(Ipv4::from(address)), v6: None },
            IpAddr::V6(address) => Ip { v4: None, v6: Some(Ipv6 { address: address.octets().to_vec() }) },
        };
        Self { address: Some(ip), prefix_length }
    }

    /// The address; `None` if there is none in it, or one of the wrong length.
    pub fn ip(&self) -> Option<IpAddr> {
        let ip = self.address.as_ref()?;
        if let Some(Ipv4 { address }) = ip.v4 {
            return Some(Ipv4Addr::from(address).into());
        }
        let bytes: [u8; 16] = ip.v6.as_ref()?.address.as_slice().try_into().ok()?;
        Some(Ipv6Addr::from(bytes).into())
    }
}

impl From<Ipv4Addr> for Ipv4 {
    fn from(address: Ipv4Addr) -> Self {
        Self { address: address.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_samples_encode() {
        assert_eq!(GetNetworkInterface { index: 4 }.encode_to_vec(), [8, 4]);
        let address = Ipv4::from(Ipv4Addr::new(192, 168, 1, 5));
        assert_eq!(address.encode_to_vec(), [0x0D, 5, 1, 0xA8, 0xC0]);
    }

    #[test]
    fn an_address_of_a_wrong_length_is_none() {
        let ip = Ip { v4: None, v6: Some(Ipv6 { address: vec![0; 15] }) };
        assert_eq!(InterfaceAddress { address: Some(ip), prefix_length: 64 }.ip(), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(reply) = NetworkInterfaceReply::decode(bytes.as_slice()) {
                let interface = reply.interface.unwrap_or_default();
                let _ = (interface.kind(), interface.ipv6.iter().flat_map(|config| &config.addresses).map(InterfaceAddress::ip).count());
            }
        }

        #[test]
        fn addresses_survive_the_wire(address: IpAddr, prefix_length in 0..128_u32) {
            let encoded = InterfaceAddress::new(address, prefix_length).encode_to_vec();
            prop_assert_eq!(InterfaceAddress::decode(encoded.as_slice()).unwrap().ip(), Some(address));
        }
    }
}
