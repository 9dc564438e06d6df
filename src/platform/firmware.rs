//! Where a board has its application, and how much it takes beside it.
//!
//! Sources: Particle's device constants, Device OS `hal/src/*/ota_module_bounds.c`.

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
}

impl FirmwareLayout {
    /// Where an application for this version of Device OS (`major, minor, patch`) is.
    pub fn application_for(&self, version: (u8, u8, u8)) -> ApplicationPlace {
        const MOVED: (u8, u8, u8) = (3, 1, 0);
        self.former_application.filter(|_| version < MOVED).unwrap_or(self.application)
    }
}

const KIB: u32 = 1024;

/// An application beside a system of its own.
const fn user_part(index: u8, anchor: Anchor, max_size: u32) -> ApplicationPlace {
    ApplicationPlace { monolithic: false, index, anchor, max_size }
}

const fn only(application: ApplicationPlace) -> FirmwareLayout {
    FirmwareLayout { application, former_application: None, assets: None }
}

pub(super) const CORE: FirmwareLayout = only(ApplicationPlace {
    monolithic: true,
    index: 0,
    anchor: Anchor::Start(0x0800_5000),
    max_size: 108 * KIB,
});

pub(super) const PHOTON: FirmwareLayout = only(user_part(1, Anchor::Start(0x080A_0000), 128 * KIB));

pub(super) const ELECTRON: FirmwareLayout = only(user_part(1, Anchor::Start(0x0808_0000), 128 * KIB));

const NRF_BEFORE_3_1: ApplicationPlace = user_part(1, Anchor::Start(0xD_4000), 128 * KIB);

/// nRF52840 boards whose Device OS ended before 3.1.0.
pub(super) const NRF_FORMER: FirmwareLayout = only(NRF_BEFORE_3_1);

const fn nrf(assets: AssetStorage) -> FirmwareLayout {
    FirmwareLayout {
        application: user_part(2, Anchor::Start(0xB_4000), 256 * KIB),
        former_application: Some(NRF_BEFORE_3_1),
        assets: Some(assets),
    }
}

/// nRF52840 boards with 4 MB beside the processor.
pub(super) const NRF_4MB: FirmwareLayout = nrf(AssetStorage { blocks: 288, max_module_size: 592 * KIB });

/// nRF52840 boards with 8 MB beside the processor.
pub(super) const NRF_8MB: FirmwareLayout = nrf(AssetStorage { blocks: 512, max_module_size: 1536 * KIB });

pub(super) const RTL: FirmwareLayout = FirmwareLayout {
    assets: Some(AssetStorage { blocks: 288, max_module_size: 1152 * KIB }),
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
