//! Errors of a device's own access point.

use super::{CommandError, Kind};
use crate::softap::SoftApError;

const LISTENING_HINT: &str =
    "hold its MODE or SETUP button until the light blinks blue, and run `particle setup` again";
const SERIAL_HINT: &str = "`particle serial wifi` takes any name";

impl From<SoftApError> for CommandError {
    fn from(error: SoftApError) -> Self {
        match error {
            SoftApError::Stopped(stop) => stop.into(),
            SoftApError::Unreachable { .. } | SoftApError::Silent { .. } => {
                Self::caused_by(Kind::NoDevice, error).hint(LISTENING_HINT)
            }
            SoftApError::Garbled(_) | SoftApError::Refused { .. } | SoftApError::Encryption => {
                Self::caused_by(Kind::Device, error)
                    .hint("reset the device, and set it up again once it blinks blue")
            }
            SoftApError::Unsendable => Self::caused_by(Kind::Usage, error).hint(SERIAL_HINT),
            SoftApError::NameLength(_) | SoftApError::PasswordLength(_) => {
                Self::caused_by(Kind::Usage, error)
            }
        }
    }
}
