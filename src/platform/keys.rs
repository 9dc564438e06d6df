//! Where keys and server addresses lie in a device's configuration memory.
//!
//! All offsets are addresses for DFU alternate setting [`KeyLayout::alternate_setting`]: the Core's external flash, or
//! the Device Configuration Table (DCT) of everything newer. Sources: Device OS `platform/MCU/*/inc/dct.h`,
//! `hal/inc/ota_flash_hal.h`; Node CLI `keys-specs.js`.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The transport a device uses to reach the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// RSA and AES over TCP.
    Tcp,
    /// DTLS over UDP, with elliptic-curve keys.
    Udp,
}

impl Protocol {
    /// The kind of key this transport needs.
    pub fn algorithm(self) -> KeyAlgorithm {
        match self {
            Protocol::Tcp => KeyAlgorithm::Rsa,
            Protocol::Udp => KeyAlgorithm::Ec,
        }
    }

    /// The port firmware uses when its address block names none.
    pub fn default_port(self) -> u16 {
        match self {
            Protocol::Tcp => 5683,
            Protocol::Udp => 5684,
        }
    }

    /// The host firmware uses when its address block is unset.
    pub fn default_host(self) -> &'static str {
        match self {
            Protocol::Tcp => "device.spark.io",
            Protocol::Udp => "udp.particle.io",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        })
    }
}

/// The two kinds of device key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyAlgorithm {
    /// RSA, 1024 bits for devices and 2048 for servers.
    Rsa,
    /// Elliptic curve, NIST P-256.
    Ec,
}

impl KeyAlgorithm {
    /// The word the cloud uses for this algorithm in `POST /v1/provisioning/ID`.
    pub fn cloud_name(self) -> &'static str {
        match self {
            KeyAlgorithm::Rsa => "rsa",
            KeyAlgorithm::Ec => "ecc",
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyAlgorithm::Rsa => "rsa",
            KeyAlgorithm::Ec => "ec",
        })
    }
}

/// A place for a device's private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySlot {
    /// Address within the alternate setting.
    pub address: u32,
    /// Size in bytes.
    pub size: usize,
}

/// A place for the server's public key and, behind it, the server's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerSlot {
    /// Address within the alternate setting.
    pub address: u32,
    /// Size in bytes, key and address block together.
    pub size: usize,
    /// Offset of the 128-byte address block from `address`.
    pub address_block: usize,
}

/// The slots of one transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtocolKeys {
    /// The transport.
    pub protocol: Protocol,
    /// The device's private key.
    pub private: KeySlot,
    /// The server's public key and address.
    pub server: ServerSlot,
}

/// All key slots of a platform.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyLayout {
    /// DFU alternate setting of all slots.
    pub alternate_setting: u8,
    /// Slots by transport; the first is the platform's default.
    pub protocols: &'static [ProtocolKeys],
    /// Address of the byte that selects a transport, where the platform has a choice.
    pub transport_flag: Option<u32>,
}

impl KeyLayout {
    /// The transport used unless the transport flag says otherwise.
    pub fn default_protocol(&self) -> Protocol {
        self.protocols[0].protocol
    }

    /// The slots for a transport, if the platform has them.
    pub fn slots(&self, protocol: Protocol) -> Option<&ProtocolKeys> {
        self.protocols.iter().find(|keys| keys.protocol == protocol)
    }

    /// The flag byte that selects a transport, where the platform has the choice.
    pub fn flag_of_protocol(&self, protocol: Protocol) -> Option<u8> {
        self.transport_flag?;
        self.slots(protocol)?;
        Some(if protocol == self.default_protocol() { 0xFF } else { 0x00 })
    }

    /// The transport the flag byte selects: 0xFF the default, anything else the alternative.
    pub fn protocol_of_flag(&self, flag: u8) -> Protocol {
        match (flag, self.protocols.get(1)) {
            (0xFF, _) | (_, None) => self.default_protocol(),
            (_, Some(alternative)) => alternative.protocol,
        }
    }
}

/// DCT address of the transport flag byte.
pub const TRANSPORT_FLAG: u32 = 2977;

const DCT_TCP: ProtocolKeys = ProtocolKeys {
    protocol: Protocol::Tcp,
    private: KeySlot { address: 34, size: 612 },
    server: ServerSlot { address: 2082, size: 512, address_block: 384 },
};

const DCT_UDP: ProtocolKeys = ProtocolKeys {
    protocol: Protocol::Udp,
    private: KeySlot { address: 3106, size: 192 },
    server: ServerSlot { address: 3298, size: 320, address_block: 192 },
};

/// Spark Core: external flash.
pub(super) const CORE: KeyLayout = KeyLayout {
    alternate_setting: 1,
    protocols: &[ProtocolKeys {
        protocol: Protocol::Tcp,
        private: KeySlot { address: 0x2000, size: 1024 },
        server: ServerSlot { address: 0x1000, size: 2048, address_block: 384 },
    }],
    transport_flag: None,
};

/// Photon and P1: TCP only.
pub(super) const DCT_TCP_ONLY: KeyLayout =
    KeyLayout { alternate_setting: 1, protocols: &[DCT_TCP], transport_flag: None };

/// Electron and E Series: UDP, with TCP selectable.
pub(super) const DCT_UDP_OR_TCP: KeyLayout =
    KeyLayout { alternate_setting: 1, protocols: &[DCT_UDP, DCT_TCP], transport_flag: Some(TRANSPORT_FLAG) };

/// Everything newer: UDP only.
pub(super) const DCT_UDP_ONLY: KeyLayout =
    KeyLayout { alternate_setting: 1, protocols: &[DCT_UDP], transport_flag: None };
