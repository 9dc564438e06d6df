//! One process at a time works on a device.

use super::Target;
use crate::commands::{CommandError, CommandResult, Kind};
use directories::BaseDirs;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    process,
};

/// The advisory lock on a device, held until it is dropped or the process ends.
///
/// It holds between processes of one user on one computer; who reaches the device through another computer is kept
/// apart by USB/IP itself.
#[must_use]
pub struct DeviceLock {
    _file: Option<File>,
    /// A file whose name will not be needed again.
    litter: Option<PathBuf>,
}

impl Drop for DeviceLock {
    fn drop(&mut self) {
        if let Some(path) = self.litter.take() {
            // Whoever opened it in the meantime is still kept apart by USB/IP.
            let _ = fs::remove_file(path);
        }
    }
}

impl DeviceLock {
    /// Takes the lock. Fails at once if another process has it.
    pub fn acquire(target: &Target) -> CommandResult<Self> {
        let name = file_name(target);
        // Without a folder to write to there can be no lock, and a device must be usable all the same.
        let opened = folders()
            .into_iter()
            .map(|folder| folder.join(&name))
            .find_map(|path| Some((open(&path).ok()?, path)));
        let Some((file, path)) = opened else {
            return Ok(Self { _file: None, litter: None });
        };
        let mut lock = Self::lock(file).map_err(|holder| busy(target, holder))?;
        // The name holds a port, which a sandbox chooses anew each time.
        lock.litter = target.attached.bus.is_remote().then_some(path);
        Ok(lock)
    }

    /// Locks the file and writes this process's number into it. The error is the number of the process that has it.
    fn lock(mut file: File) -> Result<Self, Option<u32>> {
        match file.try_lock() {
            Ok(()) => {
                // The number only makes another process's message better.
                let _ = record_holder(&mut file);
                Ok(Self { _file: Some(file), litter: None })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                Err(holder.trim().parse().ok())
            }
            // A file system without locks.
            Err(TryLockError::Error(_)) => Ok(Self { _file: None, litter: None }),
        }
    }
}

fn busy(target: &Target, holder: Option<u32>) -> CommandError {
    let holder = holder.map(|number| format!(" (process {number})")).unwrap_or_default();
    let message = format!("device {} is in use by another particle command{holder}", target.id);
    CommandError::new(Kind::Busy, message).hint("wait until it has finished, or end it")
}

/// Devices are told apart by id and by the bus they are reached on, so that sandboxes do not lock each other out.
fn file_name(target: &Target) -> String {
    let bus = target.attached.bus.name();
    let bus: String = bus.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{}-{bus}.lock", target.id)
}

/// Where lock files may lie, best first.
fn folders() -> Vec<PathBuf> {
    let user =
        BaseDirs::new().map(|folders| folders.runtime_dir().unwrap_or(folders.cache_dir()).join("particle"));
    user.into_iter().chain([std::env::temp_dir().join("particle")]).collect()
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn record_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_the_first_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locks/device.lock");
        let first = DeviceLock::lock(open(&path).unwrap()).ok();
        let second = DeviceLock::lock(open(&path).unwrap());
        assert_eq!(second.err(), Some(Some(process::id())));
        drop(first);
        assert!(DeviceLock::lock(open(&path).unwrap()).is_ok());
    }
}
