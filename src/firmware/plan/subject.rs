//! What is known of the device before anything is flashed.

use crate::{
    firmware::{AssetDependency, Dependency, ModuleFunction},
    platform::Platform,
};

/// A version of Device OS: major, minor, patch.
pub type OsVersion = (u8, u8, u8);

/// A module that is on the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// What it is for.
    pub function: ModuleFunction,
    /// Which of the modules of that function it is.
    pub index: u8,
    /// Its version.
    pub version: u16,
    /// The SHA-256 in its suffix, where the device tells.
    pub sha256: Option<[u8; 32]>,
    /// What it needs, where the device tells.
    pub dependencies: Vec<Dependency>,
}

/// The device that is to be flashed.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its platform.
    pub platform: &'static Platform,
    /// Whether its bootloader is waiting for DFU requests; otherwise its firmware runs.
    pub in_dfu: bool,
    /// The version of Device OS on it, where it is known.
    pub os_version: Option<OsVersion>,
    /// Whether its firmware takes modules by control request.
    pub takes_modules: bool,
    /// The modules on it; `None` if it cannot be asked.
    pub modules: Option<Vec<Present>>,
    /// The assets on it.
    pub assets: Vec<AssetDependency>,
}

impl Subject {
    /// A device of which no more is known than its platform and mode.
    pub fn new(platform: &'static Platform, in_dfu: bool) -> Self {
        Self { platform, in_dfu, os_version: None, takes_modules: false, modules: None, assets: Vec::new() }
    }

    /// The module on the device that is this part of its firmware.
    pub(super) fn module(&self, function: ModuleFunction, index: u8) -> Option<&Present> {
        self.modules.iter().flatten().find(|module| (module.function, module.index) == (function, index))
    }
}

/// The version of Device OS that a system part of this version belongs to, as far as layouts depend on it.
///
/// The digits of a module's version follow those of the release, with a last one that counts pre-releases, from 2.0.0
/// on. Before, they do not; what is returned then is older than that.
pub(super) fn os_version_of(module_version: u16) -> OsVersion {
    let digit =
        |divisor: u16, modulus: u16| u8::try_from(module_version / divisor % modulus).unwrap_or(u8::MAX);
    if module_version < 2000 { (1, 0, 0) } else { (digit(1000, 100), digit(100, 10), digit(10, 10)) }
}
