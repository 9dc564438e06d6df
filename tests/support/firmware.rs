//! Firmware to inspect, bundle and flash.

use super::TestEnvironment;
use particle::{
    firmware::{Dependency, ModuleFunction, ModuleParts, Product},
    platform::{Anchor, PlatformId},
};
use std::fs;

/// Sets a file in the working folder.
pub fn put(environment: &TestEnvironment, name: &str, contents: impl AsRef<[u8]>) {
    let path = environment.work().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

/// A file of the working folder.
pub fn file(environment: &TestEnvironment, name: &str) -> Vec<u8> {
    fs::read(environment.work().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A dependency.
pub fn needs(function: ModuleFunction, index: u8, version: u16) -> Option<Dependency> {
    Some(Dependency { function, index, version })
}

/// The system module that the documentation inspects.
pub fn system_part() -> ModuleParts {
    ModuleParts {
        version: 6,
        dependencies: [needs(ModuleFunction::SystemPart, 1, 6), None],
        before_prefix: vec![0; 0x184],
        contents: vec![0x5A; 2000],
        product: Some(Product::NONE),
        ..ModuleParts::new(PlatformId(6), ModuleFunction::SystemPart, 2, Anchor::Start(0x0806_0000))
    }
}

/// An application for a Boron that can have assets.
pub fn application() -> ModuleParts {
    ModuleParts {
        version: 6,
        dependencies: [needs(ModuleFunction::SystemPart, 1, 6305), None],
        contents: vec![0x5A; 2000],
        product: Some(Product { id: 13, version: 4 }),
        ..ModuleParts::new(PlatformId(13), ModuleFunction::UserPart, 2, Anchor::Start(0xB_4000))
    }
}

/// The CRC that a binary ends with.
pub fn crc_of(bytes: &[u8]) -> String {
    bytes[bytes.len() - 4..].iter().map(|byte| format!("{byte:02x}")).collect()
}
