//! Device OS as the sandbox makes it: for every board and version the modules that a release has, small but well-formed.
//!
//! There is no machine code in them. Versions, dependencies, addresses and the places of prefixes are those of the
//! published releases, so that whoever checks them has something to check.

mod application;
mod softdevice;
mod system;
mod versions;

pub use application::application;
pub use softdevice::SoftDevice;
pub use versions::{bootloader_release, last_system_part};

use super::bench::{OsVersion, Program};
use crate::{
    firmware::{BuildError, ModuleFunction},
    platform::{ModulePlace, Platform},
};

/// What stands behind the prefix of Tinker, in every release.
const TINKER_SEED: &[u8] = b"tinker";

/// A module of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// Name of its file.
    pub file_name: String,
    /// The module.
    pub bytes: Vec<u8>,
}

/// The modules of a release for a board: those of the system in the order of the table of platforms, then Tinker.
/// None for a board whose memory this program does not know.
pub fn modules(platform: &'static Platform, version: OsVersion) -> Result<Vec<Released>, BuildError> {
    let Some(layout) = platform.firmware else { return Ok(Vec::new()) };
    let mut modules = Vec::new();
    for place in layout.system {
        let file_name = file_name(platform, &part_name(platform, place), version);
        modules.push(Released { file_name, bytes: system::module(platform, version, place)? });
    }
    let bytes = application(platform, version, &Program::Tinker, TINKER_SEED)?;
    modules.push(Released { file_name: file_name(platform, "tinker", version), bytes });
    Ok(modules)
}

fn file_name(platform: &Platform, part: &str, version: OsVersion) -> String {
    format!("{}-{part}@{version}.bin", platform.name)
}

/// What the files of releases call a part of the system.
fn part_name(platform: &Platform, place: &ModulePlace) -> String {
    let electron = place.function == ModuleFunction::SystemPart
        && platform.firmware.is_some_and(|layout| layout.system_module(place.function, 3).is_some());
    match (place.function, place.index) {
        // Numbered by what they were before they were split.
        (ModuleFunction::SystemPart, index) if electron => format!("system-part{}", index % 3 + 1),
        (ModuleFunction::SystemPart, index) => format!("system-part{index}"),
        (ModuleFunction::Bootloader, 0) => "bootloader".to_owned(),
        (ModuleFunction::Bootloader, 1) => "prebootloader-mbr".to_owned(),
        (ModuleFunction::Bootloader, _) => "prebootloader-part1".to_owned(),
        (ModuleFunction::RadioStack, _) => "softdevice".to_owned(),
        (ModuleFunction::Ncp, _) => "ncp".to_owned(),
        (_, index) => format!("part{index}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        firmware::{Flags, Module},
        platform::{Anchor, PLATFORMS},
    };

    fn files(platform: &str, version: OsVersion) -> Vec<Released> {
        modules(Platform::by_name(platform).unwrap(), version).unwrap()
    }

    #[test]
    fn every_board_has_sound_modules_that_lie_where_the_table_says() {
        for platform in PLATFORMS.iter().filter(|platform| platform.firmware.is_some()) {
            let layout = platform.firmware.unwrap();
            let modules = modules(platform, OsVersion::usual(platform)).unwrap();
            assert_eq!(modules.len(), layout.system.len() + 1);
            for (place, released) in layout.system.iter().zip(&modules) {
                let module = Module::parse(&released.bytes).unwrap();
                module.verify().unwrap();
                let prefix = module.prefix();
                assert_eq!(
                    (prefix.platform, prefix.function, prefix.index),
                    (platform.id, place.function, place.index)
                );
                let anchor = Anchor::Start(prefix.start);
                assert!(
                    place.anchors.is_empty() || place.anchors.contains(&anchor),
                    "{}",
                    released.file_name
                );
                assert!(released.bytes.len() <= place.max_size as usize, "{}", released.file_name);
            }
        }
    }

    #[test]
    fn dependencies_and_versions_are_those_of_published_files() {
        let described = |platform, version| -> Vec<String> {
            let describe = |released: Released| {
                let module = Module::parse(&released.bytes).unwrap();
                let prefix = *module.prefix();
                let needs: Vec<_> = prefix
                    .dependencies
                    .iter()
                    .flatten()
                    .map(|needed| {
                        format!("{}.{}>={}", u8::from(needed.function), needed.index, needed.version)
                    })
                    .collect();
                format!(
                    "{} {:#x} {} {}",
                    prefix.version,
                    prefix.start,
                    module.prefix_offset(),
                    needs.join(" ")
                )
            };
            files(platform, version).into_iter().map(describe).collect()
        };
        assert_eq!(
            described("photon", OsVersion(2, 0, 1))[..3],
            ["1005 0x8000000 388 ", "2011 0x8020000 388 4.2>=207", "2011 0x8060000 388 4.1>=2011 2.0>=1003"]
        );
        assert_eq!(
            described("electron", OsVersion(2, 0, 1))[1..4],
            [
                "2011 0x8020000 388 4.3>=2011",
                "2011 0x8040000 388 4.1>=2011 2.0>=1003",
                "2011 0x8060000 0 4.2>=110"
            ]
        );
        assert_eq!(
            described("argon", OsVersion(2, 0, 1))[..3],
            ["1005 0xf4000 512 ", "2011 0x30000 512 2.0>=1005 8.0>=202", "202 0x1000 0 2.0>=501 4.1>=1321"]
        );
    }

    #[test]
    fn the_soft_device_goes_without_its_prefix_and_the_first_stage_is_encrypted() {
        let flags = |platform, version, index: usize| {
            let files = files(platform, version);
            let module = Module::parse(&files[index].bytes).unwrap();
            module.prefix().flags
        };
        assert_eq!(flags("boron", OsVersion(6, 3, 4), 2), Flags::DROP_MODULE_INFO);
        assert_eq!(flags("p2", OsVersion(6, 3, 4), 1), Flags::ENCRYPTED);
    }

    #[test]
    fn files_are_named_as_in_releases() {
        let names = |platform, version| -> Vec<String> {
            files(platform, version).into_iter().map(|released| released.file_name).collect()
        };
        assert_eq!(
            names("electron", OsVersion(3, 3, 1)),
            [
                "electron-bootloader@3.3.1.bin",
                "electron-system-part2@3.3.1.bin",
                "electron-system-part3@3.3.1.bin",
                "electron-system-part1@3.3.1.bin",
                "electron-tinker@3.3.1.bin"
            ]
        );
    }
}
