//! What can go wrong with a sandbox as a whole.

use super::{
    bench::{NoFirmware, NoSuchBoard},
    cloud::ReleaseError,
};
use crate::{keys::KeyError, platform::DeviceIdError};
use std::{io, path::PathBuf};

/// Why a sandbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The operating system names no folder for application data.
    #[error("there is no folder to keep the sandbox's state in")]
    NoFolder,
    /// A file of the sandbox cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        source: io::Error,
    },
    /// A file of the sandbox does not hold what it should.
    #[error("{} is damaged: {source}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not parse.
        source: serde_json::Error,
    },
    /// The state was written by a newer release.
    #[error("{} has version {found}; this program knows versions up to {known}", path.display())]
    Version {
        /// The state file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// Another process uses the same state.
    #[error("another process is using the sandbox state {}", path.display())]
    InUse {
        /// The state file.
        path: PathBuf,
    },
    /// A device that is spoken of is not there.
    #[error("no device {0:?} is in the sandbox")]
    UnknownDevice(String),
    /// A platform that the bench cannot hold.
    #[error("cannot make a device: {0}")]
    Board(#[from] NoSuchBoard),
    /// A device gets no firmware.
    #[error("cannot make a device: {0}")]
    Firmware(#[from] NoFirmware),
    /// A new device gets no key.
    #[error("cannot make a device's key: {0}")]
    Key(#[from] KeyError),
    /// A new device gets no id.
    #[error("cannot make a device: {0}")]
    Id(#[from] DeviceIdError),
    /// A new library cannot be packed.
    #[error("cannot make a library: {0}")]
    Library(#[from] ReleaseError),
    /// A server of the sandbox cannot start.
    #[error("cannot start the sandbox's {server}: {source}")]
    Server {
        /// Which one.
        server: &'static str,
        /// The operating system's answer.
        source: io::Error,
    },
}

impl SandboxError {
    /// For `map_err`: names the file and what was tried with it.
    pub(super) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
