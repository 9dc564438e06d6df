//! What is on a device, as its bootloader lets one read it from memory.

use crate::{
    dfu::Dfu,
    firmware::{CheckResult, Checks, Flags, InstalledModule, Inventory, Module, PREFIX_SIZE, Prefix, Store},
    platform::{Anchor, ModuleFunction, Platform},
};

/// The alternate setting that reaches the processor's own flash.
const INTERNAL_FLASH: u8 = 0;
/// Where prefixes are in modules: at their start, and behind the vector tables of STM32F2 and nRF52840.
const PREFIX_OFFSETS: [usize; 3] = [0, 0x184, 0x200];
const HEAD_SIZE: usize = 0x200 + PREFIX_SIZE;

/// The modules in the places that the table of platforms names, each read as a whole and checked by its CRC. Those whose
/// prefix is not in memory, such as the radio stack, are not seen.
pub fn inventory(dfu: &mut Dfu, platform: &'static Platform) -> Inventory {
    let Some(layout) = platform.firmware else { return Inventory::default() };
    let system = layout.system.iter().flat_map(|place| {
        place.anchors.iter().map(move |anchor| (place.function, Some(place.index), *anchor))
    });
    let application = |monolithic| match monolithic {
        true => ModuleFunction::Monolithic,
        false => ModuleFunction::UserPart,
    };
    let applications = layout.applications().map(|place| (application(place.monolithic), None, place.anchor));
    let mut modules: Vec<InstalledModule> = Vec::new();
    for (function, index, anchor) in system.chain(applications) {
        // Where a module begins that grows to the left is not known.
        let Anchor::Start(address) = anchor else { continue };
        let is_meant = |module: &InstalledModule| {
            module.function == function && index.is_none_or(|index| module.index == index)
        };
        let found = module_at(dfu, platform, address).filter(is_meant);
        let known = |module: &InstalledModule| {
            modules.iter().any(|other| (other.function, other.index) == (module.function, module.index))
        };
        if let Some(module) = found.filter(|module| !known(module)) {
            modules.push(module);
        }
    }
    Inventory { platform: Some(platform.id), modules, assets: None }
}

/// The module that begins at an address.
fn module_at(dfu: &mut Dfu, platform: &Platform, address: u32) -> Option<InstalledModule> {
    let mut read = |address, length| dfu.read(INTERNAL_FLASH, address, length, &mut |_, _| ()).ok();
    let head = read(address, HEAD_SIZE)?;
    let prefix = PREFIX_OFFSETS.iter().find_map(|offset| {
        let prefix = Prefix::parse(head.get(*offset..)?.first_chunk()?)?;
        let fits = prefix.start == address
            && prefix.platform == platform.id
            && !prefix.flags.contains(Flags::DROP_MODULE_INFO);
        fits.then_some(prefix)
    })?;
    let bytes = read(address, usize::try_from(prefix.length()).ok()?)?;
    let module = Module::parse(&bytes).ok();
    let is_whole = module.as_ref().is_some_and(|module| module.crc().is_ok());
    let integrity = if is_whole { CheckResult::Passed } else { CheckResult::Failed };
    Some(InstalledModule {
        function: prefix.function,
        index: prefix.index,
        version: prefix.version,
        size: u32::try_from(bytes.len()).ok(),
        hash: module.and_then(|module| module.sha256()).map(|hash| hash.stored.to_vec()),
        dependencies: prefix.dependencies.into_iter().flatten().collect(),
        checks: Checks { integrity, ..Checks::default() },
        ..InstalledModule::empty(Store::Main)
    })
}
