//! Firmware modules and bundles: bytes in, bytes out.
//!
//! A module is a part of a device's firmware with a [`Prefix`] that says what it is and where it goes, and a [`Suffix`]
//! with hash and CRC. Both can carry [`Extension`]s. A [`Bundle`] is an application with the files it needs.
//! [`Module`] takes modules apart, [`ModuleParts`] puts them together. An [`Inventory`] is what a device says of the modules
//! that are on it.

mod asset;
mod bundle;
mod combined;
mod compression;
mod environment;
mod error;
mod extension;
mod inventory;
mod layout;
mod locate;
mod module;
mod parts;
pub mod plan;
mod prefix;
mod soft_device;
mod suffix;
#[cfg(test)]
mod tests;

pub use asset::{Asset, asset_dependencies, with_assets};
pub use bundle::{Bundle, BundleError, check_assets};
pub use combined::{combine, separate, split};
pub use compression::{Compression, compress, decompress};
pub use environment::{EnvironmentError, EnvironmentVariables};
pub use error::{BuildError, IntegrityError, ModuleError, PackError};
pub use extension::{AssetDependency, Extension, Hash, Located, Product};
pub use inventory::{CheckResult, Checks, InstalledAsset, InstalledModule, Inventory, Store};
pub use layout::Field;
pub use locate::PREFIX_OFFSETS;
pub use module::{Check, Module};
pub use parts::ModuleParts;
pub use prefix::{Dependency, Flags, PREFIX_SIZE, Prefix};
pub use soft_device::SoftDeviceInfo;
pub use suffix::Suffix;

pub use crate::platform::ModuleFunction;
