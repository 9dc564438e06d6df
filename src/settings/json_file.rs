//! A JSON object in a file, as the Node tool keeps them: two spaces of indentation, order kept.

use super::SettingsError;
use crate::atomic_file::{self, Access};
use serde_json::{Map, Value};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use zeroize::{Zeroize, Zeroizing};

/// The members of one file. Those that nobody here knows are kept in place. Texts are wiped when it is dropped,
/// since a token is among them.
pub(super) struct JsonFile {
    path: PathBuf,
    members: Map<String, Value>,
}

impl JsonFile {
    /// Reads the file; a missing one has no members.
    pub fn read(path: PathBuf) -> Result<Self, SettingsError> {
        let text = match fs::read(&path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, members: Map::new() });
            }
            Err(source) => return Err(SettingsError::Read { path, source }),
        };
        match serde_json::from_slice(&text) {
            Ok(members) => Ok(Self { path, members }),
            Err(error) => Err(SettingsError::Corrupt { path, line: error.line(), column: error.column() }),
        }
    }

    /// Writes the file so that only its owner can read it.
    pub fn write(&self) -> Result<(), SettingsError> {
        let mut text = Zeroizing::new(Vec::new());
        serde_json::to_writer_pretty(&mut *text, &self.members)
            .map_err(io::Error::from)
            .and_then(|()| make_private_folder(&self.path))
            .and_then(|()| atomic_file::replace(&self.path, &text, Access::Owner))
            .map_err(|source| SettingsError::Write { path: self.path.clone(), source })
    }

    /// A text member that is there and not empty.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.members.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// Sets a member, in its old place where it has one.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.members.insert(key.to_owned(), value.into());
    }

    /// Takes a member out, if it is there; the others keep their order.
    pub fn remove(&mut self, key: &str) -> bool {
        self.members.shift_remove(key).is_some()
    }
}

impl Drop for JsonFile {
    fn drop(&mut self) {
        for value in self.members.values_mut() {
            if let Value::String(text) = value {
                text.zeroize();
            }
        }
    }
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
