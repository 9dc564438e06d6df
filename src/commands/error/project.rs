//! Errors of projects, libraries and archives.

use super::{CommandError, Kind};
use crate::project::{ArchiveError, ProjectError, library::LibraryError};
use std::io;

impl From<ProjectError> for CommandError {
    fn from(error: ProjectError) -> Self {
        let (kind, hint) = match &error {
            ProjectError::NotFound(_) => (Kind::NotFound, None),
            ProjectError::NoManifest(_) => (
                Kind::NotFound,
                Some("change to the folder of a project, or make one with `particle project create`"),
            ),
            ProjectError::NoSource => (
                Kind::Failed,
                Some("source files end in .ino, .cpp, .c, .h, .hpp, .hh or .hxx, in lower case"),
            ),
            ProjectError::TooLarge { .. } => {
                (Kind::Failed, Some("a line with its name in particle.ignore leaves it out of a folder"))
            }
            ProjectError::TooMany { .. } => (Kind::Failed, Some("name the folder of the project")),
            ProjectError::Name { .. } => {
                (Kind::Failed, Some("rename it, or leave it out with particle.ignore"))
            }
            ProjectError::SameName { .. } => {
                (Kind::Usage, Some("name the folder that holds both, or rename one"))
            }
            ProjectError::InTheWay(_) => (Kind::Failed, Some("move it away and try again")),
            ProjectError::Read { source, .. } | ProjectError::Write { source, .. }
                if source.kind() == io::ErrorKind::PermissionDenied =>
            {
                (Kind::Permission, None)
            }
            ProjectError::Read { .. }
            | ProjectError::Write { .. }
            | ProjectError::NotText(_)
            | ProjectError::Pattern { .. }
            | ProjectError::Archive { .. }
            | ProjectError::Description { .. } => (Kind::Failed, None),
        };
        let error = Self::caused_by(kind, error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl From<LibraryError> for CommandError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Files(error) => error.into(),
            LibraryError::Invalid(_) => Self::caused_by(Kind::Failed, error),
        }
    }
}

impl From<ArchiveError> for CommandError {
    fn from(error: ArchiveError) -> Self {
        Self::caused_by(Kind::Failed, error)
    }
}
