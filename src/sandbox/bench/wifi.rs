//! The Wi-Fi networks that a device remembers, and the one it is in.
//!
//! Source: Device OS `hal/network/ncp/wifi/wifi_network_manager.cpp`.

use super::air::{self, AccessPoint, Security};
use crate::platform::{Mcu, Platform};
use serde::{Deserialize, Serialize};

/// Networks a device remembers at most; a further one takes the place of the last.
const MAX_SAVED: usize = 10;

/// What a device knows of Wi-Fi. Boards without a radio do not look at it.
///
/// There is no `Debug`: it holds passwords.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox) struct WifiMemory {
    saved: Vec<SavedNetwork>,
    /// Name of the network it is in.
    joined: Option<String>,
}

/// A network whose credentials a device keeps.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedNetwork {
    /// Name of the network.
    pub(super) ssid: String,
    /// How it is secured.
    pub(super) security: Security,
    /// What opens it.
    pub(super) key: Key,
    /// Whether the device is to look for it although it does not tell its name.
    #[serde(default)]
    pub(super) hidden: bool,
}

/// What opens a network.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Key {
    /// Nothing is needed.
    None,
    /// A password for all.
    Password(String),
    /// PEAP: a user and a password.
    Login {
        /// The user.
        username: String,
        /// The user's password.
        password: String,
    },
    /// EAP-TLS: a certificate and its private key, which are not looked into.
    Certificate,
}

impl Default for WifiMemory {
    /// A device that is in the sandbox's own network.
    fn default() -> Self {
        let home = SavedNetwork {
            ssid: air::HOME.to_owned(),
            security: Security::Wpa2,
            key: Key::Password(air::HOME_PASSWORD.to_owned()),
            hidden: false,
        };
        Self { saved: vec![home], joined: Some(air::HOME.to_owned()) }
    }
}

impl WifiMemory {
    /// The networks it remembers, the one preferred first.
    pub(super) fn saved(&self) -> &[SavedNetwork] {
        &self.saved
    }

    /// The access point it is connected to.
    pub(super) fn access_point(&self, platform: &Platform) -> Option<&'static AccessPoint> {
        let joined = self.joined.as_deref()?;
        air::heard_by(platform).find(|point| point.ssid == joined)
    }

    /// Remembers a network, in place of one of the same name.
    pub(super) fn save(&mut self, network: SavedNetwork) {
        match self.saved.iter_mut().find(|known| known.ssid == network.ssid) {
            Some(known) => *known = network,
            None => {
                self.saved.truncate(MAX_SAVED - 1);
                self.saved.push(network);
            }
        }
    }

    /// Forgets a network, but stays in it.
    pub(super) fn forget(&mut self, ssid: &str) {
        self.saved.retain(|network| network.ssid != ssid);
    }

    /// Forgets all networks, but stays in the one it is in.
    pub(super) fn forget_all(&mut self) {
        self.saved.clear();
    }

    /// Puts a network it remembers before the others.
    pub(super) fn prefer(&mut self, ssid: &str) {
        if let Some(position) = self.saved.iter().position(|network| network.ssid == ssid) {
            self.saved[..=position].rotate_right(1);
        }
    }

    /// Leaves the network it is in.
    pub(in crate::sandbox) fn leave(&mut self) {
        self.joined = None;
    }

    /// Connects to the first network that lets it in, as it does after a reset.
    pub(super) fn connect(&mut self, platform: &Platform) {
        let first = self.saved.iter().find(|network| lets_in(network, platform));
        self.joined = first.map(|network| network.ssid.clone());
    }

    /// Joins a network it remembers and prefers it from now on. False if it does not get in; it is then in none.
    pub(super) fn join(&mut self, ssid: &str, platform: &Platform) -> bool {
        self.joined = None;
        let known = self.saved.iter().find(|network| network.ssid == ssid);
        if !known.is_some_and(|network| lets_in(network, platform)) {
            return false;
        }
        self.prefer(ssid);
        self.joined = Some(ssid.to_owned());
        true
    }
}

/// Whether some access point in reach lets a device in. The co-processor of the Argon looks for a hidden one only if
/// told so, the other radios call every network by its name.
fn lets_in(network: &SavedNetwork, platform: &Platform) -> bool {
    let calls_hidden = network.hidden || platform.mcu != Mcu::Nrf52840;
    air::heard_by(platform).any(|point| (calls_hidden || !point.hidden) && point.admits(network))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(ssid: &str, security: Security, key: Key) -> SavedNetwork {
        SavedNetwork { ssid: ssid.to_owned(), security, key, hidden: false }
    }

    fn joins(platform: &str, network: SavedNetwork) -> bool {
        let platform = Platform::by_name(platform).unwrap();
        let (mut memory, ssid) = (WifiMemory::default(), network.ssid.clone());
        memory.save(network);
        let joined = memory.join(&ssid, platform);
        assert_eq!(memory.access_point(platform).is_some(), joined);
        joined
    }

    #[test]
    fn only_the_right_credentials_open_a_network() {
        let password = |text: &str| Key::Password(text.to_owned());
        let login =
            |username: &str| Key::Login { username: username.to_owned(), password: "lovelace".to_owned() };
        for (ssid, security, key, expected) in [
            ("Sandbox", Security::Wpa2, password("sandcastle"), true),
            ("Sandbox", Security::Wpa2, password("sandcastles"), false),
            ("Sandbox", Security::Wpa3, password("sandcastle"), false),
            ("Guest", Security::Open, Key::None, true),
            ("Guest", Security::Wpa2, password("sandcastle"), false),
            ("Workshop", Security::Wpa3, password("solder and flux"), true),
            ("Workshop", Security::Wpa2, password("solder and flux"), true),
            ("Attic", Security::Wep, password("abcde"), true),
            ("Campus", Security::Wpa2Enterprise, login("ada"), true),
            ("Campus", Security::Wpa2Enterprise, login("bob"), false),
            ("Campus", Security::Wpa2Enterprise, Key::Certificate, true),
            ("Campus", Security::Wpa2, password("lovelace"), false),
            ("Elsewhere", Security::Open, Key::None, false),
        ] {
            assert_eq!(joins("photon", network(ssid, security, key)), expected, "{ssid} {security:?}");
        }
    }

    #[test]
    fn bands_and_hidden_networks_are_a_matter_of_the_radio() {
        let five = || network("Sandbox 5G", Security::Wpa2, Key::Password("sandcastle".to_owned()));
        assert_eq!((joins("argon", five()), joins("p2", five())), (false, true));
        let hidden = |hidden| SavedNetwork {
            hidden,
            ..network("Cellar", Security::Wpa2, Key::Password("under the stairs".to_owned()))
        };
        assert_eq!((joins("argon", hidden(false)), joins("argon", hidden(true))), (false, true));
        assert!(joins("p2", hidden(false)));
    }

    #[test]
    fn the_network_joined_last_is_preferred_and_a_forgotten_one_is_left_by_the_next_reset() {
        let photon = Platform::by_name("photon").unwrap();
        let mut memory = WifiMemory::default();
        memory.save(network("Guest", Security::Open, Key::None));
        assert!(memory.join("Guest", photon));
        assert_eq!(memory.saved()[0].ssid, "Guest");
        memory.forget("Guest");
        assert_eq!(memory.access_point(photon).unwrap().ssid, "Guest");
        memory.connect(photon);
        assert_eq!(memory.access_point(photon).unwrap().ssid, "Sandbox");
        memory.forget_all();
        memory.connect(photon);
        assert!(memory.access_point(photon).is_none());
    }

    #[test]
    fn of_too_many_networks_the_last_is_replaced() {
        let mut memory = WifiMemory::default();
        for number in 0..20 {
            memory.save(network(&number.to_string(), Security::Open, Key::None));
        }
        let names: Vec<_> = memory.saved().iter().map(|network| network.ssid.as_str()).collect();
        assert_eq!((names.len(), names[0], names[9]), (10, "Sandbox", "19"));
    }
}
