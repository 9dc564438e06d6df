//! Files that were fetched once and may be needed again, in the operating system's folder for such files.
//!
//! What is in the cache is never trusted: whoever reads it knows the hash that it must have.

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
}
