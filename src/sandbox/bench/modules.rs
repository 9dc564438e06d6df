//! The firmware modules a virtual device claims to hold.
//!
//! Which ones there are follows the board; all have the version number of the system.
//! Source of the JSON form: Device OS `system/src/system_update.cpp`; of the message: device-os-protobuf
//! `control/storage.proto`.

use super::{os_version::OsVersion, state::DeviceState};
use crate::{
    firmware::ModuleFunction,
    platform::{Generation, Mcu},
    usb::control::messages::{self, ModuleInfoReply},
};
use prost::Message;
use serde_json::{Value, json};

/// Integrity, dependencies, address range and platform have been checked.
const ALL_CHECKS: u8 = 2 | 4 | 8 | 16;

struct Module {
    function: ModuleFunction,
    index: u8,
    version: u16,
    max_size: u32,
}

fn modules(state: &DeviceState) -> Vec<Module> {
    use ModuleFunction::{Bootloader, Monolithic, SystemPart, UserPart};
    let OsVersion(major, minor, patch) = state.os_version;
    let version = state.os_version.module_version();
    let module = |function, index, max_size| Module { function, index, version, max_size };
    let mut modules = match state.platform.mcu {
        Mcu::Stm32f103 => vec![],
        Mcu::Stm32f205 => {
            vec![
                module(Bootloader, 0, 16_384),
                module(SystemPart, 1, 262_144),
                module(SystemPart, 2, 262_144),
            ]
        }
        _ => vec![module(Bootloader, 0, 49_152), module(SystemPart, 1, 671_744)],
    };
    modules.extend(state.platform.firmware.map(|layout| {
        let place = layout.application_for((major, minor, patch));
        module(if place.monolithic { Monolithic } else { UserPart }, place.index, place.max_size)
    }));
    modules
}

/// The module description that the console prints for `s`.
pub(super) fn json(state: &DeviceState) -> Value {
    let modules = modules(state).into_iter().map(|module| {
        json!({
            "s": module.max_size, "l": "m", "vc": ALL_CHECKS, "vv": ALL_CHECKS,
            "f": module.letter().to_string(), "n": module.index.to_string(), "v": module.version, "d": [],
        })
    });
    let mut description = json!({ "p": state.platform.id });
    for (name, value) in [("imei", &state.imei), ("iccid", &state.iccid)] {
        if let Some(value) = value {
            description[name] = json!(value);
        }
    }
    description["m"] = modules.collect();
    description
}

/// The reply to the module-info request: JSON before Device OS 1.1.0 on generation 2, a message since.
pub(super) fn reply(state: &DeviceState) -> Vec<u8> {
    let version = state.os_version;
    if state.platform.generation < Generation::Three && version < OsVersion(1, 1, 0) {
        return json(state).to_string().into_bytes();
    }
    let modules = modules(state);
    let reply = if version < OsVersion(5, 6, 0) {
        let early_modules = modules.iter().map(Module::early_message).collect();
        ModuleInfoReply { early_modules, ..ModuleInfoReply::default() }
    } else {
        let modules = modules.iter().map(Module::message).collect();
        ModuleInfoReply { modules, ..ModuleInfoReply::default() }
    };
    reply.encode_to_vec()
}

impl Module {
    /// Its function in the JSON form.
    fn letter(&self) -> char {
        match self.function {
            ModuleFunction::Bootloader => 'b',
            ModuleFunction::SystemPart => 's',
            ModuleFunction::UserPart => 'u',
            _ => 'm',
        }
    }

    fn early_message(&self) -> messages::EarlyModule {
        let kind = match self.function {
            ModuleFunction::Bootloader => 1,
            ModuleFunction::SystemPart => 2,
            ModuleFunction::UserPart => 3,
            _ => 4,
        };
        let (index, version) = (self.index.into(), self.version.into());
        messages::EarlyModule {
            kind,
            index,
            version,
            size: self.max_size,
            ..messages::EarlyModule::default()
        }
    }

    fn message(&self) -> messages::Module {
        messages::Module {
            kind: u8::from(self.function).into(),
            index: self.index.into(),
            version: self.version.into(),
            store: 0,
            max_size: self.max_size,
            checked: ALL_CHECKS.into(),
            passed: ALL_CHECKS.into(),
            size: self.max_size,
            ..messages::Module::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn reply_of(platform: &str, version: &str) -> Vec<u8> {
        let platform = Platform::by_name(platform).unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.os_version = version.parse().unwrap();
        reply(&state)
    }

    #[test]
    fn the_form_of_the_reply_follows_the_version() {
        let json: Value = serde_json::from_slice(&reply_of("photon", "1.0.1")).unwrap();
        assert_eq!((&json["p"], &json["m"][1]["f"]), (&json!(6), &json!("s")));
        let early = ModuleInfoReply::decode(reply_of("photon", "3.3.1").as_slice()).unwrap();
        assert_eq!((early.early_modules.len(), early.modules.len()), (4, 0));
        let late = ModuleInfoReply::decode(reply_of("boron", "6.3.4").as_slice()).unwrap();
        assert_eq!((late.early_modules.len(), late.modules[1].version), (0, 6305));
    }
}
