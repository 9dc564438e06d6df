//! Updates: what a device makes of a file that comes from the cloud, over USB or over a serial line.
//!
//! Which checks a device makes: Device OS `system/src/firmware_update.cpp`, `system/src/system_update.cpp` and
//! `hal/src/*/ota_flash_hal*`.

use super::{
    hub::Hub,
    inventory::Inventory,
    os_version::OsVersion,
    staging::unpacked,
    state::{DeviceState, Mode},
};
use crate::{
    firmware::{Dependency, Flags, IntegrityError, Module, ModuleError, ModuleFunction, split},
    platform::{Anchor, ApplicationPlace, Generation, Mcu, PlatformId},
    usb::control::ResultCode,
};
use std::{sync::Arc, time::Duration};

/// How long a device takes to receive a file and to check it.
const UPDATE_TIME: Duration = Duration::from_secs(2);
/// From this version on files may hold several modules, and compressed ones, from generation 3 on.
const PACKED: OsVersion = OsVersion(2, 0, 0);
/// Bootloaders can unpack from this release on.
const UNPACKING_BOOTLOADER: OsVersion = OsVersion(2, 0, 0);
/// Further modules of a file are left out without a word.
const MOST_MODULES: usize = 2;
/// From this version on devices keep files for their application.
const ASSETS: OsVersion = OsVersion(5, 5, 0);

/// What is asked of an application: that its needs are met now, or only by the time it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ApplicationNeeds {
    /// Now.
    Now,
    /// Later. Device OS takes an application whose system is still to come, and is in safe mode until then.
    Later,
}

/// Why a device did not update itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The file is none.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The file is damaged.
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
    /// The file is for other hardware.
    #[error("the module is for platform {0}")]
    Platform(PlatformId),
    /// There is no place for it, or it does not say that it goes there.
    #[error("the device has no place for the module, or not where the module goes")]
    Place,
    /// It is packed in a way that the device does not know.
    #[error("the device cannot unpack the module")]
    Format,
    /// It is larger than the device takes.
    #[error("the device has no room for {0} bytes")]
    Size(usize),
    /// It needs something that is not there.
    #[error("the module needs version {} of the {}, which is not there", .0.version, .0.function.describe(.0.index))]
    Dependency(Dependency),
    /// Something that is there would not do any more.
    #[error("the rest of the system needs a later version than {0}")]
    Downgrade(u16),
    /// The device was reset or lost its power.
    #[error("the device went away in the middle")]
    Interrupted,
}

impl UpdateError {
    /// What the system calls the failure.
    pub(super) fn result_code(&self) -> ResultCode {
        match self {
            Self::Module(_) => ResultCode::OTA_MODULE_NOT_FOUND,
            Self::Integrity(_) => ResultCode::OTA_INTEGRITY_CHECK_FAILED,
            Self::Platform(_) => ResultCode::OTA_INVALID_PLATFORM,
            Self::Place => ResultCode::OTA_INVALID_ADDRESS,
            Self::Format => ResultCode::OTA_INVALID_FORMAT,
            Self::Size(_) => ResultCode::OTA_INVALID_SIZE,
            Self::Dependency(_) | Self::Downgrade(_) => ResultCode::OTA_DEPENDENCY_CHECK_FAILED,
            Self::Interrupted => ResultCode::ERROR,
        }
    }
}

impl Hub {
    /// Lets a device take files, one after the other, and restarts it if it takes all of them.
    pub(super) fn update(
        self: &Arc<Self>,
        index: usize,
        files: Vec<Vec<u8>>,
        done: impl FnOnce(Result<(), UpdateError>) + Send + 'static,
    ) {
        let epoch = self.socket(index).epoch;
        self.later(UPDATE_TIME, move |hub| done(hub.take_update(index, epoch, &files)));
    }

    fn take_update(self: &Arc<Self>, index: usize, epoch: u64, files: &[Vec<u8>]) -> Result<(), UpdateError> {
        let mut socket = self.socket(index);
        if socket.epoch != epoch {
            return Err(UpdateError::Interrupted);
        }
        for file in files {
            // Each is applied before the next one is checked, as with several updates one after the other.
            let state = &mut socket.device.board.state;
            state.receive(file, ApplicationNeeds::Now)?;
            state.apply_updates();
        }
        self.restart(index, &mut socket, Mode::Normal);
        Ok(())
    }
}

impl DeviceState {
    /// Takes a file as a whole: into the area for updates, to be applied at the next start.
    pub(super) fn receive(&mut self, file: &[u8], needs: ApplicationNeeds) -> Result<(), UpdateError> {
        let area = self.update_area().ok_or(UpdateError::Place)?;
        if file.len() > area.size as usize {
            return Err(UpdateError::Size(file.len()));
        }
        let modules = match self.platform.mcu {
            // A Core looks at nothing, and its bootloader only where the firmware begins.
            Mcu::Stm32f103 if Module::parse(file).is_err() => vec![(0, file.len())],
            _ => self.check_update(file, needs)?,
        };
        self.clear_update_area(area, file.len());
        self.write(area.alternate, area.address, file);
        self.await_start(area, &modules);
        Ok(())
    }

    /// Checks the modules of a file; gives offset and length of each that the device will take.
    pub(super) fn check_update(
        &self,
        file: &[u8],
        needs: ApplicationNeeds,
    ) -> Result<Vec<(usize, usize)>, UpdateError> {
        let mut modules = split(file)?;
        if modules.len() > 1 && !self.unpacks() {
            return Err(UpdateError::Format);
        }
        modules.truncate(MOST_MODULES);
        let inventory = Inventory::of(self);
        let mut places = Vec::new();
        let mut offset = 0;
        for module in &modules {
            self.check_itself(module)?;
            self.check_place(module)?;
            self.check_needs(module, &modules, &inventory, needs)?;
            places.push((offset, module.bytes().len()));
            offset += module.bytes().len();
        }
        Ok(places)
    }

    fn unpacks(&self) -> bool {
        self.platform.generation >= Generation::Three && self.os_version >= PACKED
    }

    /// Integrity, platform, and what it is packed in.
    fn check_itself(&self, module: &Module<'_>) -> Result<(), UpdateError> {
        module.verify()?;
        let prefix = module.prefix();
        if prefix.function == ModuleFunction::Asset {
            return Ok(());
        }
        if prefix.platform != self.platform.id {
            return Err(UpdateError::Platform(prefix.platform));
        }
        if prefix.flags.contains(Flags::COMPRESSED) {
            let can = self.unpacks() && self.bootloader() >= UNPACKING_BOOTLOADER;
            let original = can.then(|| unpacked(module)).flatten();
            return if original.is_some() { Ok(()) } else { Err(UpdateError::Format) };
        }
        Ok(())
    }

    /// Whether it goes where the device has a place for such a module.
    fn check_place(&self, module: &Module<'_>) -> Result<(), UpdateError> {
        let prefix = module.prefix();
        let layout = self.platform.firmware.ok_or(UpdateError::Place)?;
        if prefix.function == ModuleFunction::Asset {
            let storage = layout.assets.filter(|_| self.os_version >= ASSETS).ok_or(UpdateError::Place)?;
            let used: u64 = self.assets.iter().map(|asset| u64::from(asset.storage_size)).sum();
            let size = module.bytes().len();
            let fits =
                size <= storage.max_module_size as usize && used + storage.cost(size) <= storage.capacity();
            return if fits { Ok(()) } else { Err(UpdateError::Size(size)) };
        }
        let is_there = match layout.system_module(prefix.function, prefix.index) {
            Some(place) => {
                let there = place.anchors.is_empty() || place.anchors.contains(&Anchor::Start(prefix.start));
                there && module.bytes().len() <= place.max_size as usize
            }
            None => layout.applications().any(|place| belongs(module, place)),
        };
        if is_there { Ok(()) } else { Err(UpdateError::Place) }
    }

    /// Whether what it needs is there, or comes along, and whether it is enough for what is there.
    fn check_needs(
        &self,
        module: &Module<'_>,
        along: &[Module<'_>],
        inventory: &Inventory,
        needs: ApplicationNeeds,
    ) -> Result<(), UpdateError> {
        let prefix = module.prefix();
        let application = matches!(prefix.function, ModuleFunction::UserPart | ModuleFunction::Monolithic);
        if application && needs == ApplicationNeeds::Later {
            return Ok(());
        }
        let comes_along = |needed: &Dependency| {
            along.iter().map(Module::prefix).any(|other| {
                (other.function, other.index) == (needed.function, needed.index)
                    && other.version >= needed.version
            })
        };
        let [first, second] = prefix.dependencies;
        // A bootloader that comes second may follow later, as those of generation 2 do.
        let second = second.filter(|needed| needed.function != ModuleFunction::Bootloader);
        let mut needed = first.into_iter().chain(second);
        if let Some(unmet) = needed.find(|needed| !inventory.meets(needed) && !comes_along(needed)) {
            return Err(UpdateError::Dependency(unmet));
        }
        let is_system = prefix.function == ModuleFunction::SystemPart;
        let others = inventory
            .slots
            .iter()
            .filter(|slot| slot.function == ModuleFunction::SystemPart && slot.index != prefix.index);
        let mut needed_of_it = others
            .filter_map(|slot| slot.module.as_ref())
            .flat_map(|found| found.dependencies().collect::<Vec<_>>())
            .filter(|needed| (needed.function, needed.index) == (prefix.function, prefix.index));
        if is_system && needed_of_it.any(|needed| needed.version > prefix.version) {
            return Err(UpdateError::Downgrade(prefix.version));
        }
        Ok(())
    }
}

/// Whether a module is an application that goes to this place.
fn belongs(module: &Module<'_>, place: ApplicationPlace) -> bool {
    let prefix = module.prefix();
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let packed = prefix.flags.contains(Flags::COMPRESSED);
    let there = match place.anchor {
        Anchor::Start(start) => prefix.start == start,
        Anchor::End(end) => packed || u64::from(prefix.start) + module.length().actual == u64::from(end),
    };
    (prefix.function, prefix.index) == (function, place.index)
        && there
        && module.bytes().len() <= place.max_size as usize
}
