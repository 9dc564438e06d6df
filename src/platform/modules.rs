//! The parts of a board's firmware beside its application: where they lie, and how they get there.
//!
//! Sources: Device OS `hal/src/*/ota_module_bounds.c`, `platform/MCU/nRF52840/inc/flash_mal.h`,
//! `platform/MCU/*/inc/dct.h`; Particle's device constants (`firmwareModules`, `dfu.segments`).

use super::{Anchor, ModuleFunction, firmware::KIB};
use ModuleFunction::{Bootloader, Ncp, RadioStack, SystemPart};

/// How a module gets to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The bootloader writes it there.
    Dfu,
    /// It replaces the bootloader, which cannot do that itself: the system copies it from the staging area at its next
    /// start, or takes it by control request.
    Staged,
    /// The running system takes it by control request, and nothing else does.
    ControlRequest,
}

/// A part of a board's firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModulePlace {
    /// What it is for.
    pub function: ModuleFunction,
    /// Which of the parts of that function it is.
    pub index: u8,
    /// Where it lies in the processor's own flash; if it has moved, every place that it had, the present one first.
    /// Empty for what lies beside the processor.
    pub anchors: &'static [Anchor],
    /// How large it may be.
    pub max_size: u32,
    /// How it gets there.
    pub route: Route,
}

/// The application that a factory reset brings back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactoryImage {
    /// Alternate setting of the DFU interface.
    pub alternate: u8,
    /// Its first byte.
    pub address: u32,
    /// How large it may be.
    pub max_size: u32,
}

/// A place from where the system takes a module when it starts.
///
/// The flag at [`UPDATE_FLAG`](StagingArea::UPDATE_FLAG) of the Device Configuration Table tells it that one is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StagingArea {
    /// Alternate setting of the DFU interface.
    pub alternate: u8,
    /// From which version of Device OS on (`major, minor, patch`) it begins where; the latest first.
    pub addresses: &'static [((u8, u8, u8), u32)],
    /// How large a module may be.
    pub max_size: u32,
}

impl StagingArea {
    /// Address of the flag in the Device Configuration Table.
    pub const UPDATE_FLAG: u32 = 1753;
    /// Value of the flag where a module is to be taken.
    pub const UPDATE_PENDING: u8 = 0xA5;

    /// Where it begins for this version of Device OS (`major, minor, patch`).
    pub fn address_for(&self, version: (u8, u8, u8)) -> u32 {
        let known = self.addresses.iter().find(|(since, _)| version >= *since).or(self.addresses.last());
        known.map_or(0, |(_, address)| *address)
    }
}

const ALWAYS: (u8, u8, u8) = (0, 0, 0);

pub(super) const GENERATION_2_STAGING: StagingArea =
    StagingArea { alternate: 0, addresses: &[(ALWAYS, 0x080C_0000)], max_size: 128 * KIB };

/// The same, up to the end of the flash and over the factory image.
pub(super) const PHOTON_STAGING: StagingArea = StagingArea { max_size: 256 * KIB, ..GENERATION_2_STAGING };

pub(super) const NRF_4MB_STAGING: StagingArea = StagingArea {
    alternate: 2,
    addresses: &[((5, 5, 0), 0x8024_C000), (ALWAYS, 0x8028_9000)],
    max_size: 1500 * KIB,
};

pub(super) const NRF_8MB_STAGING: StagingArea = StagingArea {
    alternate: 2,
    addresses: &[((2, 0, 0), 0x8068_9000), (ALWAYS, 0x8028_9000)],
    max_size: 1500 * KIB,
};

const fn place(
    function: ModuleFunction,
    index: u8,
    anchors: &'static [Anchor],
    max_size: u32,
    route: Route,
) -> ModulePlace {
    ModulePlace { function, index, anchors, max_size, route }
}

const GENERATION_2_BOOTLOADER: ModulePlace =
    place(Bootloader, 0, &[Anchor::Start(0x0800_0000)], 16 * KIB, Route::Staged);

pub(super) const PHOTON: &[ModulePlace] = &[
    GENERATION_2_BOOTLOADER,
    place(SystemPart, 1, &[Anchor::Start(0x0802_0000)], 256 * KIB, Route::Dfu),
    place(SystemPart, 2, &[Anchor::Start(0x0806_0000)], 256 * KIB, Route::Dfu),
];

// Released files are numbered otherwise: `system-part1` is the module with index 3.
pub(super) const ELECTRON: &[ModulePlace] = &[
    GENERATION_2_BOOTLOADER,
    place(SystemPart, 1, &[Anchor::Start(0x0802_0000)], 128 * KIB, Route::Dfu),
    place(SystemPart, 2, &[Anchor::Start(0x0804_0000)], 128 * KIB, Route::Dfu),
    place(SystemPart, 3, &[Anchor::Start(0x0806_0000)], 128 * KIB, Route::Dfu),
];

const NRF_BOOTLOADER: ModulePlace = place(Bootloader, 0, &[Anchor::Start(0xF_4000)], 48 * KIB, Route::Staged);
// It moved down with Device OS 6.2.0.
const NRF_SYSTEM: ModulePlace =
    place(SystemPart, 1, &[Anchor::Start(0x2_8000), Anchor::Start(0x3_0000)], 656 * KIB, Route::Dfu);
const NRF_RADIO: ModulePlace = place(RadioStack, 0, &[Anchor::Start(0x1000)], 188 * KIB, Route::Dfu);

pub(super) const NRF: &[ModulePlace] = &[NRF_BOOTLOADER, NRF_SYSTEM, NRF_RADIO];

/// With firmware for a processor beside the processor.
pub(super) const NRF_NCP: &[ModulePlace] =
    &[NRF_BOOTLOADER, NRF_SYSTEM, NRF_RADIO, place(Ncp, 0, &[], 1500 * KIB, Route::ControlRequest)];

pub(super) const RTL: &[ModulePlace] = &[
    place(Bootloader, 0, &[Anchor::Start(0x0800_4000)], 64 * KIB, Route::ControlRequest),
    // Encrypted.
    place(Bootloader, 1, &[Anchor::Start(0x0800_0000)], 8 * KIB, Route::ControlRequest),
    place(Bootloader, 2, &[Anchor::Start(0x0801_4000)], 296 * KIB, Route::ControlRequest),
    place(SystemPart, 1, &[Anchor::Start(0x0806_0000)], 1536 * KIB, Route::Dfu),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::PLATFORMS;

    #[test]
    fn what_dfu_writes_is_where_it_may_write() {
        for platform in PLATFORMS {
            let (Some(firmware), Some(flash)) = (platform.firmware, platform.flash) else { continue };
            let internal = flash.alternate_setting(0).unwrap();
            for place in firmware.system.iter().filter(|place| place.route == Route::Dfu) {
                for anchor in place.anchors {
                    let Anchor::Start(start) = *anchor else { panic!("{}: {place:?}", platform.name) };
                    assert!(internal.extent.holds(start, 1), "{}: {place:?}", platform.name);
                    assert!(!internal.forbidden.iter().any(|span| span.holds(start, 1)), "{}", platform.name);
                }
            }
            let bootloaders = firmware.system.iter().filter(|place| place.function == Bootloader);
            assert!(bootloaders.clone().all(|place| place.route != Route::Dfu), "{}", platform.name);
        }
    }

    #[test]
    fn images_kept_for_later_lie_in_the_memory_they_are_said_to() {
        for platform in PLATFORMS {
            let (Some(firmware), Some(flash)) = (platform.firmware, platform.flash) else { continue };
            let inside = |alternate, address, size: u32| {
                flash.alternate_setting(alternate).unwrap().extent.holds(address, size as usize)
            };
            if let Some(factory) = firmware.factory {
                assert!(inside(factory.alternate, factory.address, factory.max_size), "{}", platform.name);
            }
            if let Some(staging) = firmware.staging {
                for (_, address) in staging.addresses {
                    assert!(inside(staging.alternate, *address, staging.max_size), "{}", platform.name);
                }
            }
        }
    }

    #[test]
    fn the_staging_area_follows_the_version() {
        assert_eq!(NRF_4MB_STAGING.address_for((5, 4, 1)), 0x8028_9000);
        assert_eq!(NRF_4MB_STAGING.address_for((6, 3, 4)), 0x8024_C000);
        assert_eq!(NRF_8MB_STAGING.address_for((1, 5, 2)), 0x8028_9000);
        assert_eq!(NRF_8MB_STAGING.address_for((6, 3, 4)), 0x8068_9000);
    }
}
