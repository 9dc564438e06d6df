//! What is known of the device before anything is flashed.

use crate::{
    firmware::{AssetDependency, CheckResult, Dependency, InstalledModule, Inventory, ModuleFunction},
    platform::{Platform, release_of},
};

/// A version of Device OS: major, minor, patch.
pub type OsVersion = (u8, u8, u8);

/// The device that is to be flashed.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its platform.
    pub platform: &'static Platform,
    /// Whether its bootloader is waiting for DFU requests; otherwise its firmware runs.
    pub in_dfu: bool,
    /// Whether its firmware takes modules by control request.
    pub takes_modules: bool,
    /// What is on it; `None` if it cannot be asked.
    pub inventory: Option<Inventory>,
    /// Whether a module that is not in the inventory is not on the device.
    pub complete: bool,
}

impl Subject {
    /// A device of which no more is known than its platform and mode.
    pub fn new(platform: &'static Platform, in_dfu: bool) -> Self {
        Self { platform, in_dfu, takes_modules: false, inventory: None, complete: false }
    }

    /// The version of Device OS on it, where it is known.
    pub(super) fn os_version(&self) -> Option<OsVersion> {
        self.inventory.as_ref()?.system_version().map(os_version_of)
    }

    /// The module on the device that is this part of its firmware, if it is whole.
    pub(super) fn module(&self, function: ModuleFunction, index: u8) -> Option<&InstalledModule> {
        let module = self.inventory.as_ref()?.find(function, index)?;
        (module.checks.integrity != CheckResult::Failed).then_some(module)
    }

    /// Whether the device is known not to have a module that is whole, in this version or a later one.
    pub fn lacks(&self, needed: &Dependency) -> bool {
        let is_damaged = || {
            let inventory = self.inventory.as_ref();
            inventory.is_some_and(|inventory| inventory.find(needed.function, needed.index).is_some())
        };
        match self.module(needed.function, needed.index) {
            Some(module) => module.version < needed.version,
            None => self.complete || is_damaged(),
        }
    }

    /// Whether the device passes an application of this index over: one in the place of former applications is run in
    /// its stead.
    pub(super) fn passes_over(&self, index: u8) -> bool {
        let former = self.platform.firmware.and_then(|layout| layout.former_application);
        former.is_some_and(|former| {
            former.index != index && self.module(ModuleFunction::UserPart, former.index).is_some()
        })
    }

    /// Whether a file is on the device, as far as it tells.
    pub(super) fn has_asset(&self, asset: &AssetDependency) -> bool {
        let assets = self.inventory.as_ref().and_then(|inventory| inventory.assets.as_ref());
        assets.is_some_and(|assets| {
            assets.iter().any(|there| there.name == asset.name && there.hash == asset.hash.bytes())
        })
    }
}

/// The version of Device OS that a system part of this version belongs to, as far as layouts depend on it.
pub(super) fn os_version_of(module_version: u16) -> OsVersion {
    let known = release_of(module_version).and_then(numbers);
    // The first digits of a module's version are those of the release.
    let digit = |divisor: u16| u8::try_from(module_version / divisor % 10).unwrap_or(u8::MAX);
    known.unwrap_or_else(|| (digit(1000), digit(100), digit(10)))
}

/// The numbers of a release such as `1.5.2-rc.1`.
fn numbers(release: &str) -> Option<OsVersion> {
    let numbers = release.split('-').next()?;
    let mut numbers = numbers.split('.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some((next()?, next()?, next()?))
}
