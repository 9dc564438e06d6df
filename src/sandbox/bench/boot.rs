//! What a device becomes when it starts, by what is in its flash.
//!
//! Sources: Device OS `bootloader/src/main.c`, `system/src/main.cpp` (safe mode where a dependency is not met),
//! `hal/src/nRF52840/user_hal.cpp`. Where they leave a choice open, it is ours: a system with a part missing or damaged
//! does not start, so that the device stays in DFU mode; without a bootloader there is nothing at all.

use super::{
    application::Application,
    inventory::{Inventory, Slot},
    os_version::OsVersion,
    program::Program,
    state::{DeviceState, Mode},
};
use crate::{
    firmware::Dependency,
    platform::{Mcu, ModuleFunction, Platform},
    sandbox::release::last_system_part,
};

/// The last release without modules, for which firmware is taken that has none.
const BEFORE_MODULES: OsVersion = OsVersion(0, 3, 4);

/// Why a device does not run its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing starts.
    #[error("its bootloader is missing or damaged, so that nothing starts")]
    NoBootloader,
    /// The bootloader has nothing to start.
    #[error("its {} is missing or damaged", .0.describe(*.1))]
    NoSystem(ModuleFunction, u8),
    /// A part that the system uses is no good.
    #[error("its {} is damaged", .0.describe(*.1))]
    Damaged(ModuleFunction, u8),
    /// A part of the system needs another one.
    #[error("its {} needs version {} of its {}", .0.describe(*.1), .2.version, .2.function.describe(.2.index))]
    SystemNeeds(ModuleFunction, u8, Dependency),
    /// There is no application that is in order.
    #[error("its application is missing or damaged")]
    NoApplication,
    /// The application needs a later system.
    #[error("its application needs version {} of its {}", .0.version, .0.function.describe(.0.index))]
    ApplicationNeeds(Dependency),
    /// The application needs files that are not there.
    #[error("its application lacks assets")]
    NoAsset,
}

impl Trouble {
    /// How far a device gets that is to start in a mode.
    fn permits(self, wanted: Mode) -> Mode {
        match (self, wanted) {
            (Self::NoBootloader | Self::NoSystem(..), _) => Mode::Dfu,
            (_, Mode::Normal) => Mode::SafeMode,
            (_, wanted) => wanted,
        }
    }
}

impl DeviceState {
    /// Starts the device: updates that wait are put in their places, then what is there runs as far as it can.
    pub(super) fn boot(&mut self, wanted: Mode) {
        if wanted != Mode::Dfu {
            self.apply_updates();
            // The system that starts has its own idea of where the area for updates is.
            self.look_at_modules();
            let bootable = self.trouble.is_none_or(|trouble| trouble.permits(Mode::SafeMode) != Mode::Dfu);
            // The system that starts does this, and restarts the device.
            if bootable && self.take_staged_module() {
                self.apply_updates();
            }
        }
        let inventory = self.look_at_modules();
        self.mode = self.trouble.map_or(wanted, |trouble| trouble.permits(wanted));
        if self.mode != Mode::Dfu {
            self.forget_unneeded_assets(&inventory);
        }
        let program = inventory.application().and_then(Slot::sound).map(|found| found.program.clone());
        self.application = Application::start(program.unwrap_or(Program::Foreign));
    }

    /// Makes room by giving up the files that the application does not need. Without a good application all are kept.
    fn forget_unneeded_assets(&mut self, inventory: &Inventory) {
        if let Some(application) = inventory.application().and_then(Slot::sound) {
            self.assets.retain(|asset| application.assets.iter().any(|needed| asset.is(needed)));
        }
    }

    /// Finds out what the modules make of the device.
    pub(super) fn look_at_modules(&mut self) -> Inventory {
        let inventory = Inventory::of(self);
        self.trouble = inventory.trouble(self.platform);
        self.bootloader = inventory.bootloader();
        self.os_version = inventory.os_version(self.platform).unwrap_or(self.os_version);
        self.mode = self.trouble.map_or(self.mode, |trouble| trouble.permits(self.mode));
        inventory
    }
}

impl Inventory {
    /// The version of Device OS; `None` if there is no system.
    pub(super) fn os_version(&self, platform: &Platform) -> Option<OsVersion> {
        let system = self.find(ModuleFunction::SystemPart, last_system_part(platform));
        match system.or_else(|| self.find(ModuleFunction::Monolithic, 0))?.prefix.version {
            0 => Some(BEFORE_MODULES),
            version => Some(OsVersion::of_module(version)),
        }
    }

    /// The first thing that keeps a device from running its application.
    pub(super) fn trouble(&self, platform: &Platform) -> Option<Trouble> {
        let of = |function| self.slots.iter().filter(move |slot| slot.function == function);
        if of(ModuleFunction::Bootloader).any(|slot| slot.sound().is_none()) {
            return Some(Trouble::NoBootloader);
        }
        let mut system = of(ModuleFunction::SystemPart);
        if let Some(slot) = system.find(|slot| slot.sound().is_none()) {
            return Some(Trouble::NoSystem(slot.function, slot.index));
        }
        self.damaged_part()
            .or_else(|| self.unmet_of_system())
            .or_else(|| self.trouble_of_application(platform))
    }

    /// The radio stack or the network coprocessor's firmware, if it is there but not whole.
    fn damaged_part(&self) -> Option<Trouble> {
        let parts = self.slots.iter().filter(|slot| !slot.is_application());
        parts
            .filter(|slot| slot.module.is_some() && slot.sound().is_none())
            .map(|slot| Trouble::Damaged(slot.function, slot.index))
            .next()
    }

    fn unmet_of_system(&self) -> Option<Trouble> {
        let parts = self.slots.iter().filter(|slot| !slot.is_application());
        parts
            .filter_map(|slot| Some((slot, slot.module.as_ref()?.unmet?)))
            .map(|(slot, unmet)| Trouble::SystemNeeds(slot.function, slot.index, unmet))
            .next()
    }

    fn trouble_of_application(&self, platform: &Platform) -> Option<Trouble> {
        let slot = self.application()?;
        let Some(found) = slot.sound() else {
            let alone = platform.mcu == Mcu::Stm32f103;
            return Some(if alone {
                Trouble::NoSystem(slot.function, slot.index)
            } else {
                Trouble::NoApplication
            });
        };
        match found.unmet {
            Some(unmet) => Some(Trouble::ApplicationNeeds(unmet)),
            None => found.lacks_asset.then_some(Trouble::NoAsset),
        }
    }
}

#[cfg(test)]
mod tests;
