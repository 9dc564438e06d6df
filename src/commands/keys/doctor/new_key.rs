//! The new key of a device and its files, of this run or of one that was interrupted.

use crate::{
    commands::{
        CommandError, CommandResult,
        keys::{
            file_names::Stem,
            files::{self, Existing},
        },
    },
    keys::{PrivateKey, PublicKey, device_reader, import},
    platform::Protocol,
};
use rand::rngs::OsRng;
use std::path::Path;

/// Makes a key and writes its files.
pub(super) fn make(stem: &Stem, protocol: Protocol, force: bool) -> CommandResult<PrivateKey> {
    let existing = Existing::forced(force);
    files::check_free(&[stem.pem(), stem.public_pem(), stem.der()], existing)?;
    let key = PrivateKey::generate(protocol.algorithm(), &mut OsRng)?;
    files::write_key(stem, &key, existing)?;
    Ok(key)
}

/// The key that an earlier run left in files, if there is one. Fails where a file of that name holds something else.
pub(super) fn of_earlier_run(stem: &Stem, protocol: Protocol) -> CommandResult<Option<PrivateKey>> {
    let mut found: Option<PrivateKey> = None;
    for path in [stem.pem(), stem.der()] {
        let Some(bytes) = files::read(&path)? else { continue };
        let key = import(&bytes).and_then(|imported| imported.into_private());
        let key = key.map_err(|error| unusable(error.into(), &path))?;
        if found.as_ref().is_some_and(|found| found.public_key() != key.public_key()) {
            return Err(files::exists(&path));
        }
        device_reader::read(protocol, key.device_der()).map_err(|error| unusable(error.into(), &path))?;
        found = Some(key);
    }
    Ok(found)
}

/// Writes those of a key's files that an interrupted run did not come to.
pub(super) fn complete(stem: &Stem, key: &PrivateKey) -> CommandResult {
    match files::read(&stem.public_pem())? {
        Some(bytes) if PublicKey::from_pem_or_der(&bytes).as_ref() != Ok(key.public_key()) => {
            Err(files::exists(&stem.public_pem()))
        }
        _ => files::write_missing(stem, key),
    }
}

fn unusable(error: CommandError, path: &Path) -> CommandError {
    error
        .context(format!("the key of an earlier run in {}", path.display()))
        .hint("move the file away, or make another key with --force")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder() -> (tempfile::TempDir, Stem) {
        let folder = tempfile::tempdir().unwrap();
        let stem = Stem::of(&folder.path().join("new"));
        (folder, stem)
    }

    #[test]
    fn an_interrupted_run_is_gone_on_with() {
        let (_folder, stem) = folder();
        let key = make(&stem, Protocol::Udp, false).unwrap();
        fs::remove_file(stem.der()).unwrap();
        fs::remove_file(stem.public_pem()).unwrap();
        let again = of_earlier_run(&stem, Protocol::Udp).unwrap().unwrap();
        complete(&stem, &again).unwrap();
        assert_eq!(fs::read(stem.der()).unwrap(), **key.device_der());
        assert_eq!(fs::read_to_string(stem.public_pem()).unwrap(), key.public_key().to_pem());
    }

    #[test]
    fn files_of_another_key_are_not_touched() {
        let (_folder, stem) = folder();
        make(&stem, Protocol::Udp, false).unwrap();
        assert!(make(&stem, Protocol::Udp, false).is_err(), "files exist");
        assert!(of_earlier_run(&stem, Protocol::Tcp).is_err(), "wrong kind of key");
        fs::write(stem.der(), "something else").unwrap();
        assert!(of_earlier_run(&stem, Protocol::Udp).is_err(), "no key");
    }

    #[test]
    fn without_files_there_is_no_earlier_run() {
        let (_folder, stem) = folder();
        assert!(of_earlier_run(&stem, Protocol::Tcp).unwrap().is_none());
    }
}
