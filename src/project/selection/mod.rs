//! Which files a build sends, and under which names.

mod example;
mod folder;
mod pattern;
pub(super) mod walk;

use super::ProjectError;
use example::Example;
use serde::Serialize;
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};
use walk::Walk;

/// The largest file that is sent.
pub const LARGEST_FILE: u64 = 10 * 1024 * 1024;

/// Endings of files that are never source, so that `compile photon *` works in a folder that holds some.
const NEVER_SOURCE: &[&str] = &[".ds_store", ".jpg", ".gif", ".png", ".include", ".ignore", ".git"];

/// What a finished binary ends in. Alone it is what is to be flashed; beside sources it is what they became last time.
const BINARY: &str = ".bin";

/// A file to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// Where it is on disk.
    pub path: PathBuf,
    /// The name it is sent under: relative, with `/` between folders.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Everything that a build sends: at least one file, in an order that depends on nothing but their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The files.
    pub files: Vec<SourceFile>,
    /// Files that were named and are not sent, because they cannot be source.
    pub skipped: Vec<PathBuf>,
    /// Files that were named and are not sent, because a later one goes by the same name.
    pub replaced: Vec<PathBuf>,
}

/// Chooses the files that a build of these files and folders sends; without any, of the current folder.
///
/// A folder contributes its source files, named relative to it; a file goes under its own name, whatever it holds. With
/// the path of a library's example, its library is sent as well.
pub fn select(paths: &[PathBuf], follow_symlinks: bool) -> Result<Selection, ProjectError> {
    let current = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &current[..] } else { paths };
    let walk = Walk { follow_symlinks, hidden: false };
    let mut selection = Selection::default();
    let mut places = HashMap::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(ProjectError::reading(path))?;
        if metadata.is_dir() {
            for file in folder::sources(path, walk)? {
                selection.add(file, Origin::Folder, &mut places)?;
            }
        } else if is_never_source(path, paths.len() == 1) {
            selection.skipped.push(path.clone());
        } else {
            selection.add(SourceFile::named(path)?, Origin::Named, &mut places)?;
        }
    }
    if selection.files.is_empty() {
        return Err(ProjectError::NoSource);
    }
    if let Some(example) = Example::at(&paths[0]) {
        selection.files = example.with_library(std::mem::take(&mut selection.files), walk)?;
    }
    Ok(selection)
}

/// What a file was chosen by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Folder,
    Named,
}

/// Where in the list the file of a name is, and what it was chosen by.
type Places = HashMap<String, (usize, Origin)>;

impl Selection {
    /// Adds a file. It takes the place of one of the same name that a folder contributed, or that stands in for one;
    /// two files that were both named cannot mean the same.
    fn add(&mut self, file: SourceFile, origin: Origin, places: &mut Places) -> Result<(), ProjectError> {
        let Some((index, earlier)) = places.get(&file.name).copied() else {
            places.insert(file.name.clone(), (self.files.len(), origin));
            self.files.push(file);
            return Ok(());
        };
        let known = &mut self.files[index];
        if is_same(&known.path, &file.path) {
            return Ok(());
        }
        if (earlier, origin) == (Origin::Named, Origin::Named) {
            let first = known.path.clone();
            return Err(ProjectError::SameName { name: file.name, first, second: file.path });
        }
        places.insert(file.name.clone(), (index, origin));
        self.replaced.push(std::mem::replace(known, file).path);
        Ok(())
    }
}

impl SourceFile {
    /// A file under a name, if both are fit to be sent.
    fn new(path: PathBuf, name: String) -> Result<Self, ProjectError> {
        if name.contains(char::is_control) {
            return Err(ProjectError::Name { path, reason: "it has control characters in it" });
        }
        let size = fs::metadata(&path).map_err(ProjectError::reading(&path))?.len();
        if size > LARGEST_FILE {
            return Err(ProjectError::TooLarge { path, size, limit: LARGEST_FILE });
        }
        Ok(Self { path, name, size })
    }

    /// A file under its own name.
    fn named(path: &Path) -> Result<Self, ProjectError> {
        match path.file_name().map(|name| name.to_str()) {
            Some(Some(name)) => Self::new(path.to_owned(), name.to_owned()),
            _ => Err(ProjectError::Name { path: path.to_owned(), reason: "it is not UTF-8" }),
        }
    }
}

fn is_never_source(path: &Path, alone: bool) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    NEVER_SOURCE.iter().any(|ending| name.ends_with(ending)) || (name.ends_with(BINARY) && !alone)
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests;
