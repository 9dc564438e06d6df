//! Where a board has its application and the rest of its firmware, and how much it takes beside them.
//!
//! Sources: Particle's device constants, Device OS `hal/src/*/ota_module_bounds.c`.

use super::{
    ModuleFunction,
    modules::{self, FactoryImage, ModulePlace, StagingArea},
};

/// The address that stays the same however large an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Of its first byte.
    Start(u32),
    /// One past its last byte: it grows to the left.
    End(u32),
}

/// The place of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApplicationPlace {
    /// Application and system are one module.
    pub monolithic: bool,
    /// Index of the module.
    pub index: u8,
    /// Where it lies.
    pub anchor: Anchor,
    /// How large it may be.
    pub max_size: u32,
}

/// Room for files that are flashed along with the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetStorage {
    blocks: u32,
    /// How large a single asset may be, as a module.
    pub max_module_size: u32,
}

impl AssetStorage {
    const BLOCK_SIZE: u32 = 4096;
    /// What each block needs for itself.
    const BLOCK_OVERHEAD: u32 = 8;
    /// Blocks that the file system needs for itself.
    const RESERVED_BLOCKS: u32 = 10;

    /// Bytes for all assets together.
    pub fn capacity(&self) -> u64 {
        u64::from(Self::BLOCK_SIZE) * u64::from(self.blocks - Self::RESERVED_BLOCKS)
    }

    /// Bytes of the capacity that an asset takes, given the size of its module.
    pub fn cost(&self, module_size: usize) -> u64 {
        let usable = u64::from(Self::BLOCK_SIZE - Self::BLOCK_OVERHEAD);
        (module_size as u64).div_ceil(usable) * u64::from(Self::BLOCK_SIZE)
    }
}

/// The application side of a board's firmware.
#[derive(Debug, PartialEq, Eq)]
pub struct FirmwareLayout {
    /// Where the application is.
    pub application: ApplicationPlace,
    /// Where it was before Device OS 3.1.0, if elsewhere.
    pub former_application: Option<ApplicationPlace>,
    /// Where its assets are, from Device OS 5.5.0 on.
    pub assets: Option<AssetStorage>,
    /// The other parts of its firmware.
    pub system: &'static [ModulePlace],
    /// Where the application for a factory reset is kept.
    pub factory: Option<FactoryImage>,
    /// Where DFU can leave a module for the system to put in its place.
    pub staging: Option<StagingArea>,
}

impl FirmwareLayout {
    /// Where an application for this version of Device OS (`major, minor, patch`) is.
    pub fn application_for(&self, version: (u8, u8, u8)) -> ApplicationPlace {
        const MOVED: (u8, u8, u8) = (3, 1, 0);
        self.former_application.filter(|_| version < MOVED).unwrap_or(self.application)
    }

    /// The places that an application can have, the present one first.
    pub fn applications(&self) -> impl Iterator<Item = ApplicationPlace> + use<> {
        std::iter::once(self.application).chain(self.former_application)
    }

    /// Bytes there are for a module.
    pub fn room_for(&self, function: ModuleFunction, index: u8) -> Option<u32> {
        let is_application = |place: &ApplicationPlace| {
            let own = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
            (own, place.index) == (function, index)
        };
        let application = self.applications().find(is_application).map(|place| place.max_size);
        application.or_else(|| Some(self.system_module(function, index)?.max_size))
    }

    /// The place of a part of the system.
    pub fn system_module(&self, function: ModuleFunction, index: u8) -> Option<&'static ModulePlace> {
        self.system.iter().find(|place| (place.function, place.index) == (function, index))
    }
}

pub(super) const KIB: u32 = 1024;

/// An application beside a system of its own.
const fn user_part(index: u8, anchor: Anchor, max_size: u32) -> ApplicationPlace {
    ApplicationPlace { monolithic: false, index, anchor, max_size }
}

/// A board that has an application and nothing else.
const fn only(application: ApplicationPlace) -> FirmwareLayout {
    FirmwareLayout {
        application,
        former_application: None,
        assets: None,
        system: &[],
        factory: None,
        staging: None,
    }
}

pub(super) const CORE: FirmwareLayout = FirmwareLayout {
    factory: Some(FactoryImage { alternate: 1, address: 0x2_0000, max_size: 128 * KIB }),
    ..only(ApplicationPlace {
        monolithic: true,
        index: 0,
        anchor: Anchor::Start(0x0800_5000),
        max_size: 108 * KIB,
    })
};

pub(super) const PHOTON: FirmwareLayout = FirmwareLayout {
    system: modules::PHOTON,
    factory: Some(FactoryImage { alternate: 0, address: 0x080E_0000, max_size: 128 * KIB }),
    staging: Some(modules::PHOTON_STAGING),
    ..only(user_part(1, Anchor::Start(0x080A_0000), 128 * KIB))
};

pub(super) const ELECTRON: FirmwareLayout = FirmwareLayout {
    system: modules::ELECTRON,
    factory: Some(FactoryImage { alternate: 0, address: 0x080A_0000, max_size: 128 * KIB }),
    staging: Some(modules::GENERATION_2_STAGING),
    ..only(user_part(1, Anchor::Start(0x0808_0000), 128 * KIB))
};

const NRF_BEFORE_3_1: ApplicationPlace = user_part(1, Anchor::Start(0xD_4000), 128 * KIB);

const NRF_FACTORY: FactoryImage = FactoryImage { alternate: 2, address: 0x8020_0000, max_size: 256 * KIB };

/// nRF52840 boards whose Device OS ended before 3.1.0.
pub(super) const NRF_FORMER: FirmwareLayout = FirmwareLayout {
    system: modules::NRF,
    factory: Some(FactoryImage { max_size: 128 * KIB, ..NRF_FACTORY }),
    staging: Some(modules::NRF_4MB_STAGING),
    ..only(NRF_BEFORE_3_1)
};

/// The same with a network coprocessor.
pub(super) const NRF_FORMER_NCP: FirmwareLayout = FirmwareLayout { system: modules::NRF_NCP, ..NRF_FORMER };

/// nRF52840 boards with 4 MB beside the processor.
pub(super) const NRF_4MB: FirmwareLayout = FirmwareLayout {
    application: user_part(2, Anchor::Start(0xB_4000), 256 * KIB),
    former_application: Some(NRF_BEFORE_3_1),
    assets: Some(AssetStorage { blocks: 288, max_module_size: 592 * KIB }),
    factory: Some(NRF_FACTORY),
    ..NRF_FORMER
};

/// The same with a network coprocessor.
pub(super) const NRF_4MB_NCP: FirmwareLayout = FirmwareLayout { system: modules::NRF_NCP, ..NRF_4MB };

/// nRF52840 boards with 8 MB beside the processor.
pub(super) const NRF_8MB: FirmwareLayout = FirmwareLayout {
    assets: Some(AssetStorage { blocks: 512, max_module_size: 1536 * KIB }),
    factory: Some(FactoryImage { address: 0x8060_0000, ..NRF_FACTORY }),
    staging: Some(modules::NRF_8MB_STAGING),
    ..NRF_4MB
};

/// The same with a network coprocessor.
pub(super) const NRF_8MB_NCP: FirmwareLayout = FirmwareLayout { system: modules::NRF_NCP, ..NRF_8MB };

pub(super) const RTL: FirmwareLayout = FirmwareLayout {
    assets: Some(AssetStorage { blocks: 288, max_module_size: 1152 * KIB }),
    system: modules::RTL,
    ..only(user_part(1, Anchor::End(0x0860_0000), 1536 * KIB))
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_published() {
        assert_eq!(NRF_4MB.assets.unwrap().max_module_size, 606_208);
        assert_eq!(NRF_8MB.assets.unwrap().max_module_size, 1_572_864);
        assert_eq!(RTL.assets.unwrap().max_module_size, 1_179_648);
        assert_eq!(RTL.application.max_size, 1_572_864);
    }

    #[test]
    fn applications_moved_once() {
        assert_eq!(NRF_4MB.application_for((3, 0, 9)).anchor, Anchor::Start(0xD_4000));
        assert_eq!(NRF_4MB.application_for((3, 1, 0)).anchor, Anchor::Start(0xB_4000));
        assert_eq!(PHOTON.application_for((0, 4, 0)), PHOTON.application);
    }

    #[test]
    fn every_block_costs_a_little() {
        let storage = RTL.assets.unwrap();
        assert_eq!([1, 4088, 4089].map(|size| storage.cost(size)), [4096, 4096, 8192]);
        assert_eq!(storage.capacity(), 278 * 4096);
    }
}
