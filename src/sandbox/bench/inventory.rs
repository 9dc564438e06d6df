//! What modules a device holds, as its bootloader and its system find them in its memories.
//!
//! Source: Device OS `hal/src/*/ota_flash_hal*` (`fetch_module`, `HAL_System_Info`), `hal/src/nRF52840/user_hal.cpp`.

use super::{
    os_version::OsVersion,
    program::Program,
    state::{DeviceState, StoredAsset},
};
use crate::{
    firmware::{
        AssetDependency, Dependency, Extension, Flags, Module, PREFIX_SIZE, Prefix, Suffix,
        asset_dependencies,
    },
    platform::{Anchor, ApplicationPlace, FirmwareLayout, Mcu, ModuleFunction, ModulePlace},
    sandbox::release::{SoftDevice, bootloader_release},
};
use sha2::{Digest, Sha256};

/// The alternate setting that reaches the processor's own flash.
pub(super) const INTERNAL_FLASH: u8 = 0;
/// Where prefixes are: at the start, or behind the vector table of an STM32F2, an nRF52840 and a Core.
const PREFIX_OFFSETS: [usize; 4] = [0, 0x184, 0x200, 0x10C];
/// Applications that are in two places: from this version on the former place goes first.
const TWO_PLACES: OsVersion = OsVersion(3, 1, 0);
/// As much of the end of a module as its suffix can have.
const TAIL: u32 = 512;

/// Where a module is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Store {
    /// Where it runs.
    Main,
    /// Where a factory reset takes it from.
    Factory,
}

/// A place for a module.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) store: Store,
    /// The module that belongs there.
    pub(super) function: ModuleFunction,
    /// Which of the modules of that function.
    pub(super) index: u8,
    /// Bytes there is room for.
    pub(super) max_size: u32,
    /// What is there, if it is a module at all.
    pub(super) module: Option<Found>,
}

/// A module that was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) prefix: Prefix,
    /// Bytes of the module.
    pub(super) size: u32,
    /// The hash in its suffix.
    pub(super) sha256: [u8; 32],
    /// What else it needs, beyond the dependencies of the prefix.
    more_dependencies: Vec<Dependency>,
    /// The files it needs.
    pub(super) assets: Vec<AssetDependency>,
    /// Whether it makes the device a protected one.
    pub(super) protects: bool,
    /// What it does, if it is an application.
    pub(super) program: Program,
    /// Whether its CRC and its hash are right.
    pub(super) is_sound: bool,
    /// Whether it is where its prefix says.
    pub(super) is_in_range: bool,
    /// Whether it is for this board.
    pub(super) is_for_board: bool,
    /// The first of the modules it needs that is not there.
    pub(super) unmet: Option<Dependency>,
    /// Whether a file that it needs is not there.
    pub(super) lacks_asset: bool,
}

/// The modules of a device.
#[derive(Clone, Debug, Default)]
pub(super) struct Inventory {
    pub(super) slots: Vec<Slot>,
}

/// Where the stack of a Core is.
const RAM: u32 = 0x2000_0000;
/// Which bits of its address say so.
const STACK_MASK: u32 = 0x2FFE_0000;

impl Inventory {
    /// Looks at every place for a module.
    pub(super) fn of(state: &DeviceState) -> Self {
        let Some(layout) = state.platform.firmware else { return Self::default() };
        let slots = layout.system.iter().map(|place| system_slot(state, place)).collect();
        let mut inventory = Self { slots };
        let place = state.application_place(layout, &inventory);
        inventory.slots.push(application_slot(state, place));
        inventory.slots.extend(factory_slot(state, layout));
        inventory.check_needs(&state.assets);
        inventory
    }

    /// The module in the place where it runs.
    pub(super) fn find(&self, function: ModuleFunction, index: u8) -> Option<&Found> {
        self.slot(function, index)?.module.as_ref()
    }

    /// The place of a module that runs.
    pub(super) fn slot(&self, function: ModuleFunction, index: u8) -> Option<&Slot> {
        self.slots
            .iter()
            .find(|slot| slot.store == Store::Main && (slot.function, slot.index) == (function, index))
    }

    /// The place of the application.
    pub(super) fn application(&self) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.store == Store::Main && slot.is_application())
    }

    /// The release that the bootloader came with, which tells what it can do; `None` if there is no bootloader.
    pub(super) fn bootloader(&self) -> Option<OsVersion> {
        self.find(ModuleFunction::Bootloader, 0).map(|found| bootloader_release(found.prefix.version))
    }

    /// Whether a module is there in this version or a later one.
    pub(super) fn meets(&self, needed: &Dependency) -> bool {
        self.find(needed.function, needed.index).is_some_and(|found| found.prefix.version >= needed.version)
    }

    fn check_needs(&mut self, assets: &[StoredAsset]) {
        let there = |needed: &AssetDependency| assets.iter().any(|asset| asset.is(needed));
        let unmet = |slot: &Slot| slot.module.as_ref()?.dependencies().find(|needed| !self.meets(needed));
        let unmet: Vec<_> = self.slots.iter().map(unmet).collect();
        for (slot, unmet) in self.slots.iter_mut().zip(unmet) {
            if let Some(found) = &mut slot.module {
                found.unmet = unmet;
                found.lacks_asset = !found.assets.iter().all(there);
            }
        }
    }
}

impl Slot {
    /// Whether an application belongs there.
    pub(super) fn is_application(&self) -> bool {
        matches!(self.function, ModuleFunction::UserPart | ModuleFunction::Monolithic)
    }

    /// The module, if it is the one that belongs there, undamaged.
    pub(super) fn sound(&self) -> Option<&Found> {
        let belongs = |found: &&Found| {
            found.is_sound
                && found.is_in_range
                && found.is_for_board
                && (found.prefix.function, found.prefix.index) == (self.function, self.index)
        };
        self.module.as_ref().filter(belongs)
    }
}

impl Found {
    /// What a module with this prefix says of itself.
    pub(super) fn read(bytes: &[u8], prefix: Prefix) -> Self {
        let mut found = Self {
            prefix,
            size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            sha256: [0; 32],
            more_dependencies: Vec::new(),
            assets: Vec::new(),
            protects: false,
            program: Program::Foreign,
            is_sound: false,
            is_in_range: true,
            is_for_board: true,
            unmet: None,
            lacks_asset: false,
        };
        // One whose end is not there yet has no suffix that could be read.
        if let Ok(module) = Module::parse(bytes) {
            found.sha256 = module.suffix().sha256;
            found.is_sound = module.verify().is_ok();
            found.assets = asset_dependencies(&module).cloned().collect();
            found.program = Program::of_module(&module);
            for extension in module.extensions() {
                match extension {
                    Extension::Dependency { module, .. } => found.more_dependencies.push(*module),
                    Extension::SecurityMode { mode, .. } => found.protects = *mode == 1,
                    _ => {}
                }
            }
        }
        found
    }

    /// What it needs on the device.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = Dependency> + '_ {
        self.prefix.dependencies.iter().flatten().chain(&self.more_dependencies).copied()
    }
}

impl DeviceState {
    /// The module that begins at an address of a memory, and its prefix, damaged or not.
    pub(super) fn module_at(&self, alternate: u8, address: u32, max_size: u32) -> Option<(Vec<u8>, Prefix)> {
        let head = self.read(alternate, address, 0x200 + PREFIX_SIZE);
        PREFIX_OFFSETS.iter().find_map(|offset| {
            let prefix = Prefix::parse(head.get(*offset..)?.first_chunk()?)?;
            let known = prefix.function.is_known() && Flags::KNOWN.contains(prefix.flags);
            let length = usize::try_from(prefix.length()).ok()?;
            let fits = known && length > offset + PREFIX_SIZE && length <= max_size as usize;
            fits.then(|| (self.read(alternate, address, length), prefix))
        })
    }

    /// The application that the device runs is in this place. Source: Device OS `hal/src/nRF52840/user_hal.cpp`.
    fn application_place(&self, layout: &FirmwareLayout, system: &Inventory) -> ApplicationPlace {
        let OsVersion(major, minor, patch) = system.os_version(self.platform).unwrap_or(self.os_version);
        let place = layout.application_for((major, minor, patch));
        let Some(former) = layout.former_application.filter(|former| *former != place) else { return place };
        let is_there = application_slot(self, former).sound().is_some();
        if is_there && OsVersion(major, minor, patch) >= TWO_PLACES { former } else { place }
    }
}

fn system_slot(state: &DeviceState, place: &ModulePlace) -> Slot {
    let module = match (place.function, place.anchors) {
        (ModuleFunction::Ncp, _) => state.ncp.as_ref().and_then(|file| {
            let module = Module::parse(file).ok()?;
            Some(Found::read(file, *module.prefix()))
        }),
        (ModuleFunction::RadioStack, [Anchor::Start(start), ..]) => {
            soft_device(state, *start, place.max_size)
        }
        (_, anchors) => in_any(state, anchors, place),
    };
    Slot {
        store: Store::Main,
        function: place.function,
        index: place.index,
        max_size: place.max_size,
        module,
    }
}

/// A part that may have moved is looked for in its present place first; older bootloaders know the former one alone.
fn in_any(state: &DeviceState, anchors: &[Anchor], place: &ModulePlace) -> Option<Found> {
    let found = anchors.iter().filter_map(|anchor| {
        let Anchor::Start(start) = *anchor else { return None };
        main_module(state, start, place.max_size)
    });
    let mut found: Vec<Found> = found.collect();
    let sound = found.iter().position(|found| found.is_sound && found.is_in_range).unwrap_or(0);
    (sound < found.len()).then(|| found.swap_remove(sound))
}

fn main_module(state: &DeviceState, start: u32, max_size: u32) -> Option<Found> {
    let (bytes, prefix) = state.module_at(INTERNAL_FLASH, start, max_size)?;
    let mut found = Found::read(&bytes, prefix);
    found.is_in_range = prefix.start == start;
    found.is_for_board = prefix.platform == state.platform.id;
    Some(found)
}

fn soft_device(state: &DeviceState, start: u32, max_size: u32) -> Option<Found> {
    let memory = state.read(INTERNAL_FLASH, start, max_size as usize);
    let SoftDevice { module, prefix } = SoftDevice::read(&memory, state.platform.id)?;
    let mut found = Found::read(&module, prefix);
    // Its suffix has no hash.
    found.sha256 = Sha256::digest(&module).into();
    Some(found)
}

fn application_slot(state: &DeviceState, place: ApplicationPlace) -> Slot {
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let start = match place.anchor {
        Anchor::Start(start) => Some(start),
        Anchor::End(end) => start_of_left_growing(state, end),
    };
    let module = start.and_then(|start| {
        main_module(state, start, place.max_size).or_else(|| bare_firmware(state, start, place.max_size))
    });
    Slot { store: Store::Main, function, index: place.index, max_size: place.max_size, module }
}

/// Firmware of a Core that says nothing of itself, from before there were modules. Its bootloader starts whatever begins
/// with the address of a stack. Source: Device OS v1.4.4 `bootloader/src/main.c`.
fn bare_firmware(state: &DeviceState, start: u32, size: u32) -> Option<Found> {
    let stack = u32::from_le_bytes(*state.read(INTERNAL_FLASH, start, 4).first_chunk()?);
    if state.platform.mcu != Mcu::Stm32f103 || stack & STACK_MASK != RAM {
        return None;
    }
    let prefix = Prefix {
        start,
        end: start.checked_add(size)?,
        reserved: 0,
        flags: Flags::default(),
        version: 0,
        platform: state.platform.id,
        function: ModuleFunction::Monolithic,
        index: 0,
        dependencies: [None, None],
    };
    Some(Found { is_sound: true, ..Found::read(&[], prefix) })
}

/// Where an application begins that ends at `end`: its suffix says so.
fn start_of_left_growing(state: &DeviceState, end: u32) -> Option<u32> {
    let tail = state.read(INTERNAL_FLASH, end.checked_sub(TAIL)?, TAIL as usize);
    Suffix::parse(&tail, 0)?.extensions.iter().find_map(|located| match located.extension {
        Extension::DynamicLocation { module_start, .. } => Some(module_start),
        _ => None,
    })
}

fn factory_slot(state: &DeviceState, layout: &FirmwareLayout) -> Option<Slot> {
    let image = layout.factory?;
    let place = layout.application;
    let module = state.module_at(image.alternate, image.address, image.max_size).map(|(bytes, prefix)| {
        let mut found = Found::read(&bytes, prefix);
        found.is_for_board = prefix.platform == state.platform.id;
        found.is_in_range = layout.applications().any(|place| place.anchor == Anchor::Start(prefix.start));
        found
    });
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    Some(Slot { store: Store::Factory, function, index: place.index, max_size: image.max_size, module })
}
