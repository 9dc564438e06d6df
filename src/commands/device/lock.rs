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
}

impl DeviceLock {
    /// Takes the lock. Fails at once if another process has it.
    pub fn acquire(target: &Target) -> CommandResult<Self> {
        let name = file_name(target);
        // Without a folder to write to there can be no lock, and a device must be usable all the same.
        let Some(file) = folders().iter().find_map(|folder| open(folder, &name).ok()) else {
            return Ok(Self { _file: None });
        };
        Self::lock(file).map_err(|holder| busy(target, holder))
    }

    /// Locks the file and writes this process's number into it. The error is the number of the process that has it.
    fn lock(mut file: File) -> Result<Self, Option<u32>> {
        match file.try_lock() {
            Ok(()) => {
                // The number only makes another process's message better.
                let _ = record_holder(&mut file);
                Ok(Self { _file: Some(file) })
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                Err(holder.trim().parse().ok())
            }
            // A file system without locks.
            Err(TryLockError::Error(_)) => Ok(Self { _file: None }),
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

fn open(folder: &Path, name: &str) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.join(name))
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
        let first = DeviceLock::lock(open(folder.path(), "device.lock").unwrap()).ok();
        let second = DeviceLock::lock(open(folder.path(), "device.lock").unwrap());
        assert_eq!(second.err(), Some(Some(process::id())));
        drop(first);
        assert!(DeviceLock::lock(open(folder.path(), "device.lock").unwrap()).is_ok());
    }
}
