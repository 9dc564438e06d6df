//! Where a sandbox keeps its files.

use super::SandboxError;
use directories::ProjectDirs;
use std::path::{Path, PathBuf};

/// The place of one sandbox: its state file, and beside it everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    state_file: PathBuf,
}

impl Location {
    /// The sandbox whose state is in this file. The file need not exist.
    pub fn of_file(state_file: &Path) -> Result<Self, SandboxError> {
        let state_file = std::path::absolute(state_file).map_err(SandboxError::file("find", state_file))?;
        Ok(Self { state_file })
    }

    /// The sandbox of this user, in the operating system's folder for such data.
    pub fn of_user() -> Result<Self, SandboxError> {
        let folders = ProjectDirs::from("", "", "particle").ok_or(SandboxError::NoFolder)?;
        let folder = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
        Self::of_file(&folder.join("sandbox.json"))
    }

    /// The file with the whole state: accounts, devices, flash.
    pub fn state_file(&self) -> &Path {
        &self.state_file
    }

    /// The folder all of it is in.
    pub fn folder(&self) -> &Path {
        self.state_file.parent().unwrap_or(Path::new("/"))
    }

    /// The file locked by the process that uses the state.
    pub fn lock_file(&self) -> PathBuf {
        self.beside(".lock")
    }

    /// The file in which a running sandbox tells where its servers are.
    pub fn addresses_file(&self) -> PathBuf {
        self.beside(".running")
    }

    /// The folder that stands for `~/.particle` in this sandbox.
    pub fn profile_folder(&self) -> PathBuf {
        self.beside(".profile")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.state_file.clone().into_os_string();
        path.push(suffix);
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_stands_beside_the_state() {
        let location = Location::of_file(Path::new("/tmp/a.json")).unwrap();
        assert_eq!(location.profile_folder(), Path::new("/tmp/a.json.profile"));
        assert_eq!(location.lock_file(), Path::new("/tmp/a.json.lock"));
    }
}
