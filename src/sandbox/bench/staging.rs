//! Modules that wait for the next start, and how they get to their places.
//!
//! Sources: Device OS `bootloader/src/main.c` (`FLASH_UpdateModules`), `system/src/main.cpp`
//! (`HAL_OTA_Flashed_GetStatus`), `hal/src/rtl872x/core_hal.c`.

use super::{
    dct,
    inventory::INTERNAL_FLASH,
    os_version::OsVersion,
    state::{DeviceState, Protection, StoredAsset},
    update::ApplicationNeeds,
};
use crate::{
    firmware::{Asset, Extension, Flags, Module, ModuleFunction, decompress},
    platform::{Anchor, Mcu, StagingArea},
};
use serde::{Deserialize, Serialize};

const KIB: u32 = 1024;
/// Where updates arrive on boards without a place where DFU could leave them.
const CORE_AREA: Area = Area { alternate: 1, address: 0x6_0000, size: 128 * KIB };
/// Where a Core's bootloader puts what has arrived there.
const CORE_FIRMWARE: u32 = 0x0800_5000;
const RTL_AREA: Area = Area { alternate: 0, address: 0x0830_0000, size: 1536 * KIB };
/// Erasing the first page of an application is enough.
const PAGE: usize = 4096;
/// From this release on bootloaders let an application in its present place win over one in the former place.
const FORMER_PLACE_IS_BLANKED: OsVersion = OsVersion(3, 1, 0);

/// Where updates arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    /// Alternate setting that reaches it.
    pub(super) alternate: u8,
    /// Its first byte.
    pub(super) address: u32,
    /// Its size.
    pub(super) size: u32,
}

/// A module that was checked and waits in the area for updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    alternate: u8,
    address: u32,
    length: u32,
}

impl DeviceState {
    /// Where updates arrive.
    pub(super) fn update_area(&self) -> Option<Area> {
        let layout = self.platform.firmware?;
        let OsVersion(major, minor, patch) = self.os_version;
        match (layout.staging, self.platform.mcu) {
            (Some(staging), _) => Some(Area {
                alternate: staging.alternate,
                address: staging.address_for((major, minor, patch)),
                size: staging.max_size,
            }),
            (None, Mcu::Stm32f103) => Some(CORE_AREA),
            (None, Mcu::Rtl872x) => Some(RTL_AREA),
            _ => None,
        }
    }

    /// Makes room for an update of `size` bytes, and no more: on some boards the factory image is in the same area.
    pub(super) fn clear_update_area(&mut self, area: Area, size: usize) {
        self.waiting.clear();
        let size = size.next_multiple_of(PAGE).min(area.size as usize);
        self.memories.entry(area.alternate).or_default().erase(area.address, size);
    }

    /// Lets modules of the area for updates wait for the next start: each with its offset and its length.
    pub(super) fn await_start(&mut self, area: Area, modules: &[(usize, usize)]) {
        self.waiting = modules
            .iter()
            .map(|(offset, length)| Waiting {
                alternate: area.alternate,
                address: area.address + *offset as u32,
                length: *length as u32,
            })
            .collect();
    }

    /// Puts the modules that wait in their places.
    pub(super) fn apply_updates(&mut self) {
        for Waiting { alternate, address, length } in std::mem::take(&mut self.waiting) {
            let file = self.read(alternate, address, length as usize);
            if self.platform.mcu == Mcu::Stm32f103 && Module::parse(&file).is_err() {
                self.flash(CORE_FIRMWARE, &file);
                continue;
            }
            // One that has been damaged while it waited stays where it is.
            if let Some(module) = Module::parse(&file).ok().filter(|module| module.verify().is_ok()) {
                self.put_in_place(&module);
            }
        }
    }

    /// Looks whether DFU has left a module for the system to take, and lets it wait for the bootloader if it is a good
    /// one. The flag is cleared either way.
    pub(super) fn take_staged_module(&mut self) -> bool {
        let flag = StagingArea::UPDATE_FLAG;
        if self.platform.mcu == Mcu::Stm32f103
            || self.read(dct::ALTERNATE_SETTING, flag, 1) != [StagingArea::UPDATE_PENDING]
        {
            return false;
        }
        self.write(dct::ALTERNATE_SETTING, flag, &[super::memory::ERASED]);
        let Some(area) = self.update_area() else { return false };
        let Some((file, _)) = self.module_at(area.alternate, area.address, area.size) else { return false };
        let good = self.check_update(&file, ApplicationNeeds::Later).is_ok();
        if good {
            self.await_start(area, &[(0, file.len())]);
        }
        good
    }

    /// Puts a module in its place, unpacked.
    pub(super) fn put_in_place(&mut self, module: &Module<'_>) {
        let prefix = *module.prefix();
        match prefix.function {
            ModuleFunction::Asset => return self.keep_asset(module),
            ModuleFunction::Ncp => {
                self.ncp = unpacked(module);
                return;
            }
            ModuleFunction::Bootloader => self.follow_security_mode(module),
            _ => {}
        }
        let Some(file) = unpacked(module) else { return };
        let dropped = if prefix.flags.contains(Flags::DROP_MODULE_INFO) { module.prefix_size() } else { 0 };
        // What was packed without its prefix comes out without it.
        let skipped = if prefix.flags.contains(Flags::COMPRESSED) { 0 } else { dropped };
        self.flash(prefix.start, &file[skipped..]);
        self.follow_written(prefix.start);
    }

    /// Lets the application that is kept for a factory reset wait for the next start, if it is a good one.
    pub(super) fn restore_factory_image(&mut self) {
        let Some(image) = self.platform.firmware.and_then(|layout| layout.factory) else { return };
        let Some((file, _)) = self.module_at(image.alternate, image.address, image.max_size) else { return };
        if self.check_update(&file, ApplicationNeeds::Later).is_ok() {
            let area = Area { alternate: image.alternate, address: image.address, size: image.max_size };
            self.await_start(area, &[(0, file.len())]);
        }
    }

    /// What the bootloader does when the button has been held for ten seconds: the factory image goes to its place, and
    /// the firmware is told to forget its networks.
    pub(super) fn reset_to_factory(&mut self) {
        self.restore_factory_image();
        self.wifi.forget_all();
    }

    /// Erases as many pages as it takes, and writes.
    fn flash(&mut self, address: u32, bytes: &[u8]) {
        let memory = self.memories.entry(INTERNAL_FLASH).or_default();
        memory.erase(address, bytes.len().next_multiple_of(PAGE));
        memory.write(address, bytes);
    }

    /// What comes of bytes that have been written to `address` of the processor's own flash.
    pub(super) fn follow_written(&mut self, address: u32) {
        self.blank_former_application(address);
        self.overlap_moved_system(address);
    }

    /// Parts of the system that have moved overlap their former place on a real board. Those of a sandbox are too small
    /// for that, so the beginning of the other one has to be erased.
    fn overlap_moved_system(&mut self, address: u32) {
        let Some(layout) = self.platform.firmware else { return };
        let moved = layout
            .system
            .iter()
            .find(|place| place.anchors.len() > 1 && place.anchors.contains(&Anchor::Start(address)));
        let Some(place) = moved else { return };
        let written = self.module_at(INTERNAL_FLASH, address, place.max_size);
        if written.is_none_or(|(_, prefix)| prefix.start != address) {
            return;
        }
        for anchor in place.anchors.iter().filter(|anchor| **anchor != Anchor::Start(address)) {
            if let Anchor::Start(other) = *anchor {
                self.memories.entry(INTERNAL_FLASH).or_default().erase(other, PAGE);
            }
        }
    }

    /// What bootloaders do when an application has been written to its present place, of which `address` may be the
    /// first byte: one in the former place would be started in its stead.
    fn blank_former_application(&mut self, address: u32) {
        let Some(layout) = self.platform.firmware else { return };
        let Some(former) = layout.former_application else { return };
        let (Anchor::Start(present), Anchor::Start(former)) = (layout.application.anchor, former.anchor)
        else {
            return;
        };
        if address != present || self.bootloader() < FORMER_PLACE_IS_BLANKED {
            return;
        }
        let written = self.module_at(INTERNAL_FLASH, present, layout.application.max_size);
        if written.is_some_and(|(_, prefix)| prefix.start == present) {
            self.memories.entry(INTERNAL_FLASH).or_default().erase(former, PAGE);
        }
    }

    /// The bootloader decides about Device Protection.
    fn follow_security_mode(&mut self, module: &Module<'_>) {
        if module.prefix().index != 0 {
            return;
        }
        let protects =
            module.extensions().any(|extension| matches!(extension, Extension::SecurityMode { mode: 1, .. }));
        self.protection = match self.protection {
            Protection::Open if protects => Protection::Protected,
            Protection::ServiceMode | Protection::Protected if !protects => Protection::Open,
            unchanged => unchanged,
        };
    }

    fn keep_asset(&mut self, module: &Module<'_>) {
        let Ok(asset) = Asset::from_module(module) else { return };
        let storage = self.platform.firmware.and_then(|layout| layout.assets.as_ref());
        let kept = StoredAsset::new(&asset, module.bytes().len(), storage);
        self.assets.retain(|other| other.name != kept.name);
        self.assets.push(kept);
    }
}

/// The module as it was before it was compressed; `None` if that cannot be undone.
pub(super) fn unpacked(module: &Module<'_>) -> Option<Vec<u8>> {
    if module.prefix().flags.contains(Flags::COMPRESSED) {
        decompress(module).ok()
    } else {
        Some(module.bytes().to_vec())
    }
}
