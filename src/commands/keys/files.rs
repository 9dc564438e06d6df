//! Writing and reading key files.

use super::file_names::Stem;
pub(super) use crate::commands::files::{Existing, check_free, exists, write};
use crate::{
    atomic_file::Access,
    commands::{CommandError, CommandResult, Kind},
    keys::PrivateKey,
};
use std::{fs, io, path::Path};
use zeroize::Zeroizing;

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
