//! Modules for each board, and what is in the memory of a virtual device.

use super::{Sandbox, TestEnvironment};
use particle::{
    clock::Clock,
    dfu::Dfu,
    firmware::{Dependency, Extension, ModuleFunction, ModuleParts},
    platform::{Anchor, Platform, system_version_of},
    usb::{
        Bus,
        usbip::{HostAddress, UsbIpBus},
    },
};

/// Bytes in each module: a whole number of blocks and sectors.
pub const MODULE_SIZE: usize = 16 * 1024;

/// The platform of this name.
pub fn platform(name: &str) -> &'static Platform {
    Platform::by_name(name).unwrap()
}

/// The version that system modules have on a new virtual board.
pub fn system_version(name: &str) -> u16 {
    let release = match name {
        "core" => "1.4.4",
        "photon" | "p1" | "electron" => "3.3.1",
        "xenon" => "1.5.2",
        _ => "6.3.4",
    };
    system_version_of(release).unwrap()
}

/// A module of [`MODULE_SIZE`] bytes.
pub fn sized(parts: ModuleParts) -> Vec<u8> {
    let overhead = parts.build().unwrap().len() - parts.contents.len();
    let filler = |number: usize| (number * 31 + number / 251) as u8;
    let contents = (0..MODULE_SIZE - overhead).map(filler).collect();
    ModuleParts { contents, ..parts }.build().unwrap()
}

/// An application of a board, needing the system that a new one has.
pub fn application(name: &str) -> ModuleParts {
    let place = platform(name).firmware.unwrap().application;
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let system = Dependency { function: ModuleFunction::SystemPart, index: 1, version: system_version(name) };
    let location = Extension::DynamicLocation { module_start: 0, dynalib_load: 0, dynalib_start: 0 };
    ModuleParts {
        version: 7,
        // One that grows to the left says where it begins.
        suffix_extensions: Some(location)
            .filter(|_| matches!(place.anchor, Anchor::End(_)))
            .into_iter()
            .collect(),
        dependencies: [Some(system).filter(|_| !place.monolithic), None],
        before_prefix: if place.monolithic { vec![0; 0x10C] } else { Vec::new() },
        ..ModuleParts::new(platform(name).id, function, place.index, place.anchor)
    }
}

/// The first part of the system of a board.
pub fn system_part(name: &str) -> ModuleParts {
    let place = platform(name).firmware.unwrap().system_module(ModuleFunction::SystemPart, 1).unwrap();
    // It moved down with Device OS 6.2.0.
    let anchor = if name == "xenon" { place.anchors.last() } else { place.anchors.first() };
    ModuleParts {
        version: system_version(name),
        ..ModuleParts::new(platform(name).id, ModuleFunction::SystemPart, 1, *anchor.unwrap())
    }
}

/// The address of a module's first byte.
pub fn start_of(parts: &ModuleParts) -> u32 {
    match parts.anchor {
        Anchor::Start(start) => start,
        Anchor::End(end) => end - MODULE_SIZE as u32,
    }
}

/// What the only device of a sandbox holds, read by its bootloader; the device is left in DFU mode.
pub fn memory(
    environment: &TestEnvironment,
    sandbox: &Sandbox,
    alternate: u8,
    address: u32,
    length: usize,
) -> Vec<u8> {
    environment.in_sandbox(["usb", "dfu"]).success();
    let usbip = sandbox.ready()["usbip"].as_str().unwrap();
    let (host, port) = usbip.rsplit_once(':').unwrap();
    let address_of_host = HostAddress { host: host.to_owned(), port: port.parse().unwrap() };
    let clock = Clock::new(0.01);
    let bus = UsbIpBus::new(address_of_host, clock.clone());
    let found = bus.enumerate().unwrap().remove(0);
    let name = sandbox.ready()["devices"][0]["platform"].as_str().unwrap();
    let handle = bus.open(&found.address).unwrap();
    let mut dfu = Dfu::open(handle, &clock, platform(name).flash.unwrap()).unwrap();
    dfu.read(alternate, address, length, &mut |_, _| ()).unwrap()
}
