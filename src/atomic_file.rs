//! Files that are replaced as a whole or not at all.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nobody but its owner (mode 0600): keys, tokens.
    Owner,
    /// Whoever the umask lets.
    Everyone,
}

impl Access {
    #[cfg(unix)]
    fn permissions(self) -> fs::Permissions {
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(match self {
            Access::Owner => 0o600,
            Access::Everyone => 0o666,
        })
    }
}

/// Replaces the contents of the file at `path`, or makes the file.
///
/// The new contents are written to a temporary file in the same folder, which then takes the name: a reader, or a
/// crash, meets the old file or the new one. A symbolic link stays one and its target is replaced. Pipes and devices
/// (`/dev/stdout`) cannot be replaced and are written to.
pub fn replace(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => OpenOptions::new().write(true).open(path)?.write_all(contents),
        Ok(_) => write_beside(&fs::canonicalize(path)?, contents, access),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_beside(path, contents, access),
        Err(error) => Err(error),
    }
}

/// Makes a file that does not exist yet; fails with [`io::ErrorKind::AlreadyExists`] where one does.
///
/// As with [`replace`], the file appears with all its contents or not at all.
pub fn create(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    temporary(path, contents, access)?.persist_noclobber(path)?;
    Ok(())
}

fn write_beside(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    temporary(path, contents, access)?.persist(path)?;
    Ok(())
}

/// A temporary file with these contents in the folder of `path`.
fn temporary(path: &Path, contents: &[u8], access: Access) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".particle-");
    #[cfg(unix)]
    builder.permissions(access.permissions());
    #[cfg(not(unix))]
    let _ = access;
    let mut file = builder.tempfile_in(folder_of(path))?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The folder a file is in; the current one for a bare name.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_secret_file_is_tightened_when_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        replace(&path, b"old", Access::Everyone).unwrap();
        assert_ne!(mode(&path), 0o600);
        replace(&path, b"new", Access::Owner).unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (&b"new"[..], 0o600));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_file_in_the_way_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, b"old", Access::Owner).unwrap();
        let refused = create(&path, b"new", Access::Owner).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode(&path)), (&b"old"[..], 0o600));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn a_symbolic_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        replace(&link, b"new", Access::Owner).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
    }

    #[test]
    fn a_device_is_written_to() {
        replace(Path::new("/dev/null"), b"gone", Access::Everyone).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
