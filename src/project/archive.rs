//! Archives of libraries: `tar.gz`, read with care and written reproducibly.

use super::{ProjectError, migration::adapters_of, selection::walk::Walk};
use flate2::{Compression, GzBuilder, read::GzDecoder};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::Path,
};
use tar::{Entry, EntryType, Header};

/// The most that an archive may hold when unpacked, in bytes. The largest published libraries have a tenth of it.
pub const LARGEST_ARCHIVE: u64 = 64 * 1024 * 1024;
/// The most files that an archive may hold.
pub const MOST_FILES: usize = 10_000;
/// The longest name of a file in an archive, in bytes.
const LONGEST_NAME: usize = 1024;

/// Why bytes are no archive that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not `tar.gz`, or damaged.
    #[error("this is no tar.gz archive, or a damaged one: {0}")]
    Damaged(#[from] io::Error),
    /// More than [`LARGEST_ARCHIVE`].
    #[error("the archive is too big: it holds more than {LARGEST_ARCHIVE} bytes")]
    TooLarge,
    /// More than [`MOST_FILES`].
    #[error("the archive is too big: it holds more than {MOST_FILES} files")]
    TooMany,
    /// A name that leads out of the folder, or that not every system can store.
    #[error("the archive holds a file with a name that cannot be used: {0:?}")]
    Name(String),
    /// A link, which could lead out of the folder, or a device.
    #[error("the archive holds something that is neither file nor folder: {0:?}")]
    NotAFile(String),
    /// A name that is both a file and a folder.
    #[error("the archive holds {0:?} both as a file and as a folder")]
    FileAndFolder(String),
}

/// Files of a library, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    files: BTreeMap<String, Vec<u8>>,
}

impl Archive {
    /// Reads a `tar.gz`. Nothing in it can lead out of the folder that it is unpacked to.
    pub fn read(bytes: &[u8]) -> Result<Self, ArchiveError> {
        // Headers count as well, so that an endless row of empty files ends too.
        let limit = LARGEST_ARCHIVE + (MOST_FILES as u64) * 1024;
        let mut tar = tar::Archive::new(GzDecoder::new(bytes).take(limit));
        let mut archive = Self::default();
        let mut size = 0;
        for entry in tar.entries()? {
            let mut entry = entry?;
            let name = name_of(&entry)?;
            match entry.header().entry_type() {
                EntryType::Directory => continue,
                EntryType::Regular | EntryType::Continuous => {}
                _ => return Err(ArchiveError::NotAFile(name)),
            }
            size += entry.size();
            if size > LARGEST_ARCHIVE {
                return Err(ArchiveError::TooLarge);
            }
            let mut contents = Vec::new();
            entry.read_to_end(&mut contents)?;
            archive.add(name.trim_start_matches("./"), contents)?;
        }
        Ok(archive)
    }

    /// Adds a file, or replaces the one of its name.
    pub fn add(&mut self, name: &str, contents: Vec<u8>) -> Result<(), ArchiveError> {
        if !is_safe(name) {
            return Err(ArchiveError::Name(name.to_owned()));
        }
        let folders = name.match_indices('/').map(|(end, _)| &name[..end]);
        if let Some(folder) = folders.into_iter().find(|folder| self.files.contains_key(*folder)) {
            return Err(ArchiveError::FileAndFolder(folder.to_owned()));
        }
        let below = format!("{name}/");
        if self.files.range(below.clone()..).next().is_some_and(|(next, _)| next.starts_with(&below)) {
            return Err(ArchiveError::FileAndFolder(name.to_owned()));
        }
        if self.files.len() >= MOST_FILES {
            return Err(ArchiveError::TooMany);
        }
        self.files.insert(name.to_owned(), contents);
        Ok(())
    }

    /// The files, sorted by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, contents)| (name.as_str(), contents.as_slice()))
    }

    /// What is in a file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// Adds headers that make `#include "NAME/NAME.h"` work, as it did with libraries of the old format.
    pub fn add_adapters(&mut self, name: &str) -> Result<(), ArchiveError> {
        adapters_of(&self.files, name).into_iter().try_for_each(|(file, contents)| self.add(&file, contents))
    }

    /// The bytes of a `tar.gz`. They depend on the files alone: no times, owners or modes are in them.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
        let mut tar = tar::Builder::new(gzip);
        for (name, contents) in self.files() {
            let mut header = Header::new_gnu();
            header.set_size(contents.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, contents)?;
        }
        tar.into_inner()?.finish()
    }

    /// Whether a folder holds these files and no others.
    pub fn is_unpacked_in(&self, folder: &Path) -> Result<bool, ProjectError> {
        let found = Walk { follow_symlinks: false, hidden: true }.files(folder)?;
        if found.len() != self.files.len() {
            return Ok(false);
        }
        for file in found {
            let Some(expected) = self.file(&file.name).filter(|_| file.exact) else { return Ok(false) };
            if fs::read(&file.path).map_err(ProjectError::reading(&file.path))? != expected {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes the files into a folder, which is made, or which they replace with all that is in it.
    pub fn unpack(&self, folder: &Path) -> Result<(), ProjectError> {
        let parent =
            folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(ProjectError::writing(parent))?;
        let fresh = tempfile::Builder::new().prefix(".particle-").tempdir_in(parent);
        let fresh = fresh.map_err(ProjectError::writing(parent))?;
        let new = fresh.path().join("new");
        fs::create_dir(&new).map_err(ProjectError::writing(&new))?;
        for (name, contents) in self.files() {
            let path = new.join(name);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| fs::write(&path, contents)).map_err(ProjectError::writing(&path))?;
        }
        match fs::rename(folder, fresh.path().join("old")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::rename(&new, folder),
        }
        .map_err(ProjectError::writing(folder))
    }
}

fn name_of<R: Read>(entry: &Entry<'_, R>) -> Result<String, ArchiveError> {
    let bytes = entry.path_bytes();
    let name = String::from_utf8_lossy(&bytes);
    match name {
        Cow::Borrowed(name) if name.len() <= LONGEST_NAME => Ok(name.to_owned()),
        name => Err(ArchiveError::Name(name.chars().take(LONGEST_NAME).collect())),
    }
}

/// Whether a name stays in its folder, on Windows too, and says what it is on a terminal.
fn is_safe(name: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
    name.len() <= LONGEST_NAME
        && !name.contains(odd)
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests;
