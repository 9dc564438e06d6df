//! Errors of the sandbox.

use super::{CommandError, Kind};
use crate::sandbox::{AttachError, ControlError, SandboxError};
use std::io::ErrorKind;

impl From<SandboxError> for CommandError {
    fn from(error: SandboxError) -> Self {
        let kind = match &error {
            SandboxError::InUse { .. } => Kind::Busy,
            SandboxError::File { source, .. } | SandboxError::Server { source, .. } => match source.kind() {
                ErrorKind::PermissionDenied => Kind::Permission,
                ErrorKind::AddrInUse => Kind::Busy,
                _ => Kind::Failed,
            },
            SandboxError::UnknownDevice(_) => Kind::NotFound,
            SandboxError::Board(_) | SandboxError::Firmware(_) => Kind::Usage,
            SandboxError::NoFolder
            | SandboxError::Damaged { .. }
            | SandboxError::Version { .. }
            | SandboxError::Key(_)
            | SandboxError::Id(_)
            | SandboxError::Library(_) => Kind::Failed,
        };
        let hint = match &error {
            SandboxError::NoFolder => Some("name a file with --sandbox=FILE or PARTICLE_SANDBOX_STATE"),
            SandboxError::Damaged { .. } | SandboxError::Version { .. } => {
                Some("move the file away, or name another one; a new sandbox is made where there is none")
            }
            _ => None,
        };
        let error = Self::caused_by(kind, error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl From<AttachError> for CommandError {
    fn from(error: AttachError) -> Self {
        match error {
            AttachError::Sandbox(error) => error.into(),
            AttachError::Stopped(stop) => stop.into(),
        }
    }
}

impl From<ControlError> for CommandError {
    fn from(error: ControlError) -> Self {
        let kind = match &error {
            ControlError::Unreachable(_) | ControlError::Address(_) => Kind::Network,
            ControlError::NotFound(_) => Kind::NotFound,
            ControlError::Refused(_) => Kind::WrongMode,
        };
        Self::caused_by(kind, error)
    }
}
