//! Setting up a Photon or P1 over the access point that it opens while it listens.
//!
//! Each command is a connection of its own, over either of two transports: a plain one on port 5609, or HTTP on
//! port 80. Source: Device OS `hal/src/photon/softap.cpp`, v0.4.0 to v3.3.1.

mod address;
mod client;
mod configuration;
mod device_key;
mod error;
mod hex;
mod reply;
mod request;
mod security;
mod transport;

pub use address::{AddressError, DeviceAddress, DeviceAddresses};
pub use client::SoftAp;
pub use configuration::{Credentials, NetworkConfiguration};
pub use device_key::DeviceKey;
pub use error::SoftApError;
pub use hex::{from_hex, to_hex};
pub use reply::{DeviceIdentity, ScannedNetwork};
pub use request::{EAP_TLS, PEAP};
pub use security::{SECURITIES, Security};
pub use transport::Transport;

#[cfg(test)]
mod tests;
