//! Writing the files that a command makes.

use super::{CommandError, CommandResult, Context, Kind};
use crate::atomic_file::{self, Access};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// What to do with a file that has the name of one to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone and fail, unless it already has the very contents.
    Keep,
    /// Replace it.
    Replace,
}

impl Existing {
    /// What `--force` asks for.
    pub fn forced(force: bool) -> Self {
        if force { Self::Replace } else { Self::Keep }
    }
}

/// Fails if one of the files exists and may not be replaced. To be asked before anything is touched.
pub fn check_free(paths: &[PathBuf], existing: Existing) -> CommandResult {
    match paths.iter().find(|path| existing == Existing::Keep && fs::symlink_metadata(path).is_ok()) {
        Some(path) => Err(exists(path)),
        None => Ok(()),
    }
}

/// Writes a file, as a whole or not at all.
pub fn write(path: &Path, contents: &[u8], access: Access, existing: Existing) -> CommandResult {
    let outcome = match existing {
        Existing::Replace => atomic_file::replace(path, contents, access),
        Existing::Keep => atomic_file::create(path, contents, access),
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if has_contents(path, contents) {
                Ok(())
            } else {
                Err(exists(path))
            }
        }
        Err(error) => Err(cannot_write(path, error)),
    }
}

/// Writes a file for everybody. Where one with other contents is in the way, asks whether to replace it.
pub fn write_or_ask(context: &Context, path: &Path, contents: &[u8], force: bool) -> CommandResult {
    let in_the_way = !force && path.is_file() && !has_contents(path, contents);
    if in_the_way {
        let question = format!("{} already exists. Replace it?", path.display());
        if !context.ui.confirm(&question, false, "--force")? {
            return Err(exists(path));
        }
    }
    write(path, contents, Access::Everyone, Existing::forced(force || in_the_way))
}

fn has_contents(path: &Path, contents: &[u8]) -> bool {
    fs::read(path).map(Zeroizing::new).is_ok_and(|found| found.as_slice() == contents)
}

/// The complaint about a file that is in the way.
pub fn exists(path: &Path) -> CommandError {
    let text = "This file already exists, please specify a different file, or use the --force flag.";
    CommandError::new(Kind::Failed, format!("{}: {text}", path.display()))
}

fn cannot_write(path: &Path, error: io::Error) -> CommandError {
    CommandError::caused_by(Kind::Failed, error)
        .context(format!("cannot write {}", path.display()))
        .hint("change to a folder you can write to, or give another file name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_contents_are_kept_and_the_same_are_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.der");
        write(&path, b"one", Access::Owner, Existing::Keep).unwrap();
        write(&path, b"one", Access::Owner, Existing::Keep).unwrap();
        assert!(write(&path, b"two", Access::Owner, Existing::Keep).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"two", Access::Owner, Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }
}
