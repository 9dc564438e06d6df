//! This computer's own Wi-Fi: which networks are in reach, and which one it uses.
//!
//! Nothing is asked of the hardware itself. The operating system's own programs do the work: `nmcli` of NetworkManager
//! on Linux, `networksetup` and `system_profiler` on macOS, `netsh` on Windows. They get their arguments one by one,
//! never as a line for a shell, so that a network may have any name.

mod error;
mod netsh;
mod network_manager;
mod networksetup;
mod program;

pub use error::HostWifiError;

use crate::clock::Clock;
use program::Programs;
use std::{ffi::OsString, fmt};

/// Whose programs to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// NetworkManager, on Linux.
    NetworkManager,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The one this program was built for.
    pub const THIS: Self = if cfg!(target_os = "macos") {
        Self::MacOs
    } else if cfg!(windows) {
        Self::Windows
    } else {
        Self::NetworkManager
    };
}

/// A network in reach of this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its name.
    pub ssid: String,
    /// Address of the access point, in lower case with colons; macOS keeps it to itself.
    pub bssid: Option<String>,
    /// Its channel.
    pub channel: Option<u16>,
    /// How well it is received, in percent.
    pub signal: Option<u8>,
    /// How it is protected, where that is something this program knows.
    pub security: Option<Security>,
}

/// How a network is protected. Of several ways the strongest counts, except that WPA2 counts before WPA3: few devices
/// know that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Open,
    /// WEP.
    Wep,
    /// WPA with a password.
    Wpa,
    /// WPA2 with a password.
    Wpa2,
    /// WPA3 with a password.
    Wpa3,
    /// WPA, each user with an account.
    WpaEnterprise,
    /// WPA2 or later, each user with an account.
    Wpa2Enterprise,
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Open => "Unsecured",
            Self::Wep => "WEP",
            Self::Wpa => "WPA",
            Self::Wpa2 => "WPA2",
            Self::Wpa3 => "WPA3",
            Self::WpaEnterprise => "WPA Enterprise",
            Self::Wpa2Enterprise => "WPA2 Enterprise",
        })
    }
}

/// A connection to go back to, by the name that the operating system has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection(pub String);

/// The Wi-Fi of this computer.
pub struct HostWifi<'a> {
    system: System,
    programs: Programs<'a>,
}

impl<'a> HostWifi<'a> {
    /// Uses the programs of `system`, looked for in the folders of `path` (the `PATH` variable).
    pub fn new(system: System, path: Option<OsString>, clock: &'a Clock) -> Self {
        Self { system, programs: Programs::new(path, clock) }
    }

    /// Looks which networks are in reach, the best received first. Takes some seconds. Networks without a name are
    /// left out, and of several access points of a network all are listed.
    pub fn scan(&self) -> Result<Vec<Network>, HostWifiError> {
        let mut networks = match self.system {
            System::NetworkManager => network_manager::scan(&self.programs)?,
            System::MacOs => networksetup::scan(&self.programs)?,
            System::Windows => netsh::scan(&self.programs)?,
        };
        networks.retain(|network| !network.ssid.is_empty());
        networks.sort_by_key(|network| std::cmp::Reverse(network.signal));
        Ok(networks)
    }

    /// The wireless connection in use, if there is one.
    pub fn current(&self) -> Result<Option<Connection>, HostWifiError> {
        match self.system {
            System::NetworkManager => network_manager::current(&self.programs),
            System::MacOs => networksetup::current(&self.programs),
            System::Windows => netsh::current(&self.programs),
        }
    }

    /// Connects to a network that needs no password.
    pub fn join_open(&self, ssid: &str) -> Result<(), HostWifiError> {
        match self.system {
            System::NetworkManager => network_manager::join_open(&self.programs, ssid),
            System::MacOs => networksetup::join(&self.programs, ssid),
            System::Windows => netsh::join_open(&self.programs, ssid),
        }
    }

    /// Goes back to a connection that [`Self::current`] gave. Its password is the operating system's affair.
    pub fn return_to(&self, connection: &Connection) -> Result<(), HostWifiError> {
        match self.system {
            System::NetworkManager => network_manager::activate(&self.programs, connection),
            System::MacOs => networksetup::join(&self.programs, &connection.0),
            System::Windows => netsh::activate(&self.programs, connection),
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
