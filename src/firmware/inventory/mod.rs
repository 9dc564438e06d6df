//! What is on a device: its modules, as the device itself describes them.
//!
//! The same facts come in three forms: as JSON text on the console and from early firmware, which is read here, and as
//! two generations of protobuf messages.

mod checks;
mod json;

pub use checks::{CheckResult, Checks};

use super::Dependency;
use crate::platform::{ModuleFunction, PlatformId};

/// The modules of one device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The platform, where the description names it.
    pub platform: Option<PlatformId>,
    /// The modules of all stores, in the order in which the device tells them. Stores that are empty are among them.
    pub modules: Vec<InstalledModule>,
    /// The files for the application that are there, where the device tells (Device OS 5.6.0 and later).
    pub assets: Option<Vec<InstalledAsset>>,
}

/// A place for a module on a device, and the module that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledModule {
    /// What the module is for; [`ModuleFunction::None`] where the place is empty.
    pub function: ModuleFunction,
    /// Which of the modules of that function.
    pub index: u8,
    /// Its version.
    pub version: u16,
    /// Where it is kept.
    pub store: Store,
    /// Bytes there is room for, where the device tells.
    pub max_size: Option<u32>,
    /// Bytes it has, where the device tells.
    pub size: Option<u32>,
    /// SHA-256 of the module, where the device tells. Before Device OS 5.6.0 only applications have one.
    pub hash: Option<Vec<u8>>,
    /// What it needs on the device.
    pub dependencies: Vec<Dependency>,
    /// The files it needs beside it, where the device tells (Device OS 5.6.0 and later).
    pub assets: Vec<InstalledAsset>,
    /// What came of the device's own checks.
    pub checks: Checks,
    /// Whether it makes the device a protected one.
    pub protects: bool,
}

impl InstalledModule {
    /// An empty place.
    pub fn empty(store: Store) -> Self {
        Self {
            function: ModuleFunction::None,
            index: 0,
            version: 0,
            store,
            max_size: None,
            size: None,
            hash: None,
            dependencies: Vec::new(),
            assets: Vec::new(),
            checks: Checks::default(),
            protects: false,
        }
    }

    /// Whether there is no module in this place.
    pub fn is_empty(&self) -> bool {
        self.function == ModuleFunction::None
    }
}

/// A file that an application needs beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledAsset {
    /// Name of the file.
    pub name: String,
    /// SHA-256 of its contents.
    pub hash: Vec<u8>,
}

/// Where a module is kept. Stores that this program does not know are kept as they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Store {
    /// Where it runs.
    Main,
    /// Where a factory reset takes it from.
    Factory,
    /// A copy of what was there before.
    Backup,
    /// Where updates arrive.
    Scratchpad,
    /// Something newer.
    Unknown,
}

impl Inventory {
    /// A module in the place where it runs.
    pub fn find(&self, function: ModuleFunction, index: u8) -> Option<&InstalledModule> {
        self.find_in(Store::Main, function, index)
    }

    /// A module in a store.
    pub fn find_in(&self, store: Store, function: ModuleFunction, index: u8) -> Option<&InstalledModule> {
        let wanted = (store, function, index);
        self.modules
            .iter()
            .find(|module| !module.is_empty() && (module.store, module.function, module.index) == wanted)
    }

    /// Whether a module that another one needs is in its place, in that version or a later one.
    pub fn meets(&self, dependency: &Dependency) -> bool {
        self.find(dependency.function, dependency.index)
            .is_some_and(|module| module.version >= dependency.version)
    }

    /// The version of the system: of its first part, or of the module that is system and application in one.
    pub fn system_version(&self) -> Option<u16> {
        let running = self.modules.iter().filter(|module| module.store == Store::Main);
        let parts = running.clone().filter(|module| module.function == ModuleFunction::SystemPart);
        let part = parts.min_by_key(|module| module.index);
        let monolithic = || running.clone().find(|module| module.function == ModuleFunction::Monolithic);
        part.or_else(monolithic).map(|module| module.version)
    }

    /// Whether a file with this content is there. `None` where the device does not tell.
    pub fn has_asset(&self, needed: &InstalledAsset) -> Option<bool> {
        let assets = self.assets.as_ref()?;
        Some(assets.iter().any(|asset| asset.hash == needed.hash))
    }

    /// Whether the device tells of each check whether it made it.
    pub fn tells_of_every_check(&self) -> bool {
        let told = |module: &InstalledModule| module.checks.address_range != CheckResult::NotChecked;
        self.modules.iter().all(|module| module.is_empty() || told(module))
    }

    /// The modules with a check that failed. Empty places are none.
    pub fn failures(&self) -> impl Iterator<Item = &InstalledModule> {
        self.modules.iter().filter(|module| !module.is_empty() && module.checks.any_failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(function: ModuleFunction, index: u8, version: u16, store: Store) -> InstalledModule {
        InstalledModule { function, index, version, ..InstalledModule::empty(store) }
    }

    fn needs(function: ModuleFunction, index: u8, version: u16) -> Dependency {
        Dependency { function, index, version }
    }

    #[test]
    fn a_dependency_is_met_by_what_runs_and_by_nothing_kept_elsewhere() {
        use ModuleFunction::{SystemPart, UserPart};
        let inventory = Inventory {
            modules: vec![
                module(SystemPart, 2, 1512, Store::Main),
                module(SystemPart, 1, 1512, Store::Main),
                module(UserPart, 1, 3, Store::Factory),
                InstalledModule::empty(Store::Main),
            ],
            ..Inventory::default()
        };
        assert!(inventory.meets(&needs(SystemPart, 1, 1512)));
        assert!(!inventory.meets(&needs(SystemPart, 1, 1513)));
        assert!(!inventory.meets(&needs(SystemPart, 3, 0)));
        assert!(!inventory.meets(&needs(UserPart, 1, 3)));
        assert!(inventory.find_in(Store::Factory, UserPart, 1).is_some());
        assert!(inventory.find(ModuleFunction::None, 0).is_none());
        assert_eq!(inventory.system_version(), Some(1512));
    }

    #[test]
    fn a_core_has_its_system_in_its_application() {
        let core = module(ModuleFunction::Monolithic, 0, 1406, Store::Main);
        let inventory = Inventory { modules: vec![core], ..Inventory::default() };
        assert_eq!(inventory.system_version(), Some(1406));
        assert_eq!(Inventory::default().system_version(), None);
    }

    #[test]
    fn an_empty_place_does_not_fail() {
        let failed = Checks { integrity: CheckResult::Failed, ..Checks::default() };
        let empty = InstalledModule { checks: failed, ..InstalledModule::empty(Store::Factory) };
        let broken = InstalledModule { function: ModuleFunction::Bootloader, ..empty.clone() };
        let inventory = Inventory { modules: vec![empty, broken], ..Inventory::default() };
        let failures: Vec<_> = inventory.failures().map(|module| module.function).collect();
        assert_eq!(failures, [ModuleFunction::Bootloader]);
    }
}
