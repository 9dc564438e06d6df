//! How a device tells what modules it holds.
//!
//! Sources: of the JSON form Device OS `system/src/system_update.cpp` and `system/src/system_info.cpp`; of the messages
//! `system/src/control/storage.cpp` and device-os-protobuf `control/storage.proto`.

use super::{
    inventory::{Found, Inventory, Slot, Store},
    os_version::OsVersion,
    state::{DeviceState, StoredAsset},
};
use crate::{
    firmware::{AssetDependency, Dependency, ModuleFunction},
    platform::Generation,
    usb::control::messages::{
        AssetInfoReply, EarlyModule, Module, ModuleAsset, ModuleDependency, ModuleInfoReply, ModuleSecurity,
    },
};
use prost::Message;
use serde_json::{Value, json};

/// Bits of the checks (Device OS `hal/inc/ota_flash_hal.h`).
mod check {
    pub(super) const INTEGRITY: u32 = 2;
    pub(super) const DEPENDENCIES: u32 = 4;
    pub(super) const ADDRESS_RANGE: u32 = 8;
    pub(super) const PLATFORM: u32 = 16;
    pub(super) const ALL: u32 = INTEGRITY | DEPENDENCIES | ADDRESS_RANGE | PLATFORM;
}

/// Messages tell of one check a bit whether it failed until this version.
const LATE_FORM: OsVersion = OsVersion(5, 6, 0);
/// Generation 2 replies with JSON before this version.
const MESSAGES: OsVersion = OsVersion(1, 1, 0);

/// The module description that the console prints for `s`.
pub(super) fn json(state: &DeviceState) -> Value {
    let mut description = json!({ "p": state.platform.id });
    for (name, value) in [("imei", &state.imei), ("iccid", &state.iccid)] {
        if let Some(value) = value {
            description[name] = json!(value);
        }
    }
    description["m"] = Inventory::of(state).slots.iter().map(Slot::json).collect();
    description
}

/// The reply to the module-info request: JSON before Device OS 1.1.0 on generation 2, a message since.
pub(super) fn reply(state: &DeviceState) -> Vec<u8> {
    let version = state.os_version;
    if state.platform.generation < Generation::Three && version < MESSAGES {
        return json(state).to_string().into_bytes();
    }
    let inventory = Inventory::of(state);
    let slots = inventory.slots.iter();
    let reply = if version < LATE_FORM {
        let main = slots.filter(|slot| slot.store == Store::Main);
        ModuleInfoReply {
            early_modules: main.filter_map(Slot::early_message).collect(),
            ..ModuleInfoReply::default()
        }
    } else {
        let modules = slots.filter_map(|slot| slot.message(&state.assets)).collect();
        ModuleInfoReply { modules, ..ModuleInfoReply::default() }
    };
    reply.encode_to_vec()
}

/// The reply to the asset-info request.
pub(super) fn assets(state: &DeviceState) -> AssetInfoReply {
    let inventory = Inventory::of(state);
    let application = inventory.application().and_then(Slot::sound);
    AssetInfoReply {
        available: state.assets.iter().map(StoredAsset::message).collect(),
        required: application.map_or(Vec::new(), |found| required(found, &state.assets)),
    }
}

/// The files that an application needs, with their sizes as far as they are there.
fn required(found: &Found, there: &[StoredAsset]) -> Vec<ModuleAsset> {
    let describe = |needed: &AssetDependency| match there.iter().find(|asset| asset.is(needed)) {
        Some(asset) => asset.message(),
        None => ModuleAsset {
            hash: needed.hash.bytes().to_vec(),
            name: needed.name.clone(),
            ..ModuleAsset::default()
        },
    };
    found.assets.iter().map(describe).collect()
}

impl StoredAsset {
    fn message(&self) -> ModuleAsset {
        ModuleAsset {
            hash: self.hash.clone(),
            name: self.name.clone(),
            size: self.size,
            storage_size: self.storage_size,
        }
    }
}

impl Slot {
    fn json(&self) -> Value {
        let store = match self.store {
            Store::Main => "m",
            Store::Factory => "f",
        };
        let Some(found) = &self.module else {
            return json!({ "s": self.max_size, "l": store, "vc": 0, "vv": 0 });
        };
        let prefix = &found.prefix;
        let mut described = json!({
            "s": self.max_size, "l": store, "vc": check::ALL, "vv": found.passed(),
            "f": letter(prefix.function), "n": prefix.index.to_string(), "v": prefix.version,
        });
        if prefix.function == ModuleFunction::UserPart {
            described["u"] = found.sha256.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        }
        let dependency = |needed: Dependency| json!({ "f": letter(needed.function), "n": needed.index.to_string(), "v": needed.version, "_": "" });
        described["d"] = found.dependencies().map(dependency).collect();
        described
    }

    fn early_message(&self) -> Option<EarlyModule> {
        let found = self.module.as_ref()?;
        let prefix = &found.prefix;
        let dependency = |needed: Dependency| {
            let (index, version) = (needed.index.into(), needed.version.into());
            Some(ModuleDependency { kind: early_kind(needed.function)?, index, version })
        };
        let met = found.passed() & check::DEPENDENCIES != 0;
        Some(EarlyModule {
            kind: early_kind(prefix.function)?,
            index: prefix.index.into(),
            version: prefix.version.into(),
            size: found.size,
            failures: u32::from(!found.is_sound) | u32::from(!met) << 1,
            dependencies: found.dependencies().filter_map(dependency).collect(),
        })
    }

    fn message(&self, assets: &[StoredAsset]) -> Option<Module> {
        let found = self.module.as_ref()?;
        let prefix = &found.prefix;
        let dependency = |needed: Dependency| {
            let (index, version) = (needed.index.into(), needed.version.into());
            ModuleDependency { kind: u8::from(needed.function).into(), index, version }
        };
        let is_bootloader = prefix.function == ModuleFunction::Bootloader && prefix.index == 0;
        Some(Module {
            kind: u8::from(prefix.function).into(),
            index: prefix.index.into(),
            version: prefix.version.into(),
            store: self.store as u32,
            max_size: self.max_size,
            checked: check::ALL,
            passed: found.passed(),
            hash: found.sha256.to_vec(),
            dependencies: found.dependencies().map(dependency).collect(),
            assets: required(found, assets),
            size: found.size,
            security: is_bootloader
                .then(|| ModuleSecurity { mode: found.protects.into(), certificate_fingerprint: Vec::new() }),
        })
    }
}

impl Found {
    /// The checks it passes.
    fn passed(&self) -> u32 {
        let met = self.unmet.is_none() && !self.lacks_asset;
        [
            (self.is_sound, check::INTEGRITY),
            (met, check::DEPENDENCIES),
            (self.is_in_range, check::ADDRESS_RANGE),
            (self.is_for_board, check::PLATFORM),
        ]
        .into_iter()
        .filter_map(|(passed, bit)| passed.then_some(bit))
        .sum()
    }
}

/// A function in the JSON form.
fn letter(function: ModuleFunction) -> &'static str {
    match function {
        ModuleFunction::Bootloader => "b",
        ModuleFunction::SystemPart => "s",
        ModuleFunction::UserPart => "u",
        ModuleFunction::Monolithic => "m",
        ModuleFunction::RadioStack => "a",
        ModuleFunction::Ncp => "c",
        ModuleFunction::Resource => "r",
        ModuleFunction::Asset => "t",
        _ => "_",
    }
}

/// A function in the early messages; `None` for what they cannot tell.
fn early_kind(function: ModuleFunction) -> Option<u32> {
    Some(match function {
        ModuleFunction::Bootloader => 1,
        ModuleFunction::SystemPart => 2,
        ModuleFunction::UserPart => 3,
        ModuleFunction::Monolithic => 4,
        ModuleFunction::Ncp => 5,
        ModuleFunction::RadioStack => 6,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn device(platform: &str, version: &str) -> DeviceState {
        let platform = Platform::by_name(platform).unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.ship(version.parse().unwrap()).unwrap();
        state
    }

    fn reply_of(platform: &str, version: &str) -> Vec<u8> {
        reply(&device(platform, version))
    }

    fn late(state: &DeviceState) -> Vec<Module> {
        ModuleInfoReply::decode(reply(state).as_slice()).unwrap().modules
    }

    #[test]
    fn the_form_of_the_reply_follows_the_version() {
        let json: Value = serde_json::from_slice(&reply_of("photon", "1.0.1")).unwrap();
        assert_eq!(
            (&json["p"], &json["m"][1]["f"], &json["m"][1]["d"][0]["v"]),
            (&json!(6), &json!("s"), &json!(207))
        );
        assert_eq!(json["m"][4], json!({ "s": 131_072, "l": "f", "vc": 0, "vv": 0 }));
        let early = ModuleInfoReply::decode(reply_of("photon", "3.3.1").as_slice()).unwrap();
        assert_eq!((early.early_modules.len(), early.modules.len()), (4, 0));
        assert_eq!((early.early_modules[2].kind, early.early_modules[2].dependencies[1].kind), (2, 1));
        let late = ModuleInfoReply::decode(reply_of("boron", "6.3.4").as_slice()).unwrap();
        assert_eq!((late.early_modules.len(), late.modules[1].version), (0, 6305));
    }

    #[test]
    fn every_board_passes_its_own_checks() {
        for name in
            ["core", "photon", "p1", "electron", "argon", "boron", "xenon", "tracker", "esomx", "p2", "msom"]
        {
            let platform = Platform::by_name(name).unwrap();
            let state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
            let inventory = Inventory::of(&state);
            for slot in inventory.slots.iter().filter(|slot| slot.store == Store::Main) {
                let found = slot.sound().unwrap_or_else(|| panic!("{name}: {slot:?}"));
                assert_eq!(found.passed(), check::ALL, "{name}: {slot:?}");
            }
            assert_eq!((state.trouble, state.os_version), (None, OsVersion::usual(platform)), "{name}");
        }
    }

    #[test]
    fn damage_and_unmet_needs_are_told() {
        let mut boron = device("boron", "6.3.4");
        boron.write(0, 0x2_8000 + 0x1000, b"oops");
        let system = &late(&boron)[1];
        assert_eq!(system.checked ^ system.passed, check::INTEGRITY);
        boron.write(0, 0xF_4200 + 10, &[1, 0]);
        let modules = late(&boron);
        assert_eq!(modules[1].checked ^ modules[1].passed, check::INTEGRITY | check::DEPENDENCIES);
        boron.ship(OsVersion(5, 5, 0)).unwrap();
        boron.write(0, 0x3_0000 + 0x1000, b"oops");
        let early = ModuleInfoReply::decode(reply(&boron).as_slice()).unwrap().early_modules;
        assert_eq!((early[0].failures, early[1].failures), (0, 1));
    }

    #[test]
    fn a_factory_image_is_told_by_the_late_form() {
        let mut boron = device("boron", "6.3.4");
        let application = boron.module_at(0, 0xB_4000, 0x4_0000).unwrap().0;
        boron.write(2, 0x8020_0000, &application);
        let factory = late(&boron).pop().unwrap();
        assert_eq!((factory.store, factory.kind, factory.passed), (1, 5, check::ALL));
        assert_eq!(json(&boron)["m"][4]["l"], "f");
    }
}
