//! How networks are secured, in the numbers of the Photon's Wi-Fi library.
//!
//! Source: WICED `wiced_security_t`.

use std::fmt;

const WEP: u32 = 0x0001;
const TKIP: u32 = 0x0002;
const AES: u32 = 0x0004;
const SHARED: u32 = 0x8000;
const WPA: u32 = 0x0020_0000;
const WPA2: u32 = 0x0040_0000;
const ENTERPRISE: u32 = 0x0200_0000;

/// A kind of security. A device may report numbers that have no name here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Security(pub u32);

/// Every kind that a person can name, the usual ones first.
pub const SECURITIES: [(&str, Security); 13] = [
    ("WPA2 AES", Security(WPA2 | AES)),
    ("WPA2 Mixed", Security(WPA2 | AES | TKIP)),
    ("WPA2 TKIP", Security(WPA2 | TKIP)),
    ("WPA AES", Security(WPA | AES)),
    ("WPA TKIP", Security(WPA | TKIP)),
    ("WEP PSK", Security(WEP)),
    ("WEP Shared", Security(WEP | SHARED)),
    ("Unsecured", Security::OPEN),
    ("WPA2 Enterprise AES", Security(ENTERPRISE | WPA2 | AES)),
    ("WPA2 Enterprise Mixed", Security(ENTERPRISE | WPA2 | AES | TKIP)),
    ("WPA2 Enterprise TKIP", Security(ENTERPRISE | WPA2 | TKIP)),
    ("WPA Enterprise AES", Security(ENTERPRISE | WPA | AES)),
    ("WPA Enterprise TKIP", Security(ENTERPRISE | WPA | TKIP)),
];

/// Other words for some of them.
const ALIASES: [(&str, &str); 8] = [
    ("none", "unsecured"),
    ("open", "unsecured"),
    ("wep", "wep psk"),
    ("wpa", "wpa tkip"),
    ("wpa2", "wpa2 mixed"),
    ("wpa enterprise", "wpa enterprise tkip"),
    ("wpa2 enterprise", "wpa2 enterprise mixed"),
    ("wpa2 aes tkip", "wpa2 mixed"),
];

impl Security {
    /// None.
    pub const OPEN: Self = Self(0);
    /// WPA2 with a password, whatever the cipher.
    pub const WPA2: Self = Self(WPA2 | AES | TKIP);
    /// WPA2 with users who log in one by one, whatever the cipher.
    pub const WPA2_ENTERPRISE: Self = Self(ENTERPRISE | WPA2 | AES | TKIP);

    /// Reads a name in any case of letters, with blanks, `_`, `-` or `+` between its words.
    pub fn by_name(name: &str) -> Option<Self> {
        let words: Vec<&str> = name.split([' ', '_', '-', '+']).filter(|word| !word.is_empty()).collect();
        let typed = words.join(" ").to_lowercase().replace("802.1x", "enterprise");
        let alias = ALIASES.iter().find(|(alias, _)| *alias == typed);
        let name = alias.map_or(typed.as_str(), |(_, name)| name);
        SECURITIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, security)| security)
    }

    /// Whether no password is needed.
    pub fn is_open(self) -> bool {
        self == Self::OPEN
    }

    /// Whether users log in one by one.
    pub fn is_enterprise(self) -> bool {
        self.0 & ENTERPRISE != 0
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SECURITIES.iter().find(|(_, security)| security == self) {
            Some((name, _)) => f.pad(name),
            None => write!(f, "0x{:08x}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_several_blanks_are_understood() {
        for (name, value) in [
            ("WPA2 Enterprise AES", 0x0240_0004),
            ("wpa_enterprise_tkip", 0x0220_0002),
            ("wpa2", 0x0040_0006),
            ("WPA2_AES+TKIP", 0x0040_0006),
            ("WPA2_802.1x", 0x0240_0006),
            ("wep-shared", 0x8001),
            ("None", 0),
        ] {
            assert_eq!(Security::by_name(name), Some(Security(value)), "{name}");
        }
        assert_eq!(Security::by_name("WPA9"), None);
    }

    #[test]
    fn every_kind_is_found_by_what_it_is_called() {
        for (name, security) in SECURITIES {
            assert_eq!(Security::by_name(&security.to_string()), Some(security), "{name}");
        }
        assert!(Security(0x0240_0004).is_enterprise() && !Security(0x0040_0004).is_enterprise());
        assert_eq!(Security(0x1234).to_string(), "0x00001234");
    }
}
