//! Files that were fetched once and may be needed again, in the operating system's folder for such files.
//!
//! What is in the cache is never trusted: whoever reads it knows the hash or CRC that it must have, or has kept it there
//! as a list of such.

use crate::atomic_file::{self, Access};
use directories::ProjectDirs;
use sha2::{Digest, Sha256};
use std::{fs, io, path::PathBuf};

/// The cache of this user.
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache; `None` where the user has no folders.
    pub fn of_user() -> Option<Self> {
        let folders = ProjectDirs::from("", "", "particle")?;
        Some(Self { folder: folders.cache_dir().to_owned() })
    }

    /// The file with this SHA-256, if it is there and undamaged.
    pub fn find(&self, sha256: &str) -> Option<Vec<u8>> {
        let content = fs::read(self.path(sha256)).ok()?;
        (self::sha256(&content) == sha256).then_some(content)
    }

    /// Keeps a file.
    pub fn keep(&self, content: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        atomic_file::replace(&self.path(&sha256(content)), content, Access::Everyone)
    }

    /// The file of this name, whatever is in it. Names have `/` between their parts and are made by this program.
    pub fn find_named(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }

    /// Keeps a file under a name.
    pub fn keep_named(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        atomic_file::replace(&path, content, Access::Everyone)
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.bin"))
    }
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_files_are_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: folder.path().join("cache") };
        cache.keep(b"tinker").unwrap();
        let hash = sha256(b"tinker");
        assert_eq!(cache.find(&hash).as_deref(), Some(&b"tinker"[..]));
        fs::write(cache.path(&hash), "other").unwrap();
        assert_eq!(cache.find(&hash), None);
    }

    #[test]
    fn files_can_be_kept_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: folder.path().join("cache") };
        assert_eq!(cache.find_named("a/b.bin"), None);
        cache.keep_named("a/b.bin", b"part").unwrap();
        cache.keep_named("a/b.bin", b"whole").unwrap();
        assert_eq!(cache.find_named("a/b.bin").as_deref(), Some(&b"whole"[..]));
    }
}
