//! One process at a time uses a sandbox's state.

use super::{Location, SandboxError};
use std::fs::{self, File, OpenOptions, TryLockError};

/// The right to use a state, held until dropped. The operating system takes it back when the process dies.
pub struct StateLock {
    location: Location,
    _file: File,
}

impl StateLock {
    /// Takes the lock, or gives `None` while another process holds it. Makes the folder if it is missing.
    pub fn try_take(location: &Location) -> Result<Option<Self>, SandboxError> {
        let path = location.lock_file();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(SandboxError::file("create", folder))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(SandboxError::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { location: location.clone(), _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(SandboxError::file("lock", path)(error)),
        }
    }

    /// Which state this is the lock of.
    pub fn location(&self) -> &Location {
        &self.location
    }
}
