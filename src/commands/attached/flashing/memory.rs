//! What is on a device, as its bootloader lets one read it from memory.

use crate::{
    dfu::{Dfu, DfuError},
    firmware::{
        CheckResult, Checks, Extension, Flags, InstalledModule, Inventory, Module, PREFIX_OFFSETS,
        PREFIX_SIZE, Prefix, SoftDeviceInfo, Store, Suffix,
    },
    platform::{Anchor, ApplicationPlace, ModuleFunction, ModulePlace, Platform},
    usb::TransferError,
};

/// The alternate setting that reaches the processor's own flash.
const INTERNAL_FLASH: u8 = 0;
/// As much of the start of a module as has its prefix in it.
const HEAD_SIZE: usize = 0x200 + PREFIX_SIZE;
/// As much of the end of a module as its suffix can have, but for that of an application with very many assets.
const TAIL_SIZE: u32 = 512;

/// The modules in the places that the table of platforms names, each read as a whole and checked by its CRC. Of the radio
/// stack, whose prefix is not in memory, the version alone is known; firmware of a processor beside this one is out of
/// the bootloader's reach. `progress` is told how many bytes were read so far. What cannot be read is not there; an error
/// is an interrupt, or a device that went away.
pub fn inventory(
    dfu: &mut Dfu,
    platform: &'static Platform,
    progress: &mut dyn FnMut(u64),
) -> Result<Inventory, DfuError> {
    let mut reader = Reader { dfu, platform, read: 0, progress, failure: None };
    let mut modules: Vec<InstalledModule> = Vec::new();
    let layout = platform.firmware.iter();
    let system = layout.clone().flat_map(|layout| layout.system);
    let system: Vec<_> = system.filter_map(|place| reader.system_module(place)).collect();
    let applications = layout.flat_map(|layout| layout.applications());
    let applications: Vec<_> = applications.filter_map(|place| reader.application(&place)).collect();
    for module in system.into_iter().chain(applications) {
        let is_it =
            |other: &InstalledModule| (other.function, other.index) == (module.function, module.index);
        if !modules.iter().any(is_it) {
            modules.push(module);
        }
    }
    match reader.failure {
        Some(error) => Err(error),
        None => Ok(Inventory { platform: Some(platform.id), modules, assets: None }),
    }
}

/// Reads the flash of a device.
struct Reader<'a> {
    dfu: &'a mut Dfu,
    platform: &'static Platform,
    /// Bytes of what was read to its end.
    read: u64,
    progress: &'a mut dyn FnMut(u64),
    /// Why nothing more can be read.
    failure: Option<DfuError>,
}

impl Reader<'_> {
    /// The module in a place of the system; where it has moved, in the first place that holds one.
    fn system_module(&mut self, place: &ModulePlace) -> Option<InstalledModule> {
        if let (ModuleFunction::RadioStack, [Anchor::Start(start), ..]) = (place.function, place.anchors) {
            return self.radio_stack(*start);
        }
        place.anchors.iter().find_map(|anchor| {
            let start = self.start(*anchor, place.max_size)?;
            let found = self.module_at(start)?;
            ((found.function, found.index) == (place.function, place.index)).then_some(found)
        })
    }

    /// The application in a place, whatever its index.
    fn application(&mut self, place: &ApplicationPlace) -> Option<InstalledModule> {
        let start = self.start(place.anchor, place.max_size)?;
        let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
        self.module_at(start).filter(|found| found.function == function)
    }

    /// Where a module begins; the suffix of one that grows to the left says so.
    fn start(&mut self, anchor: Anchor, max_size: u32) -> Option<u32> {
        let end = match anchor {
            Anchor::Start(start) => return Some(start),
            Anchor::End(end) => end,
        };
        let tail = self.bytes(end.checked_sub(TAIL_SIZE)?, TAIL_SIZE as usize)?;
        let stated =
            Suffix::parse(&tail, 0)?.extensions.into_iter().find_map(|located| match located.extension {
                Extension::DynamicLocation { module_start, .. } => Some(module_start),
                _ => None,
            })?;
        let room = end.saturating_sub(max_size)..end;
        room.contains(&stated).then_some(stated)
    }

    /// The module that begins at an address.
    fn module_at(&mut self, address: u32) -> Option<InstalledModule> {
        let head = self.bytes(address, HEAD_SIZE)?;
        let prefix = PREFIX_OFFSETS.iter().find_map(|offset| {
            let prefix = Prefix::parse(head.get(*offset..)?.first_chunk()?)?;
            let fits = prefix.start == address
                && prefix.platform == self.platform.id
                && !prefix.flags.contains(Flags::DROP_MODULE_INFO);
            fits.then_some(prefix)
        })?;
        let bytes = self.bytes(address, usize::try_from(prefix.length()).ok()?)?;
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

    /// The SoftDevice that begins at an address.
    fn radio_stack(&mut self, address: u32) -> Option<InstalledModule> {
        let offset = u32::try_from(SoftDeviceInfo::OFFSET).ok()?;
        let bytes = self.bytes(address.checked_add(offset)?, SoftDeviceInfo::LENGTH)?;
        let info = SoftDeviceInfo::parse(bytes.first_chunk()?)?;
        Some(InstalledModule {
            function: ModuleFunction::RadioStack,
            version: info.firmware_id,
            ..InstalledModule::empty(Store::Main)
        })
    }

    fn bytes(&mut self, address: u32, length: usize) -> Option<Vec<u8>> {
        let Self { dfu, read, progress, .. } = self;
        match dfu.read(INTERNAL_FLASH, address, length, &mut |part, _| progress(*read + part)) {
            Ok(bytes) => {
                self.read += bytes.len() as u64;
                return Some(bytes);
            }
            Err(
                error @ (DfuError::Stopped { .. }
                | DfuError::Transfer { source: TransferError::Disconnected, .. }),
            ) => self.failure = Some(error),
            Err(error) => tracing::debug!("{length} bytes at {address:#010x} cannot be read: {error}"),
        }
        None
    }
}
