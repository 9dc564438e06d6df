//! Errors of control requests.

use super::{CommandError, Kind};
use crate::usb::control::{ControlError, ResultCode, mesh::NetworkTextError};

const UPDATE_HINT: &str = "run `particle update` to bring the device's firmware up to date";
const PROTECTION_HINT: &str = "Device Protection is on; lift it before this operation";

impl From<NetworkTextError> for CommandError {
    fn from(error: NetworkTextError) -> Self {
        let (kind, hint) = match error {
            NetworkTextError::Name => (Kind::Usage, "a name has 1 to 16 bytes"),
            NetworkTextError::Password => (Kind::Usage, "a password has 6 to 255 bytes"),
            // People do not choose ids: this one came from the cloud.
            NetworkTextError::Id => (Kind::Network, "check with `particle config` which cloud is used"),
        };
        Self::caused_by(kind, error).hint(hint)
    }
}

impl From<ControlError> for CommandError {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Open(error) => error.into(),
            ControlError::Transfer(error) => error.into(),
            ControlError::Stopped(stop) => stop.into(),
            ControlError::Refused(ResultCode::PROTECTED) => {
                Self::caused_by(Kind::Permission, error).hint(PROTECTION_HINT)
            }
            ControlError::Refused(ResultCode::NOT_ALLOWED) => {
                Self::new(Kind::Device, "the application on the device does not allow this request")
                    .hint("put the device into safe mode, where the application does not run")
            }
            ControlError::Refused(ResultCode::NOT_SUPPORTED) | ControlError::Unsupported => {
                Self::caused_by(Kind::Device, error).hint(UPDATE_HINT)
            }
            other => Self::caused_by(Kind::Device, other),
        }
    }
}
