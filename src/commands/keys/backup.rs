//! Keeping the key that a device had.

use super::{
    file_names::Stem,
    files::{self, Existing},
};
use crate::{
    atomic_file::Access,
    commands::{CommandError, CommandResult, Kind},
    keys::{PublicKey, slot},
    platform::Protocol,
};
use std::path::PathBuf;

/// More backups of one name than anybody makes.
const MAX_BACKUPS: usize = 10_000;

/// Writes the raw bytes of a key slot to a file beside the key that is to replace it; gives the file's name.
///
/// A file with other contents is never touched: the next free number is taken. Where the slot's key can be read, its
/// public half is written too. `None` for an erased slot, which holds nothing to lose.
pub(super) fn keep(stem: &Stem, protocol: Protocol, slot: &[u8]) -> CommandResult<Option<PathBuf>> {
    if slot.iter().all(|&byte| byte == slot::ERASED) {
        return Ok(None);
    }
    for number in 1..=MAX_BACKUPS {
        let backup = stem.backup(protocol.algorithm(), number);
        let path = backup.der();
        if files::read(&path)?.is_some_and(|found| found.as_slice() != slot) {
            continue;
        }
        files::write(&path, slot, Access::Owner, Existing::Keep)?;
        if let Ok(key) = PublicKey::from_pem_or_der(slot) {
            let public = key.to_pem();
            files::write(&backup.public_pem(), public.as_bytes(), Access::Everyone, Existing::Keep)?;
        }
        return Ok(Some(path));
    }
    let path = stem.backup(protocol.algorithm(), 1).der();
    Err(CommandError::new(Kind::Failed, format!("there are too many backups beside {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_first_backup_is_never_lost() {
        let folder = tempfile::tempdir().unwrap();
        let stem = Stem::of(&folder.path().join("new.der"));
        let keep = |slot: &[u8]| keep(&stem, Protocol::Tcp, slot).unwrap();
        let first = keep(&[1; 612]).unwrap();
        assert_eq!(first, folder.path().join("backup_rsa_new.der"));
        assert_eq!(keep(&[2; 612]).unwrap(), folder.path().join("backup_rsa_new_2.der"));
        assert_eq!(keep(&[1; 612]).unwrap(), first, "the same key is not kept twice");
        assert_eq!(fs::read(first).unwrap(), [1; 612]);
    }

    #[test]
    fn an_erased_slot_has_nothing_to_keep() {
        let folder = tempfile::tempdir().unwrap();
        let stem = Stem::of(&folder.path().join("new.der"));
        assert_eq!(keep(&stem, Protocol::Udp, &[0xFF; 192]).unwrap(), None);
    }
}
