//! Why nothing is flashed.

use crate::{
    firmware::{Dependency, IntegrityError, ModuleError, ModuleFunction, PackError},
    platform::PlatformId,
};

/// Why files cannot be flashed to a device. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The file is no module.
    #[error("{file}: {error}")]
    Module {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: ModuleError,
    },
    /// The module contradicts itself.
    #[error("{file}: {}", damaged(error))]
    Damaged {
        /// The file.
        file: String,
        /// In what.
        error: IntegrityError,
    },
    /// The compressed module in the file is not to be had.
    #[error("{file}: {error}")]
    Packed {
        /// The file.
        file: String,
        /// What is wrong with it.
        error: PackError,
    },
    /// It is for another board.
    #[error("{file}: Incorrect platform id (expected {expected}, parsed {found}), use --force to override")]
    Platform {
        /// The file.
        file: String,
        /// The device's platform.
        expected: PlatformId,
        /// The module's platform.
        found: PlatformId,
    },
    /// Nothing says where it belongs.
    #[error("{0} does not say where it goes, and only a Core's applications need not")]
    NoPlace(String),
    /// The board has no place for such a module.
    #[error("{file}: this board has no place for {what} at {address:#010x}")]
    WrongPlace {
        /// The file.
        file: String,
        /// Function and index.
        what: String,
        /// Its start address.
        address: u32,
    },
    /// It is longer than its place.
    #[error("{file} has {size} bytes, and there is room for {room}")]
    TooLarge {
        /// The file.
        file: String,
        /// Its size.
        size: usize,
        /// Size of the place.
        room: u32,
    },
    /// Two modules would overwrite each other.
    #[error("{0} and {1} cannot both be flashed: one lies where the other one goes")]
    Overlap(String, String),
    /// Two files are the same part of the firmware.
    #[error("{0} and {1} are the same part of the firmware")]
    Twice(String, String),
    /// The bootloader can neither decrypt nor unpack it.
    #[error("{0} is encrypted or compressed and cannot be written over DFU")]
    NotForDfu(String),
    /// The running firmware would have to take it, and it is too old for that.
    #[error("{0} can only be taken by a running Device OS, and that of this device is too old for it")]
    NoControlRequests(String),
    /// The device lacks what the module needs.
    #[error(
        "{file} needs {} in version {} or later, and the device {}",
        name(needed.function, needed.index), needed.version, present(*found)
    )]
    Dependency {
        /// The file.
        file: String,
        /// What it needs.
        needed: Dependency,
        /// The version there is.
        found: Option<u16>,
    },
    /// What is on the device would lack what it needs.
    #[error(
        "{} on the device needs {} in version {} or later, and it would have {offered}",
        name(dependent.0, dependent.1), name(needed.function, needed.index), needed.version
    )]
    Downgrade {
        /// Function and index of the module on the device.
        dependent: (ModuleFunction, u8),
        /// What it needs.
        needed: Dependency,
        /// The version that would be flashed.
        offered: u16,
    },
    /// A factory image is asked of a board that has none.
    #[error("Factory reset is not supported for this platform")]
    NoFactoryImage,
    /// The factory image can only be an application.
    #[error("{0}: Factory reset is only supported for user part")]
    NotForFactory(String),
}

fn damaged(error: &IntegrityError) -> String {
    match error {
        IntegrityError::Crc { .. } => "CRC is invalid, use --force to override".to_owned(),
        other => format!("{other}, use --force to override"),
    }
}

fn present(version: Option<u16>) -> String {
    version.map_or_else(|| "has none".to_owned(), |version| format!("has version {version}"))
}

/// What to call a module in a sentence.
pub(super) fn name(function: ModuleFunction, index: u8) -> String {
    let article = match function {
        ModuleFunction::Bootloader if index == 0 => "the ",
        ModuleFunction::RadioStack => "the ",
        ModuleFunction::Asset => "an ",
        ModuleFunction::None
        | ModuleFunction::Resource
        | ModuleFunction::Settings
        | ModuleFunction::Unknown(_) => "a ",
        _ => "",
    };
    format!("{article}{}", function.describe(index))
}
