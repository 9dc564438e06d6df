//! The steps that heal a device, and which boards each is for.

use crate::platform::{Mcu, Platform};
use clap::ValueEnum;

/// A step. They are gone through in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Step {
    /// Device OS.
    System,
    /// Firmware of the Core's Wi-Fi module.
    Cc3000,
    /// Which antenna is used.
    Antenna,
    /// How the device gets its address.
    Ip,
    /// Name of the device's own access point.
    Hotspot,
    /// What applications keep.
    Eeprom,
    /// The networks that the device knows.
    Wifi,
    /// The device's key and the server's.
    Keys,
    /// The application that devices are shipped with.
    Tinker,
}

impl Step {
    /// Those for a board.
    pub(super) fn of(platform: &'static Platform) -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied().filter(move |step| step.is_for(platform))
    }

    fn is_for(self, platform: &Platform) -> bool {
        let generation_2 = platform.mcu == Mcu::Stm32f205;
        let core = platform.mcu == Mcu::Stm32f103;
        match self {
            Self::System => platform.firmware.is_some_and(|layout| !layout.system.is_empty()),
            Self::Cc3000 => core,
            Self::Antenna | Self::Hotspot => generation_2 && platform.softap,
            Self::Ip => generation_2 && platform.radio.wifi,
            // Later boards keep it in a file system, which nothing but their own firmware reaches.
            Self::Eeprom => core || generation_2,
            Self::Wifi => platform.radio.wifi,
            Self::Keys => platform.keys.is_some(),
            Self::Tinker => true,
        }
    }

    /// What it is called on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What it is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::System => "Updating system firmware",
            Self::Cc3000 => "Updating CC3000 firmware",
            Self::Antenna => "Resetting the antenna selection",
            Self::Ip => "Resetting the IP configuration",
            Self::Hotspot => "Resetting the Wi-Fi hotspot name",
            Self::Eeprom => "Clearing all data in EEPROM",
            Self::Wifi => "Clearing and setting up Wi-Fi",
            Self::Keys => "Resetting server and device keys",
            Self::Tinker => "Flashing the default Particle Tinker app",
        }
    }

    /// What happens in it.
    pub(super) fn explanation(self) -> &'static str {
        match self {
            Self::System => "The newest Device OS for the device is fetched and flashed.",
            Self::Cc3000 => {
                "The Core's Wi-Fi module gets new firmware. The light turns white or yellow while that lasts."
            }
            Self::Antenna => "The device uses its internal antenna again.",
            Self::Ip => "The device gets its IP address from the network again (DHCP).",
            Self::Hotspot => "The device's own access point has the name again that it was shipped with.",
            Self::Eeprom => "What applications keep on the device is erased.",
            Self::Wifi => "The device forgets the networks it knows, and is told yours.",
            Self::Keys => {
                "The device gets the key and address of Particle's cloud, and a new key of its own, which the cloud is \
                 told. Its old key is kept in a file."
            }
            Self::Tinker => "The application that devices are shipped with is flashed.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(platform: &str) -> Vec<Step> {
        Step::of(Platform::by_name(platform).unwrap()).collect()
    }

    #[test]
    fn every_board_has_the_steps_that_mean_something_to_it() {
        use Step::{Antenna, Cc3000, Eeprom, Hotspot, Ip, Keys, System, Tinker, Wifi};
        assert_eq!(steps("core"), [Cc3000, Eeprom, Wifi, Keys, Tinker]);
        assert_eq!(steps("photon"), [System, Antenna, Ip, Hotspot, Eeprom, Wifi, Keys, Tinker]);
        assert_eq!(steps("electron"), [System, Eeprom, Keys, Tinker]);
        assert_eq!(steps("argon"), [System, Wifi, Keys, Tinker]);
        assert_eq!(steps("boron"), [System, Keys, Tinker]);
    }
}
