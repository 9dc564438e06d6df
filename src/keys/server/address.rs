//! The 128-byte block that says where a device connects to.
//!
//! Layout: type (0 IPv4, 1 domain, anything else not set), length, 64 bytes of address, port in big-endian order
//! (0xFFFF: the firmware's own), 60 bytes unused. Source: Device OS `hal/inc/ota_flash_hal.h` and
//! `hal/shared/parse_server_address.h`; limits of later releases: `system/src/server_config.cpp`.

use crate::{keys::slot::ERASED, platform::Protocol};
use serde::{Serialize, Serializer};
use std::{fmt, net::Ipv4Addr, str::FromStr};

const TYPE_IPV4: u8 = 0;
const TYPE_DOMAIN: u8 = 1;
const HOST: usize = 2;
const PORT: usize = 66;
const PORT_UNSET: u16 = 0xFFFF;
const MAX_DOMAIN: usize = 63;

/// An address that firmware could not use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// IPv6, which the block cannot hold.
    #[error("{0}: devices cannot store an IPv6 address; give an IPv4 address or a domain name")]
    Ipv6(String),
    /// Digits and dots that are no IPv4 address, or one that names no host.
    #[error("{0:?} is not the IPv4 address of a server")]
    Ipv4(String),
    /// Not 1 to 63 printable characters.
    #[error("{0:?} cannot be stored: a domain name has 1 to 63 printable ASCII characters")]
    Domain(String),
    /// Port 0 or 65535.
    #[error("{0} is not a port a device can be given: use 1 to 65534")]
    Port(u16),
    /// A block on a device that makes no sense.
    #[error("the server address on the device is damaged")]
    Damaged,
}

/// Where the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// By address.
    Ipv4(Ipv4Addr),
    /// By name; firmware puts the device id in place of `$id`.
    Domain(String),
}

impl FromStr for Host {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.contains(':') {
            return Err(AddressError::Ipv6(text.to_owned()));
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            let address = text.parse().ok().filter(|address| names_a_host(*address));
            return address.map(Host::Ipv4).ok_or_else(|| AddressError::Ipv4(text.to_owned()));
        }
        let fits = (1..=MAX_DOMAIN).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Host::Domain(text.to_owned()))
        } else {
            Err(AddressError::Domain(text.to_owned()))
        }
    }
}

fn names_a_host(address: Ipv4Addr) -> bool {
    !address.is_unspecified() && !address.is_broadcast()
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Ipv4(address) => address.fmt(f),
            Host::Domain(name) => name.fmt(f),
        }
    }
}

impl Serialize for Host {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The contents of an address block. What is not set, firmware fills in from its own defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerAddress {
    /// The host.
    pub host: Option<Host>,
    /// The port.
    pub port: Option<u16>,
}

impl ServerAddress {
    /// Length of a block in bytes.
    pub const LENGTH: usize = 128;

    /// An address with a port that can be stored.
    pub fn new(host: Host, port: Option<u16>) -> Result<Self, AddressError> {
        match port {
            Some(port @ (0 | PORT_UNSET)) => Err(AddressError::Port(port)),
            _ => Ok(Self { host: Some(host), port }),
        }
    }

    /// The host firmware connects to.
    pub fn effective_host(&self, protocol: Protocol) -> String {
        self.host.as_ref().map_or_else(|| protocol.default_host().to_owned(), Host::to_string)
    }

    /// The port firmware connects to, provided that it honours the stored one.
    pub fn effective_port(&self, protocol: Protocol) -> u16 {
        self.port.unwrap_or(protocol.default_port())
    }

    /// Writes a block. A domain is followed by a zero byte, for firmware that looks for one.
    pub fn to_block(&self) -> [u8; Self::LENGTH] {
        let mut block = self.to_block_without_terminator();
        if let Some(Host::Domain(name)) = &self.host {
            block[HOST + name.len()] = 0;
        }
        block
    }

    /// Writes a block in which nothing follows a domain.
    pub(super) fn to_block_without_terminator(&self) -> [u8; Self::LENGTH] {
        let mut block = [ERASED; Self::LENGTH];
        let port = self.port.unwrap_or(PORT_UNSET);
        block[PORT..PORT + 2].copy_from_slice(&port.to_be_bytes());
        let (kind, host) = match &self.host {
            None => return block,
            Some(Host::Ipv4(address)) => (TYPE_IPV4, address.octets().to_vec()),
            Some(Host::Domain(name)) => (TYPE_DOMAIN, name.as_bytes().to_vec()),
        };
        block[0] = kind;
        block[1] = host.len() as u8;
        block[HOST..HOST + host.len()].copy_from_slice(&host);
        block
    }

    /// Reads a block as firmware does.
    pub fn from_block(block: &[u8; Self::LENGTH]) -> Result<Self, AddressError> {
        let host = match block[0] {
            TYPE_IPV4 => {
                let octets = [block[HOST], block[HOST + 1], block[HOST + 2], block[HOST + 3]];
                let address = Some(Ipv4Addr::from(octets)).filter(|address| names_a_host(*address));
                Some(Host::Ipv4(address.ok_or(AddressError::Damaged)?))
            }
            TYPE_DOMAIN => Some(domain(&block[HOST..PORT], block[1])?),
            _ => None,
        };
        let port = u16::from_be_bytes([block[PORT], block[PORT + 1]]);
        Ok(Self { host, port: Some(port).filter(|&port| port != PORT_UNSET) })
    }
}

fn domain(field: &[u8], length: u8) -> Result<Host, AddressError> {
    let bytes = field.get(..usize::from(length)).ok_or(AddressError::Damaged)?;
    let text = bytes.split(|&byte| byte == 0).next().unwrap_or(bytes);
    let text = std::str::from_utf8(text).map_err(|_| AddressError::Damaged)?;
    let printable =
        (1..=MAX_DOMAIN).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if printable { Ok(Host::Domain(text.to_owned())) } else { Err(AddressError::Damaged) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn address(host: &str, port: Option<u16>) -> ServerAddress {
        ServerAddress::new(host.parse().unwrap(), port).unwrap()
    }

    #[test]
    fn an_ipv4_address_lies_in_the_order_it_is_written() {
        let block = address("192.168.1.10", Some(9000)).to_block();
        assert_eq!(block[..6], [0, 4, 0xC0, 0xA8, 1, 0x0A]);
        assert_eq!(block[66..68], [0x23, 0x28]);
        assert!(block[6..66].iter().chain(&block[68..]).all(|&byte| byte == 0xFF));
    }

    #[test]
    fn a_domain_ends_with_a_zero_byte() {
        let block = address("my.host", Some(5684)).to_block();
        assert_eq!(block[..10], *b"\x01\x07my.host\0");
        assert_eq!(block[66..68], [0x16, 0x34]);
    }

    #[test]
    fn an_erased_block_means_the_firmwares_own_server() {
        let unset = ServerAddress::from_block(&[0xFF; 128]).unwrap();
        assert_eq!(unset, ServerAddress::default());
        assert_eq!(unset.effective_host(Protocol::Tcp), "device.spark.io");
        assert_eq!(unset.effective_port(Protocol::Udp), 5684);
    }

    #[test]
    fn addresses_a_device_cannot_hold_are_refused() {
        for text in ["::1", "1.2.3", "1.2.3.256", "01.2.3.4", "0.0.0.0", "255.255.255.255", "", "a b", "ü.de"]
        {
            assert!(text.parse::<Host>().is_err(), "{text}");
        }
        assert!("a".repeat(64).parse::<Host>().is_err());
        assert!("a".repeat(63).parse::<Host>().is_ok());
        assert!(ServerAddress::new(Host::Domain("a".into()), Some(0)).is_err());
        assert!(ServerAddress::new(Host::Domain("a".into()), Some(0xFFFF)).is_err());
    }

    proptest! {
        #[test]
        fn blocks_are_read_as_written(host in "[!-~&&[^:]]{1,63}|([1-9][0-9]?\\.){3}[1-9]", port in prop::option::of(1..0xFFFFu16)) {
            if let Ok(host) = host.parse() {
                let address = ServerAddress::new(host, port).unwrap();
                prop_assert_eq!(ServerAddress::from_block(&address.to_block()), Ok(address.clone()));
                prop_assert_eq!(ServerAddress::from_block(&address.to_block_without_terminator()), Ok(address));
            }
        }

        #[test]
        fn any_block_is_survived(block in prop::collection::vec(any::<u8>(), 128)) {
            let block: [u8; 128] = block.try_into().unwrap();
            let _ = ServerAddress::from_block(&block);
        }
    }
}
