//! What can go wrong with a device's access point.

use super::DeviceAddress;
use crate::clock::Stop;

/// The device is not set up.
#[derive(Debug, thiserror::Error)]
pub enum SoftApError {
    /// Nobody listens there.
    #[error("the device cannot be reached at {address}: {source}")]
    Unreachable {
        /// Where it should be.
        address: DeviceAddress,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// It takes the request and does not answer, which is also how it refuses what it cannot read.
    #[error("the device at {address} does not answer to `{command}`")]
    Silent {
        /// Where it is.
        address: DeviceAddress,
        /// What it was asked.
        command: &'static str,
    },
    /// What is there is no device, or a damaged one.
    #[error("the device's answer to `{0}` makes no sense")]
    Garbled(&'static str),
    /// It says no.
    #[error("the device refused `{command}` (result {result})")]
    Refused {
        /// What it was asked.
        command: &'static str,
        /// Its result code; 0 would be success.
        result: i64,
    },
    /// Firmware takes the letters as they stand between the quotation marks, without looking for escapes.
    #[error(
        "the name of the network or of its user has quotation marks, backslashes or control characters in it, which this device cannot take"
    )]
    Unsendable,
    /// The name of a network has 1 to 32 bytes.
    #[error("the name of a network has 1 to 32 bytes, and this one has {0}")]
    NameLength(usize),
    /// A password has at most 64 bytes.
    #[error("a Wi-Fi password has at most 64 bytes, and this one has {0}")]
    PasswordLength(usize),
    /// The key is for too few bytes, or has no sense.
    #[error("the password could not be encrypted with the device's key")]
    Encryption,
    /// The person, or the time limit of the command, ended the wait.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl SoftApError {
    /// Whether the same request may succeed if it is made again.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Silent { .. } | Self::Garbled(_))
    }
}
