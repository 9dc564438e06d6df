//! Applications.

use super::last_system_part;
use crate::{
    firmware::{BuildError, Dependency, Extension, ModuleFunction, ModuleParts, Product},
    platform::{Anchor, Platform},
    sandbox::bench::{OsVersion, Program},
};

/// What every application is filled up with, so that it has the size of a small one.
const FILLING: usize = 5000;

/// An application for a platform and a version of Device OS with a program in it; `seed` decides what else is.
pub fn application(
    platform: &'static Platform,
    version: OsVersion,
    program: &Program,
    seed: &[u8],
) -> Result<Vec<u8>, BuildError> {
    let OsVersion(major, minor, patch) = version;
    let place = platform.firmware.ok_or(BuildError::Address)?.application_for((major, minor, patch));
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let mut contents = program.to_contents();
    contents.extend(seed.iter().cycle().take(FILLING));
    let mut parts = ModuleParts {
        before_prefix: if place.monolithic { vectors() } else { Vec::new() },
        contents,
        version: version.module_version(),
        product: Some(Product::NONE),
        ..ModuleParts::new(platform.id, function, place.index, place.anchor)
    };
    parts.dependencies[0] = (!place.monolithic).then(|| Dependency {
        function: ModuleFunction::SystemPart,
        index: last_system_part(platform),
        version: version.module_version(),
    });
    if let Anchor::End(_) = place.anchor {
        // The bootloader looks at the end, which is where it always is, for where the module begins.
        parts.suffix_extensions.push(Extension::DynamicLocation {
            module_start: 0,
            dynalib_load: 0,
            dynalib_start: 0,
        });
    }
    let module = parts.build()?;
    if module.len() > place.max_size as usize { Err(BuildError::Address) } else { Ok(module) }
}

/// What a processor reads when it starts: where its stack begins, then addresses of code. A Core has its prefix behind
/// this table.
fn vectors() -> Vec<u8> {
    const STACK: u32 = 0x2000_5000;
    const HANDLER: u32 = 0x0800_5111;
    const SIZE: usize = 0x10C;
    let words = std::iter::once(STACK).chain(std::iter::repeat(HANDLER));
    words.flat_map(u32::to_le_bytes).take(SIZE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{firmware::Module, platform::PLATFORMS};

    #[test]
    fn every_platform_gets_a_sound_module() {
        for platform in PLATFORMS.iter().filter(|platform| platform.firmware.is_some()) {
            let version = OsVersion::usual(platform);
            let bytes = application(platform, version, &Program::Tinker, b"seed").unwrap();
            let parsed = Module::parse(&bytes).unwrap();
            parsed.verify().unwrap();
            assert_eq!(parsed.prefix().platform, platform.id, "{}", platform.name);
            assert_eq!(Program::of_module(&parsed), Program::Tinker, "{}", platform.name);
        }
    }

    #[test]
    fn applications_moved_on_nrf52840_boards() {
        let boron = Platform::by_name("boron").unwrap();
        let index = |version| {
            let bytes = application(boron, version, &Program::Tinker, b"seed").unwrap();
            Module::parse(&bytes).unwrap().prefix().index
        };
        assert_eq!([index(OsVersion(2, 3, 1)), index(OsVersion(3, 3, 1))], [1, 2]);
    }
}
