//! The hand on a running sandbox: its buttons, its cables and a look at it, over HTTP below `/sandbox/`.
//!
//! It is no part of what a Particle cloud has. Requests with a body must be `application/json`, which keeps web pages
//! of other origins out.

mod client;
pub(super) mod routes;

pub use client::{ControlClient, ControlError};

use super::bench::Button;
use crate::platform::DeviceId;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// Answer of `GET /sandbox/status`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Status {
    /// Everybody who can log in.
    pub accounts: Vec<AccountStatus>,
    /// Everything on the bench.
    pub devices: Vec<DeviceStatus>,
}

/// An account, with everything needed to log in.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccountStatus {
    /// E-mail address.
    pub username: String,
    /// Password.
    pub password: String,
    /// Login code, where one is asked for.
    pub otp: Option<String>,
}

/// A device, seen from the bench and from the cloud at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceStatus {
    /// Device id.
    pub id: DeviceId,
    /// Its name in the cloud.
    pub name: Option<String>,
    /// Whose it is in the cloud.
    pub owner: Option<String>,
    /// Who has asked the owner for it.
    pub wanted_by: Option<String>,
    /// Platform name.
    pub platform: String,
    /// Version of Device OS.
    pub os_version: String,
    /// `normal`, `listening`, `safe-mode` or `dfu`.
    pub mode: String,
    /// Whether the cable is in.
    pub plugged: bool,
    /// What in its firmware keeps it from running its application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Whether Device Protection is on.
    pub protected: bool,
    /// Whether the cloud has it connected.
    pub online: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Which key its firmware finds in its flash.
    pub device_key: Option<String>,
    /// Which key the cloud holds for it.
    pub cloud_key: Option<String>,
    /// The server in its flash, as `tcp://host:port`.
    pub server: Option<String>,
    /// Its bus id at the USB/IP server.
    pub bus_id: String,
    /// Its own Wi-Fi network, while it is being set up: both transports are at this address.
    pub softap: Option<SocketAddr>,
    /// The pseudo-terminal of its serial port.
    pub terminal: Option<PathBuf>,
}

/// Body of `POST /sandbox/devices/DEVICE/press`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Press {
    button: Button,
}

/// Body of `POST /sandbox/devices/DEVICE/transfer`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TransferAnswer {
    approve: bool,
}

/// Body of `POST /sandbox/devices/DEVICE/cable`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cable {
    plugged: bool,
}
