//! Files that were fetched once and may be needed again, in the operating system's folder for such files.
//!
//! What is in the cache is never trusted: whoever reads it knows the hash or CRC that it must have, or has kept it there
//! as a list of such.

use crate::atomic_file::{self, Access};
use directories::ProjectDirs;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

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

    /// What there is of a file that is being fetched.
    pub fn partial(&self, name: &str) -> PartialFile {
        let path = self.folder.join(format!("{name}.part"));
        PartialFile { content: fs::read(&path).unwrap_or_default(), path: Some(path) }
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(format!("{sha256}.bin"))
    }
}

/// As much of a file as has been fetched so far, which outlives this process. Where it cannot be kept, it is in memory
/// alone.
#[derive(Default)]
pub struct PartialFile {
    content: Vec<u8>,
    /// Where it is kept.
    path: Option<PathBuf>,
}

impl PartialFile {
    /// The bytes there are, from the first one on.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// Adds the bytes that follow.
    pub fn append(&mut self, bytes: &[u8]) {
        self.content.extend_from_slice(bytes);
        if let Some(path) = self.path.take_if(|path| append_to(path, bytes).is_err()) {
            // One with a gap in it would be worse than none.
            let _ = fs::remove_file(path);
        }
    }

    /// Forgets what there is.
    pub fn clear(&mut self) {
        self.content.clear();
        if let Some(path) = &self.path {
            // There may be none yet.
            let _ = fs::remove_file(path);
        }
    }

    /// The whole file, which is not kept here any longer.
    pub fn finish(mut self) -> Vec<u8> {
        let content = std::mem::take(&mut self.content);
        self.clear();
        content
    }
}

fn append_to(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)?.write_all(bytes)
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
    fn a_part_outlives_the_one_who_fetched_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache { folder: folder.path().join("cache") };
        let mut part = cache.partial("a/b.bin");
        part.append(b"01");
        part.append(b"23");
        drop(part);
        let mut part = cache.partial("a/b.bin");
        assert_eq!(part.content(), b"0123");
        part.clear();
        assert_eq!(cache.partial("a/b.bin").content(), b"");
        part.append(b"456");
        assert_eq!(part.finish(), b"456");
        assert_eq!(cache.partial("a/b.bin").content(), b"");
        let mut nowhere = PartialFile { path: Some(folder.path().to_owned()), ..PartialFile::default() };
        nowhere.append(b"78");
        assert_eq!(nowhere.finish(), b"78");
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
