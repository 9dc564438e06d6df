//! Where a running sandbox can be reached.

use super::{Location, SandboxError, cloud::DELETE_TOKEN};
use crate::{
    atomic_file::{self, Access},
    environment::Environment,
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::ErrorKind,
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long a sandbox on this computer may take to accept a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// The servers of a running sandbox, as written to its addresses file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Addresses {
    /// Base URL of the cloud.
    pub api_url: String,
    /// The USB/IP server that exports the devices.
    pub usbip: SocketAddr,
    /// The process that runs the sandbox.
    pub pid: u32,
    /// Length of every pause in the sandbox, 1 being true to the hardware.
    pub time_scale: f64,
}

impl Addresses {
    /// Reads where the sandbox at `location` is running; `None` if no file says so.
    pub fn read(location: &Location) -> Result<Option<Self>, SandboxError> {
        let path = location.addresses_file();
        match fs::read(&path) {
            Ok(content) => serde_json::from_slice(&content)
                .map(Some)
                .map_err(|source| SandboxError::Damaged { path, source }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SandboxError::file("read", path)(error)),
        }
    }

    /// Whether somebody listens there.
    pub(super) fn answer(&self) -> bool {
        TcpStream::connect_timeout(&self.usbip, CONNECT_LIMIT).is_ok()
    }

    /// Tells other processes where this sandbox is running.
    pub(super) fn announce(&self, location: &Location) -> Result<(), SandboxError> {
        let path = location.addresses_file();
        let content = serde_json::to_vec_pretty(self)
            .map_err(|source| SandboxError::Damaged { path: path.clone(), source })?;
        atomic_file::replace(&path, &content, Access::Owner).map_err(SandboxError::file("write", path))
    }

    /// Takes the announcement of a sandbox back, if there is one.
    pub(super) fn withdraw(location: &Location) -> Result<(), SandboxError> {
        let path = location.addresses_file();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(SandboxError::file("remove", path)(error))
            }
            _ => Ok(()),
        }
    }

    /// `environment` for a client of this sandbox: its `PARTICLE_*` variables are the sandbox's own.
    pub fn client_environment(&self, location: &Location, environment: &Environment) -> Environment {
        environment
            .without_prefix("PARTICLE_")
            .with("PARTICLE_CONFIG_DIR", location.profile_folder())
            .with("PARTICLE_USB_HOST", format!("usbip://{}", self.usbip))
            .with("PARTICLE_TIME_SCALE", self.time_scale.to_string())
            .with("PARTICLE_LIBRARY_DIR", location.profile_folder().join("libraries"))
            .with("PARTICLE_LIBRARY_DELETE_TOKEN", DELETE_TOKEN)
    }
}
