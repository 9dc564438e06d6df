//! The state file: everything a sandbox remembers from run to run.

use super::{
    Location, SandboxError,
    bench::{DeviceState, Mode},
    cloud::Records,
};
use crate::atomic_file::{self, Access};
use serde::{Deserialize, Serialize};
use std::{fs, io::ErrorKind};

/// Version of the state file's form. A newer one is refused rather than guessed at.
const VERSION: u32 = 1;

/// What the state file holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    version: u32,
    /// Length of every pause, 1 being true to the hardware.
    pub time_scale: f64,
    /// What the cloud knows.
    pub cloud: Records,
    /// The devices, with every byte in them.
    pub bench: Vec<DeviceState>,
}

impl State {
    /// A state as it is written by this release.
    pub fn new(time_scale: f64, cloud: Records, bench: Vec<DeviceState>) -> Self {
        Self { version: VERSION, time_scale, cloud, bench }
    }

    /// Reads the state at `location`; `None` if there is no such file.
    pub fn read(location: &Location) -> Result<Option<Self>, SandboxError> {
        #[derive(Deserialize)]
        struct Header {
            version: u32,
        }
        let path = location.state_file();
        let content = match fs::read(path) {
            Ok(content) => content,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(SandboxError::file("read", path)(error)),
        };
        let damaged = |source| SandboxError::Damaged { path: path.to_owned(), source };
        let header: Header = serde_json::from_slice(&content).map_err(damaged)?;
        if header.version > VERSION {
            return Err(SandboxError::Version {
                path: path.to_owned(),
                found: header.version,
                known: VERSION,
            });
        }
        serde_json::from_slice(&content).map(Some).map_err(damaged)
    }

    /// Puts the device with this id or name into a mode, as it will be when it gets power.
    pub fn set_mode(&mut self, device: &str, mode: Mode) -> Result<(), SandboxError> {
        let record = self.cloud.device_called(device);
        let id = record.ok_or_else(|| SandboxError::UnknownDevice(device.to_owned()))?.id.clone();
        for state in self.bench.iter_mut().filter(|state| state.id == id) {
            state.mode = mode;
        }
        Ok(())
    }

    /// Writes the state.
    pub fn write(&self, location: &Location) -> Result<(), SandboxError> {
        let path = location.state_file();
        let content = serde_json::to_vec_pretty(self)
            .map_err(|source| SandboxError::Damaged { path: path.to_owned(), source })?;
        atomic_file::replace(path, &content, Access::Owner).map_err(SandboxError::file("write", path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_form_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::of_file(&folder.path().join("state.json")).unwrap();
        fs::write(location.state_file(), r#"{"version": 2, "everything": "else"}"#).unwrap();
        assert!(matches!(State::read(&location), Err(SandboxError::Version { found: 2, .. })));
    }
}
