//! The Wi-Fi networks around the bench.
//!
//! They are made up, one of each kind that a device may meet.

use super::wifi::{Key, SavedNetwork};
use crate::{
    platform::{Mcu, Platform},
    usb::control::messages::WifiSecurity,
};
use serde::{Deserialize, Serialize};

/// The network that the devices of a new sandbox are in.
pub(super) const HOME: &str = "Sandbox";
/// Its password.
pub(super) const HOME_PASSWORD: &str = "sandcastle";
/// Who may log in to the enterprise network; its password is that of the access point.
const ENTERPRISE_USER: &str = "ada";
/// The highest channel of the 2.4 GHz band.
const LAST_2_4_GHZ_CHANNEL: u8 = 14;

/// Everything in range, strongest first.
pub(super) const ACCESS_POINTS: [AccessPoint; 7] = [
    access_point(1, HOME, Security::Wpa2, HOME_PASSWORD, 6, -48),
    access_point(2, "Sandbox 5G", Security::Wpa2, HOME_PASSWORD, 44, -55),
    access_point(3, "Guest", Security::Open, "", 1, -61),
    access_point(4, "Workshop", Security::Wpa2Wpa3, "solder and flux", 11, -67),
    access_point(5, "Campus", Security::Wpa2Enterprise, "lovelace", 6, -70),
    AccessPoint { hidden: true, ..access_point(6, "Cellar", Security::Wpa2, "under the stairs", 3, -74) },
    access_point(7, "Attic", Security::Wep, "abcde", 9, -82),
];

/// An access point in range.
pub(super) struct AccessPoint {
    /// Name of its network.
    pub(super) ssid: &'static str,
    /// Its address.
    pub(super) bssid: [u8; 6],
    /// How it is secured.
    pub(super) security: Security,
    /// Channel.
    pub(super) channel: u8,
    /// Strength of its signal in dBm.
    pub(super) rssi: i8,
    /// Whether it does not tell its name.
    pub(super) hidden: bool,
    password: &'static str,
}

const fn access_point(
    number: u8,
    ssid: &'static str,
    security: Security,
    password: &'static str,
    channel: u8,
    rssi: i8,
) -> AccessPoint {
    // The second bit of the first byte marks an address that no vendor has given out.
    let bssid = [0x02, 0x5A, 0xBD, 0, 0, number];
    AccessPoint { ssid, bssid, security, channel, rssi, hidden: false, password }
}

/// How a network is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Security {
    /// Not at all.
    Open,
    /// WEP.
    Wep,
    /// WPA with a password.
    Wpa,
    /// WPA2 with a password.
    Wpa2,
    /// WPA or WPA2.
    WpaWpa2,
    /// WPA3.
    Wpa3,
    /// WPA2 or WPA3.
    Wpa2Wpa3,
    /// WPA with a server that knows users.
    WpaEnterprise,
    /// WPA2 with a server that knows users.
    Wpa2Enterprise,
}

impl Security {
    /// What an access point and a device may agree upon, a bit each.
    fn methods(self) -> u8 {
        match self {
            Self::Open => 1,
            Self::Wep => 2,
            Self::Wpa => 4,
            Self::Wpa2 => 8,
            Self::WpaWpa2 => 4 | 8,
            Self::Wpa3 => 16,
            Self::Wpa2Wpa3 => 8 | 16,
            Self::WpaEnterprise => 32,
            Self::Wpa2Enterprise => 64,
        }
    }

    /// Whether users log in one by one.
    pub(super) fn is_enterprise(self) -> bool {
        matches!(self, Self::WpaEnterprise | Self::Wpa2Enterprise)
    }

    /// What a control request calls it. There is no word for enterprise networks: they show by what encrypts them.
    pub(super) fn on_the_wire(self) -> WifiSecurity {
        match self {
            Self::Open => WifiSecurity::None,
            Self::Wep => WifiSecurity::Wep,
            Self::Wpa | Self::WpaEnterprise => WifiSecurity::Wpa,
            Self::Wpa2 | Self::Wpa2Enterprise => WifiSecurity::Wpa2,
            Self::WpaWpa2 => WifiSecurity::WpaWpa2,
            Self::Wpa3 => WifiSecurity::Wpa3,
            Self::Wpa2Wpa3 => WifiSecurity::Wpa2Wpa3,
        }
    }
}

impl From<WifiSecurity> for Security {
    fn from(security: WifiSecurity) -> Self {
        match security {
            WifiSecurity::None => Self::Open,
            WifiSecurity::Wep => Self::Wep,
            WifiSecurity::Wpa => Self::Wpa,
            WifiSecurity::Wpa2 => Self::Wpa2,
            WifiSecurity::WpaWpa2 => Self::WpaWpa2,
            WifiSecurity::Wpa3 => Self::Wpa3,
            WifiSecurity::Wpa2Wpa3 => Self::Wpa2Wpa3,
        }
    }
}

impl AccessPoint {
    /// Whether a board's radio reaches it.
    pub(super) fn is_in_reach_of(&self, platform: &Platform) -> bool {
        self.channel <= LAST_2_4_GHZ_CHANNEL || platform.mcu == Mcu::Rtl872x
    }

    /// Whether a device with these credentials gets in.
    pub(super) fn admits(&self, network: &SavedNetwork) -> bool {
        let opened = match &network.key {
            Key::None => self.security == Security::Open,
            Key::Password(password) => password == self.password && !self.security.is_enterprise(),
            Key::Login { username, password } => username == ENTERPRISE_USER && password == self.password,
            Key::Certificate => self.security.is_enterprise(),
        };
        network.ssid == self.ssid && network.security.methods() & self.security.methods() != 0 && opened
    }
}

/// What a board hears when it scans.
pub(super) fn heard_by(platform: &Platform) -> impl Iterator<Item = &'static AccessPoint> {
    ACCESS_POINTS.iter().filter(|point| point.is_in_reach_of(platform))
}

/// What a scan finds under a name; a hidden network is not found.
pub(super) fn find(platform: &Platform, ssid: &str) -> Option<&'static AccessPoint> {
    heard_by(platform).find(|point| !point.hidden && point.ssid == ssid)
}
