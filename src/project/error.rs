//! What can be wrong with a project, a library, or what is to be sent of them.

use super::ArchiveError;
use std::{io, path::PathBuf};

/// Why files cannot be read, chosen or written.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A file or folder that was named does not exist.
    #[error("I couldn't find that: {}", .0.display())]
    NotFound(PathBuf),
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written or removed.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A text file holds something else.
    #[error("{} is not UTF-8 text", .0.display())]
    NotText(PathBuf),
    /// Nothing in what was named is source code.
    #[error("No source to compile!")]
    NoSource,
    /// A file is larger than the compile service takes.
    #[error("{} is too big to be sent: {size} bytes, and {limit} is the most", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// The largest size that is sent.
        limit: u64,
    },
    /// A folder holds more than any project does.
    #[error("{} holds more than {limit} files and folders, so it is hardly a project", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// The most that are looked at.
        limit: usize,
    },
    /// A name that cannot be sent: not UTF-8, or with control characters.
    #[error("the name of {path:?} cannot be sent: {reason}")]
    Name {
        /// The file.
        path: PathBuf,
        /// What is wrong with its name.
        reason: &'static str,
    },
    /// Two files would be sent under the same name.
    #[error("{} and {} would both be sent as {name}", first.display(), second.display())]
    SameName {
        /// That name.
        name: String,
        /// One file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A line of `particle.include` or `particle.ignore` is no pattern.
    #[error("{} line {line}: {reason}", path.display())]
    Pattern {
        /// The file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A file cannot be put into an archive.
    #[error("cannot pack {}: {source}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ArchiveError,
    },
    /// There is neither a project nor a library where one is needed.
    #[error("Project or library not found in directory {}", .0.display())]
    NoManifest(PathBuf),
    /// The description of an old library cannot be understood.
    #[error("{}: {problem}", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What is wrong in it, with the field where it is one.
        problem: String,
    },
    /// A file is in the way of one that is to be written.
    #[error("{} exists already and differs from what would be written", .0.display())]
    InTheWay(PathBuf),
}

impl ProjectError {
    /// Puts the name of the file in front of an I/O error from reading it.
    pub(super) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound(path),
            _ => Self::Read { path, source },
        }
    }

    /// Puts the name of the file in front of an I/O error from writing it.
    pub(super) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }
}
