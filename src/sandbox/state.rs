//! The state file: everything a sandbox remembers from run to run.

use super::{
    Location, SandboxError,
    bench::{DeviceState, Mode, OsVersion, Protection},
    cloud::Records,
};
use crate::{
    atomic_file::{self, Access},
    keys::server::{ServerAddress, ServerSlotImage},
    platform::{DeviceId, Protocol},
};
use serde::{Deserialize, Serialize};
use std::{fs, io::ErrorKind};

/// Version of the state file's form. A newer one is refused rather than guessed at.
const VERSION: u32 = 2;
/// Up to this version devices held no firmware; they get that of the version they said they had.
const WITHOUT_FIRMWARE: u32 = 1;

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

/// What can be changed of a device before it gets power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// What it does.
    Mode(Mode),
    /// Its version of Device OS, which decides what it can do.
    OsVersion(OsVersion),
    /// Device Protection.
    Protection(Protection),
    /// Whether its application prints a log to the serial port.
    SerialLog(bool),
    /// Whether its application has claimed the line speeds that lead to other modes.
    NoTouch(bool),
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
        let mut state: Self = serde_json::from_slice(&content).map_err(damaged)?;
        if header.version <= WITHOUT_FIRMWARE {
            state.bench.iter_mut().try_for_each(|device| device.ship(device.os_version))?;
            state.version = VERSION;
        }
        Ok(Some(state))
    }

    /// Changes the device with this id or name, before it gets power.
    pub fn adjust(&mut self, device: &str, adjustment: Adjustment) -> Result<(), SandboxError> {
        let unknown = || SandboxError::UnknownDevice(device.to_owned());
        let id = self.cloud.device_called(device).ok_or_else(unknown)?.id.clone();
        if matches!(adjustment, Adjustment::Protection(protection) if protection != Protection::Open) {
            self.introduce(&id)?;
        }
        let state = self.bench.iter_mut().find(|state| state.id == id).ok_or_else(unknown)?;
        match adjustment {
            Adjustment::Mode(mode) => state.mode = mode,
            Adjustment::OsVersion(version) => state.ship(version)?,
            Adjustment::Protection(protection) => state.protection = protection,
            Adjustment::SerialLog(prints) => state.serial_log = prints,
            Adjustment::NoTouch(claims) => state.no_touch = claims,
        }
        Ok(())
    }

    /// Lets a device know the cloud by a key whose private half the cloud has: without it nobody could lift Device
    /// Protection from the device again.
    fn introduce(&mut self, id: &DeviceId) -> Result<(), SandboxError> {
        let key = self.cloud.own_key()?.public_key().clone();
        let Some(device) = self.bench.iter_mut().find(|device| device.id == *id) else { return Ok(()) };
        let Some(slots) = device.platform.keys.and_then(|keys| keys.slots(Protocol::Udp)) else {
            return Ok(());
        };
        let image = ServerSlotImage::new(Protocol::Udp, key, ServerAddress::default())?;
        device.write_server_slot(Protocol::Udp, &image.build(&slots.server)?);
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
        fs::write(location.state_file(), r#"{"version": 3, "everything": "else"}"#).unwrap();
        assert!(matches!(State::read(&location), Err(SandboxError::Version { found: 3, .. })));
    }
}
