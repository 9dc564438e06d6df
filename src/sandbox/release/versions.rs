//! Versions of the modules of a release, and what each needs.
//!
//! Sources: Device OS `system/system-versions.md`, `modules/shared/system_module_version.mk`.

use crate::{
    firmware::{Dependency, ModuleFunction},
    platform::{Mcu, Platform},
    sandbox::bench::OsVersion,
};
use ModuleFunction::{Bootloader, Ncp, RadioStack, SystemPart};

/// From which release on bootloaders have which version. From 4.0.0 on, only 2300 is public; the others are our choice.
const BOOTLOADERS: [(OsVersion, u16); 24] = [
    (OsVersion(0, 4, 0), 5),
    (OsVersion(0, 4, 9), 7),
    (OsVersion(0, 6, 1), 9),
    (OsVersion(0, 6, 2), 11),
    (OsVersion(0, 7, 0), 101),
    (OsVersion(0, 8, 0), 201),
    (OsVersion(1, 1, 0), 301),
    (OsVersion(1, 2, 0), 302),
    (OsVersion(1, 2, 1), 311),
    (OsVersion(1, 3, 1), 401),
    (OsVersion(1, 4, 0), 500),
    (OsVersion(1, 4, 2), 501),
    (OsVersion(1, 5, 2), 502),
    (OsVersion(2, 0, 0), 1003),
    (OsVersion(2, 0, 1), 1005),
    (OsVersion(2, 2, 0), 1006),
    (OsVersion(3, 1, 0), 1100),
    (OsVersion(4, 0, 0), 1200),
    (OsVersion(5, 0, 0), 2000),
    (OsVersion(5, 5, 0), 2300),
    (OsVersion(6, 0, 0), 3000),
    (OsVersion(6, 1, 1), 3001),
    (OsVersion(6, 1, 2), 3002),
    (OsVersion(6, 2, 0), 3100),
];
/// Firmware ids of the SoftDevices S140 6.1.1 and 7.0.1, which their modules have as version.
const SOFT_DEVICES: [(OsVersion, u16); 2] = [(OsVersion(0, 8, 0), 182), (OsVersion(1, 4, 2), 202)];
/// Of the ESP32 beside the processor.
const NCP_VERSION: u16 = 7;
/// Of the first two stages of RTL872x boards.
const PREBOOTLOADER_MBR: u16 = 2;
const PREBOOTLOADER_PART1: u16 = 7;

/// The value that has held since the last entry not after `version`.
fn since(table: &[(OsVersion, u16)], version: OsVersion) -> u16 {
    table.iter().rev().find(|(since, _)| *since <= version).or(table.first()).map_or(0, |(_, value)| *value)
}

/// The version of a part of the system in a release.
pub(super) fn module_version(version: OsVersion, function: ModuleFunction, index: u8) -> u16 {
    match (function, index) {
        (Bootloader, 0) => since(&BOOTLOADERS, version),
        (Bootloader, 1) => PREBOOTLOADER_MBR,
        (Bootloader, _) => PREBOOTLOADER_PART1,
        (RadioStack, _) => since(&SOFT_DEVICES, version),
        (Ncp, _) => NCP_VERSION,
        _ => version.module_version(),
    }
}

/// The release that bootloaders of this version came with, which tells what they can do.
pub fn bootloader_release(module_version: u16) -> OsVersion {
    let known = BOOTLOADERS.iter().rev().find(|(_, known)| *known <= module_version);
    known.or(BOOTLOADERS.first()).map_or(OsVersion(0, 4, 0), |(release, _)| *release)
}

/// The system part that the application is linked against, and that tells the version of Device OS.
pub fn last_system_part(platform: &Platform) -> u8 {
    match platform.mcu {
        Mcu::Stm32f205 => 2,
        _ => 1,
    }
}

/// What a part of the system needs.
pub(super) fn needs(
    platform: &Platform,
    version: OsVersion,
    function: ModuleFunction,
    index: u8,
) -> [Option<Dependency>; 2] {
    let needs = |function, index, version| Some(Dependency { function, index, version });
    let own = version.module_version();
    let has = |function, index| {
        platform.firmware.is_some_and(|layout| layout.system_module(function, index).is_some())
    };
    match (platform.mcu, function, index) {
        (_, RadioStack, _) => soft_device_needs(module_version(version, function, index)),
        (Mcu::Rtl872x, Bootloader, 0) => [needs(Bootloader, 2, PREBOOTLOADER_PART1), None],
        (Mcu::Rtl872x, SystemPart, _) => [needs(Bootloader, 0, since(&BOOTLOADERS, version)), None],
        (Mcu::Nrf52840, SystemPart, _) if version < OsVersion(2, 0, 0) => [None, None],
        // It left the factory with the latest SoftDevice.
        (Mcu::Nrf52840, SystemPart, _) if platform.name == "tracker" => {
            [needs(Bootloader, 0, since(&BOOTLOADERS, version)), needs(Ncp, 0, NCP_VERSION)]
        }
        (Mcu::Nrf52840, SystemPart, _) => {
            [needs(Bootloader, 0, since(&BOOTLOADERS, version)), needs(RadioStack, 0, 202)]
        }
        // Electron: the part that was split off stands first.
        (Mcu::Stm32f205, SystemPart, 3) => [needs(SystemPart, 2, own.min(110)), None],
        (Mcu::Stm32f205, SystemPart, 1) if has(SystemPart, 3) => [needs(SystemPart, 3, own), None],
        (Mcu::Stm32f205, SystemPart, 1) if version >= OsVersion(0, 8, 0) => [needs(SystemPart, 2, 207), None],
        (Mcu::Stm32f205, SystemPart, 2) => [needs(SystemPart, 1, own), generation_2_bootloader(version)],
        _ => [None, None],
    }
}

/// What every SoftDevice of this version needs.
pub(super) fn soft_device_needs(version: u16) -> [Option<Dependency>; 2] {
    if version < 202 {
        return [None, None];
    }
    [
        Some(Dependency { function: Bootloader, index: 0, version: 501 }),
        Some(Dependency { function: SystemPart, index: 1, version: 1321 }),
    ]
}

fn generation_2_bootloader(version: OsVersion) -> Option<Dependency> {
    let oldest = match version {
        OsVersion(2.., ..) => 1003,
        OsVersion(1, ..) | OsVersion(0, 7.., _) => 100,
        _ => return None,
    };
    Some(Dependency { function: Bootloader, index: 0, version: oldest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bootloaders_are_found_both_ways() {
        assert!(BOOTLOADERS.is_sorted());
        assert_eq!(module_version(OsVersion(3, 3, 1), Bootloader, 0), 1100);
        assert_eq!(module_version(OsVersion(5, 9, 0), Bootloader, 0), 2300);
        assert_eq!(bootloader_release(1100), OsVersion(3, 1, 0));
        assert_eq!(bootloader_release(4), OsVersion(0, 4, 0));
        assert_eq!(bootloader_release(9999), OsVersion(6, 2, 0));
    }
}
