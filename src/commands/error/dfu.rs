//! Errors of DFU sessions.

use super::{CommandError, Kind};
use crate::{
    dfu::{DfuError, LeftAs},
    usb::TransferError,
};

const DIFFERENT_CONTENT_HINT: &str = "the device is still in DFU mode: run the same command again; if it fails again, the flash memory may be worn";
const PARTLY_WRITTEN_HINT: &str = "run the same command again to finish";
const UNPLUGGED_HINT: &str =
    "plug the device in again, put it into DFU mode if it is not, and run the same command again";
const PROTECTED_HINT: &str = "take the device out of protection (service mode) first";

impl From<DfuError> for CommandError {
    fn from(error: DfuError) -> Self {
        let (kind, hint) = match &error {
            DfuError::Usb(usb) => return usb.clone().into(),
            DfuError::Protected => (Kind::Permission, Some(PROTECTED_HINT)),
            DfuError::Verification { .. } => (Kind::Verification, Some(DIFFERENT_CONTENT_HINT)),
            DfuError::Stopped { stop, left } => (Self::from(*stop).kind(), hint_of(*left)),
            DfuError::Unsupported(_) => (Kind::WrongMode, None),
            DfuError::OutsideMap { .. } | DfuError::NotPermitted { .. } | DfuError::Forbidden { .. } => {
                (Kind::Failed, None)
            }
            DfuError::Transfer { source: TransferError::Disconnected, .. } => {
                (Kind::Device, Some(UNPLUGGED_HINT))
            }
            DfuError::Transfer { .. }
            | DfuError::NoDfuInterface
            | DfuError::NoSuchMemory(_)
            | DfuError::MemoryMap(_)
            | DfuError::Status { .. }
            | DfuError::Busy { .. }
            | DfuError::UnexpectedState { .. }
            | DfuError::ShortRead { .. } => (Kind::Device, None),
        };
        let error = Self::caused_by(kind, error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

fn hint_of(left: LeftAs) -> Option<&'static str> {
    match left {
        LeftAs::Unchanged | LeftAs::Unverified => None,
        LeftAs::Partial { .. } => Some(PARTLY_WRITTEN_HINT),
    }
}
