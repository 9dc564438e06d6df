//! Errors of control requests.

use super::{CommandError, Kind};
use crate::usb::control::{ControlError, ResultCode};

const UPDATE_HINT: &str = "run `particle update` to bring the device's firmware up to date";
const PROTECTION_HINT: &str = "Device Protection is on; lift it before this operation";

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
