//! Asking a running device which firmware modules are on it.

use crate::{
    firmware::{Checks, Dependency, InstalledAsset, InstalledModule, Inventory, Store},
    platform::{ModuleFunction, PlatformId},
    usb::control::{
        ControlChannel, ControlError, REQUEST_LIMIT, RequestType,
        messages::{AssetInfoReply, EarlyModule, Module, ModuleAsset, ModuleDependency, ModuleInfoReply},
    },
};
use prost::Message;

/// The modules of a device of this platform, in whichever of three forms its firmware tells them.
///
/// [`ControlError::Unsupported`], or a refusal, from firmware before 0.8.0: its console tells.
pub fn read_inventory(channel: &mut ControlChannel, platform: PlatformId) -> Result<Inventory, ControlError> {
    let reply = channel.request(RequestType::MODULE_INFO, &[], REQUEST_LIMIT)?;
    let mut inventory = decode(&reply).ok_or(ControlError::Malformed("description of the modules"))?;
    inventory.platform.get_or_insert(platform);
    add_rooms(&mut inventory, platform);
    if inventory.modules.iter().any(|module| !module.assets.is_empty()) {
        inventory.assets = read_assets(channel)?;
    }
    Ok(inventory)
}

/// Says how much room there is for the modules of a board, where its firmware does not: Device OS 0.9.0 to 5.5.0.
fn add_rooms(inventory: &mut Inventory, platform: PlatformId) {
    let Some(layout) = platform.platform().and_then(|platform| platform.firmware) else { return };
    for module in inventory.modules.iter_mut().filter(|module| module.store == Store::Main) {
        let room = layout.room_for(module.function, module.index);
        module.max_size = module.max_size.or(room);
    }
}

/// The files for the application that are on the device. `None` if its firmware does not tell.
fn read_assets(channel: &mut ControlChannel) -> Result<Option<Vec<InstalledAsset>>, ControlError> {
    let told = ask_for_assets(channel)?;
    Ok(told.map(|AssetInfoReply { available, .. }| available.into_iter().map(asset).collect()))
}

/// The files that the application needs and that are not on the device, as far as its firmware tells.
pub fn read_missing_assets(channel: &mut ControlChannel) -> Result<Vec<InstalledAsset>, ControlError> {
    let AssetInfoReply { available, required } = ask_for_assets(channel)?.unwrap_or_default();
    let available: Vec<InstalledAsset> = available.into_iter().map(asset).collect();
    Ok(required.into_iter().map(asset).filter(|needed| !available.contains(needed)).collect())
}

/// `None` from firmware that does not tell.
fn ask_for_assets(channel: &mut ControlChannel) -> Result<Option<AssetInfoReply>, ControlError> {
    match channel.call(RequestType::ASSET_INFO, &(), REQUEST_LIMIT) {
        Ok(reply) => Ok(Some(reply)),
        Err(error) if error.is_not_supported() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a reply: JSON before Device OS 1.1.0 on generation 2, messages since.
fn decode(reply: &[u8]) -> Option<Inventory> {
    if reply.first() == Some(&b'{') {
        return Inventory::from_json(reply);
    }
    let ModuleInfoReply { early_modules, modules } = ModuleInfoReply::decode(reply).ok()?;
    let modules = if modules.is_empty() {
        early_modules.into_iter().map(early_module).collect()
    } else {
        modules.into_iter().map(late_module).collect()
    };
    Some(Inventory { modules, ..Inventory::default() })
}

/// A module as told before Device OS 5.6.0, where only those in their place are told.
fn early_module(told: EarlyModule) -> InstalledModule {
    InstalledModule {
        function: early_function(told.kind),
        index: index(told.index),
        version: version(told.version),
        size: Some(told.size).filter(|size| *size > 0),
        dependencies: dependencies(&told.dependencies, early_function),
        checks: Checks::from_early_failures(told.failures),
        ..InstalledModule::empty(Store::Main)
    }
}

fn late_module(told: Module) -> InstalledModule {
    InstalledModule {
        function: late_function(told.kind),
        index: index(told.index),
        version: version(told.version),
        max_size: Some(told.max_size).filter(|size| *size > 0),
        size: Some(told.size).filter(|size| *size > 0),
        hash: Some(told.hash).filter(|hash| !hash.is_empty()),
        dependencies: dependencies(&told.dependencies, late_function),
        assets: told.assets.into_iter().map(asset).collect(),
        checks: Checks::from_bits(told.checked, told.passed),
        protects: told.security.is_some_and(|security| security.mode != 0),
        ..InstalledModule::empty(store(told.store))
    }
}

fn dependencies(told: &[ModuleDependency], function: fn(u32) -> ModuleFunction) -> Vec<Dependency> {
    let dependency = |told: &ModuleDependency| Dependency {
        function: function(told.kind),
        index: index(told.index),
        version: version(told.version),
    };
    told.iter().map(dependency).filter(|needed| needed.function != ModuleFunction::None).collect()
}

fn asset(told: ModuleAsset) -> InstalledAsset {
    InstalledAsset { name: told.name, hash: told.hash }
}

/// The early messages number functions in a way of their own.
fn early_function(kind: u32) -> ModuleFunction {
    match kind {
        0 => ModuleFunction::None,
        1 => ModuleFunction::Bootloader,
        2 => ModuleFunction::SystemPart,
        3 => ModuleFunction::UserPart,
        4 => ModuleFunction::Monolithic,
        5 => ModuleFunction::Ncp,
        6 => ModuleFunction::RadioStack,
        _ => ModuleFunction::Unknown(u8::MAX),
    }
}

/// The later messages number functions as modules themselves do.
fn late_function(kind: u32) -> ModuleFunction {
    u8::try_from(kind).map_or(ModuleFunction::Unknown(u8::MAX), ModuleFunction::from)
}

fn store(number: u32) -> Store {
    match number {
        0 => Store::Main,
        1 => Store::Factory,
        2 => Store::Backup,
        3 => Store::Scratchpad,
        _ => Store::Unknown,
    }
}

/// Modules number themselves with fewer bits than messages do; what does not fit is as large as can be.
fn index(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// See [`index`].
fn version(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{firmware::CheckResult, usb::control::messages::ModuleSecurity};
    use proptest::prelude::*;

    #[test]
    fn json_is_known_by_its_first_byte() {
        let inventory = decode(br#"{"p":6,"m":[{"f":"s","n":"1","v":302,"l":"m"}]}"#).unwrap();
        assert_eq!((inventory.platform, inventory.system_version()), (Some(PlatformId(6)), Some(302)));
        assert_eq!(decode(b"{"), None);
        assert_eq!(decode(&[]), Some(Inventory::default()));
    }

    #[test]
    fn the_two_messages_number_functions_differently() {
        let module = EarlyModule { kind: 2, index: 1, version: 1512, failures: 2, ..EarlyModule::default() };
        let needed = ModuleDependency { kind: 1, index: 0, version: 502 };
        let early_modules = vec![EarlyModule { dependencies: vec![needed], ..module }];
        let early = ModuleInfoReply { early_modules, modules: Vec::new() };
        let early = decode(&early.encode_to_vec()).unwrap();
        let system = early.find(ModuleFunction::SystemPart, 1).unwrap();
        assert_eq!(system.dependencies[0].function, ModuleFunction::Bootloader);
        assert_eq!(system.checks.platform, CheckResult::NotChecked);
        assert_eq!(system.checks.dependencies, CheckResult::Failed);

        let module =
            Module { kind: 4, index: 1, version: 6305, checked: 30, passed: 30, ..Module::default() };
        let security = Some(ModuleSecurity { mode: 1, certificate_fingerprint: vec![1] });
        let bootloader = Module { kind: 2, security, ..Module::default() };
        let kept = Module { store: 1, ..module.clone() };
        let late = ModuleInfoReply { early_modules: Vec::new(), modules: vec![bootloader, module, kept] };
        let late = decode(&late.encode_to_vec()).unwrap();
        assert!(late.find(ModuleFunction::Bootloader, 0).unwrap().protects);
        assert_eq!(late.system_version(), Some(6305));
        assert!(late.find_in(Store::Factory, ModuleFunction::SystemPart, 1).is_some());
    }

    #[test]
    fn numbers_too_large_for_a_module_are_as_large_as_can_be() {
        let module = Module { kind: 300, index: 300, version: 70_000, store: 9, ..Module::default() };
        let module = late_module(module);
        assert_eq!((module.index, module.version, module.store), (u8::MAX, u16::MAX, Store::Unknown));
        assert_eq!(module.function, ModuleFunction::Unknown(u8::MAX));
    }

    #[test]
    fn the_table_knows_how_much_room_there_is() {
        let module =
            |function, index| InstalledModule { function, index, ..InstalledModule::empty(Store::Main) };
        let modules = vec![
            module(ModuleFunction::SystemPart, 1),
            module(ModuleFunction::UserPart, 1),
            InstalledModule { max_size: Some(1), ..module(ModuleFunction::Bootloader, 0) },
            module(ModuleFunction::Ncp, 0),
        ];
        let mut inventory = Inventory { modules, ..Inventory::default() };
        add_rooms(&mut inventory, PlatformId(6));
        let rooms: Vec<_> = inventory.modules.iter().map(|module| module.max_size).collect();
        assert_eq!(rooms, [Some(262_144), Some(131_072), Some(1), None]);
    }

    proptest! {
        #[test]
        fn any_reply_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
