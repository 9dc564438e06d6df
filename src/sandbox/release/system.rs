//! Parts of the system.

use super::{softdevice, versions};
use crate::{
    firmware::{BuildError, Flags, ModuleFunction, ModuleParts, Product, SoftDeviceInfo},
    platform::{Anchor, Mcu, ModulePlace, Platform},
    sandbox::bench::OsVersion,
};

const KIB: usize = 1024;
/// From this release on, parts that have moved lie in their present place.
const MOVED: OsVersion = OsVersion(6, 2, 0);
/// Marks the firmware of the ESP32 beside the processor. Source: Device OS `hal/inc/platform_ncp.h`.
const ESP32: u8 = 0x11;

/// Builds a part of the system.
pub(super) fn module(
    platform: &'static Platform,
    version: OsVersion,
    place: &ModulePlace,
) -> Result<Vec<u8>, BuildError> {
    let (function, index) = (place.function, place.index);
    let own = versions::module_version(version, function, index);
    let anchor = match place.anchors {
        [present, .., former] => *if version < MOVED { former } else { present },
        [only] => *only,
        // Beside the processor there is an address space of its own.
        [] => Anchor::Start(0),
    };
    // Nothing of the release: a module that stays the same from one to the next is the same, byte for byte.
    let text = format!("{} {function:?} {index} version {own}, made by a sandbox\n", platform.name);
    let mut parts = ModuleParts {
        version: own,
        dependencies: versions::needs(platform, version, function, index),
        before_prefix: vec![0; vectors(platform, function, index)],
        contents: text.bytes().cycle().take(size(function, index)).collect(),
        product: Some(Product::NONE),
        ..ModuleParts::new(platform.id, function, index, anchor)
    };
    match (function, index) {
        (ModuleFunction::RadioStack, _) => become_soft_device(&mut parts, own),
        (ModuleFunction::Bootloader, 1) => parts.flags = Flags::ENCRYPTED,
        (ModuleFunction::Ncp, _) => parts.reserved = ESP32,
        _ => {}
    }
    parts.build()
}

fn become_soft_device(parts: &mut ModuleParts, firmware_id: u16) {
    parts.flags = Flags::DROP_MODULE_INFO;
    parts.product = None;
    let end = softdevice::START + parts.contents.len().next_multiple_of(4 * KIB) as u32 + 4 * KIB as u32;
    let info = SoftDeviceInfo { end, firmware_id }.encode();
    parts.contents[SoftDeviceInfo::OFFSET..][..info.len()].copy_from_slice(&info);
}

/// How large it is without prefix and suffix.
fn size(function: ModuleFunction, index: u8) -> usize {
    match (function, index) {
        (ModuleFunction::SystemPart, _) => 16 * KIB,
        (ModuleFunction::RadioStack, _) => 12 * KIB,
        (ModuleFunction::Bootloader, 1) => 4 * KIB,
        _ => 8 * KIB,
    }
}

/// Size of the vector table, which stands before the prefix.
fn vectors(platform: &Platform, function: ModuleFunction, index: u8) -> usize {
    match (platform.mcu, function, index) {
        (Mcu::Stm32f205, ModuleFunction::SystemPart, 3) => 0,
        (Mcu::Stm32f205, ModuleFunction::SystemPart | ModuleFunction::Bootloader, _) => 0x184,
        (Mcu::Nrf52840, ModuleFunction::SystemPart | ModuleFunction::Bootloader, _) => 0x200,
        _ => 0,
    }
}
