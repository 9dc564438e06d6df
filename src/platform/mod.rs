//! The one table of platforms: identity, USB ids, generation, capabilities, key layout, flash layout, places of its
//! firmware.
//!
//! Every fact that differs between boards is a column here; code asks the table instead of listing boards.
//! Sources: Particle's published device constants (npm `@particle/device-constants`) and Device OS.

mod configuration;
mod device_id;
mod firmware;
mod flash;
mod keys;
mod module_function;
mod modules;
mod releases;
mod table;

pub use configuration::ConfigurationField;
pub use device_id::{DeviceId, DeviceIdError};
pub use firmware::{Anchor, ApplicationPlace, AssetStorage, FirmwareLayout};
pub use flash::{AlternateSetting, FlashLayout, Span};
pub use keys::{KeyAlgorithm, KeyLayout, KeySlot, Protocol, ProtocolKeys, ServerSlot, TRANSPORT_FLAG};
pub use module_function::ModuleFunction;
pub use modules::{FactoryImage, ModulePlace, Route, StagingArea};
pub use releases::{release_of, system_version_of};
pub use table::PLATFORMS;

use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive};

/// A platform number as it appears in product ids, module prefixes and USB product ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlatformId(pub u16);

impl PlatformId {
    /// The row of the table with this number, if the table knows it.
    pub fn platform(self) -> Option<&'static Platform> {
        PLATFORMS.iter().find(|platform| platform.id == self)
    }
}

impl fmt::Display for PlatformId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Particle's count of hardware generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// Not a Particle microcontroller board (Raspberry Pi, Tachyon, third-party boards).
    None,
    /// Spark Core.
    One,
    /// Photon, P1, Electron, E Series.
    Two,
    /// nRF52840 boards, and Tracker-M by its vendor's own count.
    Three,
    /// RTL872x boards.
    Four,
}

/// The processor, which decides the memory layout and how the DFU bootloader behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mcu {
    /// Spark Core.
    Stm32f103,
    /// Generation 2 boards.
    Stm32f205,
    /// Generation 3 boards.
    Nrf52840,
    /// P2, Photon 2, M-SoM, Tracker-M.
    Rtl872x,
    /// Runs Linux or someone else's firmware; nothing here reaches into its memory.
    Other,
}

/// Which radio and positioning parts a board has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Radio {
    /// Wi-Fi station.
    pub wifi: bool,
    /// Cellular modem (the board reports IMEI and ICCID).
    pub cellular: bool,
    /// Bluetooth LE.
    pub ble: bool,
    /// Satellite positioning.
    pub gnss: bool,
}

/// A USB vendor and product id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsbId {
    /// idVendor.
    pub vendor: u16,
    /// idProduct.
    pub product: u16,
}

impl fmt::Display for UsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.product)
    }
}

/// The two faces a board shows on USB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsbIds {
    /// While Device OS runs (normal, listening and safe mode).
    pub normal: UsbId,
    /// While the bootloader offers DFU; `None` for boards without DFU.
    pub dfu: Option<UsbId>,
}

/// When a board's firmware answers vendor control requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlRequests {
    /// Never.
    No,
    /// From this Device OS version on (`major, minor, patch`).
    Since(u8, u8, u8),
}

/// What is printed beside a board's two buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buttons {
    /// The one that restarts the board.
    pub reset: &'static str,
    /// The one that chooses the mode.
    pub mode: &'static str,
}

impl Buttons {
    /// Spark Core.
    pub const RST_AND_MODE: Self = Self { reset: "RST", mode: "MODE" };
    /// Photon and P1.
    pub const RESET_AND_SETUP: Self = Self { reset: "RESET", mode: "SETUP" };
    /// Everything later.
    pub const RESET_AND_MODE: Self = Self { reset: "RESET", mode: "MODE" };
}

/// One row: everything this program knows about a platform.
#[derive(Debug, PartialEq, Eq)]
pub struct Platform {
    /// Platform number.
    pub id: PlatformId,
    /// The name used by `compile` and as a filter.
    pub name: &'static str,
    /// The name shown to people.
    pub display_name: &'static str,
    /// Other names `compile` and filters accept.
    pub aliases: &'static [&'static str],
    /// Hardware generation as the vendor counts.
    pub generation: Generation,
    /// Processor.
    pub mcu: Mcu,
    /// USB ids, where the board has USB of its own.
    pub usb: Option<UsbIds>,
    /// Radios.
    pub radio: Radio,
    /// How the board proves who it is, and where its keys lie.
    pub keys: Option<&'static KeyLayout>,
    /// What DFU can reach.
    pub flash: Option<&'static FlashLayout>,
    /// Where its application goes, for boards whose memory is known.
    pub firmware: Option<&'static FirmwareLayout>,
    /// Vendor control requests.
    pub control_requests: ControlRequests,
    /// An OUT control transfer without a data stage hangs the board: send one dummy byte.
    pub out_needs_data_stage: bool,
    /// The firmware can be put under Device Protection.
    pub protectable: bool,
    /// The board could be a member of a mesh network ([`MESH_VERSIONS`]).
    pub mesh: bool,
    /// The board offers an access point for its own set-up (SoftAP).
    pub softap: bool,
    /// Names of the buttons.
    pub buttons: Buttons,
    /// Device OS has gone on without it: what the cloud compiles for unless told otherwise does not fit.
    pub left_behind: bool,
    /// Offered to the public by the cloud compiler today.
    pub public: bool,
}

/// The versions of Device OS with mesh networking, first and last. Source: Device OS `hal/inc/hal_platform.h`
/// (`HAL_PLATFORM_MESH`), v0.9.0 to v2.0.0.
pub const MESH_VERSIONS: RangeInclusive<(u8, u8, u8)> = (0, 9, 0)..=(1, 5, 2);

/// What a USB id says about a device: its platform and whether the bootloader is talking.
#[derive(Clone, Copy, Debug)]
pub struct UsbIdentity {
    /// The platform.
    pub platform: &'static Platform,
    /// True when the id is the DFU one.
    pub dfu: bool,
}

impl Platform {
    /// Its display name as it stands in a sentence: `an Argon`, `a Photon`, `an M-SoM`.
    pub fn with_article(&self) -> String {
        let spoken_with_vowel = self.display_name.starts_with(['A', 'E', 'O'])
            || ["M-", "X-"].iter().any(|letter| self.display_name.starts_with(letter));
        format!("{} {}", if spoken_with_vowel { "an" } else { "a" }, self.display_name)
    }

    /// Finds a platform by name, alias (any case) or number.
    pub fn by_name(name: &str) -> Option<&'static Platform> {
        let number = name.parse().ok().map(PlatformId);
        PLATFORMS.iter().find(|platform| {
            Some(platform.id) == number
                || platform.name.eq_ignore_ascii_case(name)
                || platform.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
        })
    }

    /// Finds the platform a USB id belongs to.
    pub fn by_usb_id(id: UsbId) -> Option<UsbIdentity> {
        PLATFORMS.iter().find_map(|platform| {
            let usb = platform.usb?;
            if usb.normal == id {
                Some(UsbIdentity { platform, dfu: false })
            } else if usb.dfu == Some(id) {
                Some(UsbIdentity { platform, dfu: true })
            } else {
                None
            }
        })
    }

    /// Whether the board opens a Wi-Fi network of its own to be set up over: Photon, P1 and the like.
    pub fn has_softap(&self) -> bool {
        self.radio.wifi && self.generation == Generation::Two
    }

    /// Whether the board's own console dialogue (`w`) sets Wi-Fi credentials.
    pub fn has_console_wifi(&self) -> bool {
        self.radio.wifi
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_is_the_one_that_is_spoken() {
        let spoken = |name| Platform::by_name(name).unwrap().with_article();
        let names = ["argon", "photon", "msom", "tracker", "p2"];
        assert_eq!(
            names.map(spoken),
            ["an Argon", "a Photon", "an M-SoM", "an Asset Tracker / Monitor One", "a Photon 2 / P2"]
        );
    }

    #[test]
    fn ids_follow_the_vendor_rule_except_for_the_core() {
        for platform in PLATFORMS {
            let Some(usb) = platform.usb else { continue };
            if platform.name == "core" {
                continue;
            }
            assert_eq!(
                usb.normal,
                UsbId { vendor: 0x2b04, product: 0xc000 + platform.id.0 },
                "{}",
                platform.name
            );
            if let Some(dfu) = usb.dfu {
                assert_eq!(
                    dfu,
                    UsbId { vendor: 0x2b04, product: 0xd000 + platform.id.0 },
                    "{}",
                    platform.name
                );
            }
        }
    }

    #[test]
    fn names_aliases_and_numbers_are_unique() {
        let mut seen = std::collections::HashSet::new();
        for platform in PLATFORMS {
            for name in std::iter::once(&platform.name).chain(platform.aliases) {
                assert!(seen.insert(name.to_lowercase()), "{name} stands twice");
            }
            assert!(seen.insert(platform.id.to_string()));
        }
    }

    #[test]
    fn finds_by_name_alias_number_and_usb_id() {
        assert_eq!(Platform::by_name("Photon2").unwrap().name, "p2");
        assert_eq!(Platform::by_name("13").unwrap().name, "boron");
        assert!(Platform::by_name("toaster").is_none());
        let found = Platform::by_usb_id(UsbId { vendor: 0x1d50, product: 0x607f }).unwrap();
        assert!(found.dfu && found.platform.name == "core");
    }

    #[test]
    fn boards_with_dfu_have_keys_and_flash() {
        for platform in PLATFORMS {
            let dfu = platform.usb.is_some_and(|usb| usb.dfu.is_some());
            assert_eq!(dfu, platform.flash.is_some(), "{}", platform.name);
            assert_eq!(dfu, platform.keys.is_some(), "{}", platform.name);
        }
    }
}
