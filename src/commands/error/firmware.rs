//! Errors of firmware modules and bundles.

use super::{CommandError, Kind};
use crate::firmware::{BuildError, BundleError, IntegrityError, ModuleError, PackError, plan::PlanError};

/// What to do about a binary that is not what it should be.
const DAMAGED: &str = "compile or download it again";

impl From<ModuleError> for CommandError {
    fn from(error: ModuleError) -> Self {
        match error {
            ModuleError::Truncated { .. } => Self::caused_by(Kind::Verification, error).hint(DAMAGED),
            ModuleError::NotAModule | ModuleError::NoInformation => Self::caused_by(Kind::Failed, error),
        }
    }
}

impl From<IntegrityError> for CommandError {
    fn from(error: IntegrityError) -> Self {
        Self::caused_by(Kind::Verification, error).hint(DAMAGED)
    }
}

impl From<BuildError> for CommandError {
    fn from(error: BuildError) -> Self {
        Self::caused_by(Kind::Failed, error)
    }
}

impl From<PackError> for CommandError {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Module(error) => error.into(),
            PackError::Integrity(error) => error.into(),
            PackError::Compression => Self::caused_by(Kind::Verification, error).hint(DAMAGED),
            PackError::Build(_) | PackError::TooLarge(_) | PackError::NotAnAsset => {
                Self::caused_by(Kind::Failed, error)
            }
        }
    }
}

impl From<BundleError> for CommandError {
    fn from(error: BundleError) -> Self {
        match error {
            BundleError::Module(error) => error.into(),
            BundleError::Pack(error) => error.into(),
            BundleError::Member(_) => Self::caused_by(Kind::Verification, error),
            BundleError::TooOld => Self::caused_by(Kind::Failed, error)
                .hint("compile the application with `--target 5.5.0` or later"),
            _ => Self::caused_by(Kind::Failed, error),
        }
    }
}

impl From<PlanError> for CommandError {
    fn from(error: PlanError) -> Self {
        let kind = match &error {
            PlanError::Damaged { .. }
            | PlanError::Module { error: ModuleError::Truncated { .. }, .. }
            | PlanError::Packed { .. } => Kind::Verification,
            PlanError::Platform { .. } | PlanError::Twice(..) => Kind::Usage,
            PlanError::NoControlRequests(_) => Kind::WrongMode,
            _ => Kind::Failed,
        };
        let hint = match &error {
            PlanError::Damaged { .. } | PlanError::Packed { .. } => DAMAGED,
            PlanError::Dependency { .. } => {
                "`particle update` brings Device OS up to date; --force flashes it all the same"
            }
            PlanError::Downgrade { .. } => {
                "flash an application for the older Device OS along with it, or add --force"
            }
            PlanError::NoControlRequests(_) => "`particle update` brings Device OS up to date",
            _ => return Self::caused_by(kind, error),
        };
        Self::caused_by(kind, error).hint(hint)
    }
}
