//! The network interfaces of a device: numbers and names as Device OS has them, addresses made up from the device id.
//!
//! Source of numbers, names and flags: Device OS `hal/network/lwip` and `hal/inc/hal_platform_config.h`.

use super::state::{DeviceState, Mode};
use crate::usb::control::messages::{
    Interface, InterfaceAddress, InterfaceKind, Ipv4, Ipv4Config, Ipv6Config, LINK_UP,
};
use std::net::{Ipv4Addr, Ipv6Addr};

const UP: u32 = 0x1;
const BROADCAST: u32 = 0x2;
const LOOPBACK: u32 = 0x8;
const POINT_TO_POINT: u32 = 0x10;
const NO_ARP: u32 = 0x80;
const MULTICAST: u32 = 0x8000;

/// Largest packet of Wi-Fi and cellular.
const MTU: u32 = 1500;
/// A vendor prefix of Particle's.
const VENDOR_PREFIX: [u8; 3] = [0x6C, 0x0B, 0x84];

/// What a DHCP server hands out.
pub(super) struct WifiAddresses {
    /// The device's own.
    pub(super) address: Ipv4Addr,
    /// Network mask.
    pub(super) netmask: Ipv4Addr,
    /// The way out, which is also the name server.
    pub(super) gateway: Ipv4Addr,
}

impl DeviceState {
    /// A made-up hardware address that is always the same for the device.
    pub(super) fn mac_address(&self) -> [u8; 6] {
        let [a, b, c] = VENDOR_PREFIX;
        let [d, e, f] = self.end_of_id();
        [a, b, c, d, e, f]
    }

    /// The last three bytes of the id.
    fn end_of_id(&self) -> [u8; 3] {
        let byte = |at: usize| u8::from_str_radix(&self.id.as_str()[at..at + 2], 16).unwrap_or_default();
        [byte(18), byte(20), byte(22)]
    }

    /// Whether the device has a way to the cloud. One with a modem has, and for boards without any radio of their own
    /// it is not looked into.
    pub(super) fn has_network(&self) -> bool {
        let radio = self.platform.radio;
        !radio.wifi || radio.cellular || self.wifi.access_point(self.platform).is_some()
    }

    /// What becomes of the network when the firmware starts or its mode changes.
    pub(super) fn reconnect(&mut self) {
        match self.mode {
            Mode::Normal | Mode::SafeMode => self.wifi.connect(self.platform),
            Mode::Listening | Mode::Dfu => self.wifi.leave(),
        }
    }

    /// The address that the cellular network gives the device.
    pub(super) fn cellular_address(&self) -> Ipv4Addr {
        let [a, b, c] = self.end_of_id();
        Ipv4Addr::new(10, a, b, c)
    }

    /// What the Wi-Fi network gives the device.
    pub(super) fn wifi_addresses(&self) -> WifiAddresses {
        let [.., last] = self.end_of_id();
        WifiAddresses {
            address: Ipv4Addr::new(192, 168, 77, last % 200 + 20),
            netmask: Ipv4Addr::new(255, 255, 255, 0),
            gateway: Ipv4Addr::new(192, 168, 77, 1),
        }
    }

    /// The network interfaces, in the order of their numbers.
    pub(super) fn interfaces(&self) -> Vec<Interface> {
        let radio = self.platform.radio;
        let mut interfaces = vec![self.loopback()];
        if radio.cellular {
            interfaces.push(self.cellular());
        }
        if radio.wifi {
            interfaces.push(self.wifi_interface(if radio.cellular { 5 } else { 4 }));
        }
        interfaces
    }

    fn loopback(&self) -> Interface {
        Interface {
            index: 1,
            name: "lo0".to_owned(),
            kind: InterfaceKind::Loopback.into(),
            flags: UP | LOOPBACK | LINK_UP | MULTICAST,
            ipv4: Some(ipv4(Ipv4Addr::LOCALHOST, 8, None)),
            ipv6: Some(Ipv6Config {
                addresses: vec![InterfaceAddress::new(Ipv6Addr::LOCALHOST.into(), 128)],
            }),
            ..Interface::default()
        }
    }

    fn cellular(&self) -> Interface {
        let connected = matches!(self.mode, Mode::Normal | Mode::SafeMode);
        Interface {
            index: 4,
            name: "pp3".to_owned(),
            kind: InterfaceKind::Ppp.into(),
            flags: POINT_TO_POINT | NO_ARP | MULTICAST | if connected { UP | LINK_UP } else { 0 },
            ipv4: connected.then(|| ipv4(self.cellular_address(), 32, None)),
            mtu: MTU,
            ..Interface::default()
        }
    }

    fn wifi_interface(&self, index: u32) -> Interface {
        let connected = self.wifi.access_point(self.platform).is_some();
        let mac = self.mac_address();
        let WifiAddresses { address, gateway, .. } = self.wifi_addresses();
        Interface {
            index,
            name: format!("wl{}", index - 1),
            kind: InterfaceKind::Wifi.into(),
            flags: BROADCAST | MULTICAST | if connected { UP | LINK_UP } else { 0 },
            ipv4: connected.then(|| ipv4(address, 24, Some(gateway))),
            ipv6: connected
                .then(|| Ipv6Config { addresses: vec![InterfaceAddress::new(link_local(mac).into(), 64)] }),
            hardware_address: mac.to_vec(),
            mtu: MTU,
        }
    }
}

fn ipv4(address: Ipv4Addr, prefix_length: u32, gateway: Option<Ipv4Addr>) -> Ipv4Config {
    Ipv4Config {
        addresses: vec![InterfaceAddress::new(address.into(), prefix_length)],
        gateway: gateway.map(Ipv4::from),
        dns: gateway.map(Ipv4::from).into_iter().collect(),
    }
}

/// The address that an interface gives itself (RFC 4291, appendix A).
fn link_local([a, b, c, d, e, f]: [u8; 6]) -> Ipv6Addr {
    let mut octets = [0; 16];
    octets[..2].copy_from_slice(&[0xFE, 0x80]);
    octets[8..].copy_from_slice(&[a ^ 2, b, c, 0xFF, 0xFE, d, e, f]);
    octets.into()
}
