//! Writing and reading key files.

use super::file_names::Stem;
use crate::{
    atomic_file::{self, Access},
    commands::{CommandError, CommandResult, Kind},
    keys::PrivateKey,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// What to do with a file that has the name of one to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// Leave it alone and fail, unless it already has the very contents.
    Keep,
    /// Replace it.
    Replace,
}

impl Existing {
    /// What `--force` asks for.
    pub(super) fn forced(force: bool) -> Self {
        if force { Self::Replace } else { Self::Keep }
    }
}

/// Fails if one of the files exists and may not be replaced. To be asked before anything is touched.
pub(super) fn check_free(paths: &[PathBuf], existing: Existing) -> CommandResult {
    match paths.iter().find(|path| existing == Existing::Keep && fs::symlink_metadata(path).is_ok()) {
        Some(path) => Err(exists(path)),
        None => Ok(()),
    }
}

/// Writes a file: a private key for its owner only, a public one for everybody.
pub(super) fn write(path: &Path, contents: &[u8], access: Access, existing: Existing) -> CommandResult {
    let outcome = match existing {
        Existing::Replace => atomic_file::replace(path, contents, access),
        Existing::Keep => atomic_file::create(path, contents, access),
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let same = fs::read(path).map(Zeroizing::new).is_ok_and(|found| found.as_slice() == contents);
            if same { Ok(()) } else { Err(exists(path)) }
        }
        Err(error) => Err(cannot_write(path, error)),
    }
}

/// Writes the three files of a new key. The one that the others can be made from comes first.
pub(super) fn write_key(stem: &Stem, key: &PrivateKey, existing: Existing) -> CommandResult {
    write(&stem.pem(), key.to_pem().as_bytes(), Access::Owner, existing)?;
    write(&stem.public_pem(), key.public_key().to_pem().as_bytes(), Access::Everyone, existing)?;
    write(&stem.der(), key.device_der(), Access::Owner, existing)
}

/// Writes those of the three files of a key that do not exist.
pub(super) fn write_missing(stem: &Stem, key: &PrivateKey) -> CommandResult {
    let (pem, public) = (key.to_pem(), key.public_key().to_pem());
    for (path, contents, access) in [
        (stem.pem(), pem.as_bytes(), Access::Owner),
        (stem.public_pem(), public.as_bytes(), Access::Everyone),
        (stem.der(), key.device_der().as_slice(), Access::Owner),
    ] {
        if !path.exists() {
            write(&path, contents, access, Existing::Keep)?;
        }
    }
    Ok(())
}

/// Reads a file that may hold a private key. `None` if there is none of that name.
pub(super) fn read(path: &Path) -> CommandResult<Option<Zeroizing<Vec<u8>>>> {
    match fs::read(path) {
        Ok(contents) => Ok(Some(Zeroizing::new(contents))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(CommandError::caused_by(Kind::Failed, error)
                .context(format!("cannot read {}", path.display())))
        }
    }
}

/// The complaint about a file that is in the way.
pub(super) fn exists(path: &Path) -> CommandError {
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
