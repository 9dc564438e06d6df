//! Versions of Device OS, which decide what a virtual device can do.

use crate::platform::{Generation, Platform, release_of, system_version_of};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, str::FromStr};

/// A released version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OsVersion(pub u8, pub u8, pub u8);

impl OsVersion {
    /// The version a virtual device runs unless told otherwise: the last one released for its hardware, or near it.
    pub fn usual(platform: &Platform) -> Self {
        match platform.generation {
            Generation::One => Self(1, 4, 4),
            Generation::Two | Generation::None => Self(3, 3, 1),
            // The mesh-only boards were left behind when mesh was.
            Generation::Three if platform.mesh && !platform.protectable => Self(1, 5, 2),
            Generation::Three | Generation::Four => Self(6, 3, 4),
        }
    }
}

impl OsVersion {
    /// The version number of the modules it is made of; for one that was never released, its digits.
    pub fn module_version(self) -> u16 {
        let digits = || u16::from(self.0) * 1000 + u16::from(self.1) * 100 + u16::from(self.2);
        system_version_of(&self.to_string()).unwrap_or_else(digits)
    }

    /// The version that is made of modules with this version number, the other way round. A release candidate counts
    /// as the release.
    pub fn of_module(module_version: u16) -> Self {
        let digits = [module_version / 1000, module_version / 100 % 10, module_version % 100];
        let [major, minor, patch] = digits.map(|number| u8::try_from(number).unwrap_or(u8::MAX));
        let release = release_of(module_version).and_then(|release| release.split('-').next()?.parse().ok());
        release.unwrap_or(Self(major, minor, patch))
    }
}

impl fmt::Display for OsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A text that is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a Device OS version (such as 3.3.1)")]
pub struct OsVersionError(String);

impl FromStr for OsVersion {
    type Err = OsVersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Option<Vec<u8>> = text.split('.').map(|number| number.parse::<u8>().ok()).collect();
        match numbers.as_deref() {
            Some([major, minor, patch]) => Ok(Self(*major, *minor, *patch)),
            _ => Err(OsVersionError(text.to_owned())),
        }
    }
}

impl Serialize for OsVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OsVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number_and_round_trip() {
        let version: OsVersion = "10.0.3".parse().unwrap();
        assert!(version > OsVersion(6, 3, 4));
        assert_eq!(version.to_string(), "10.0.3");
        assert!("6.3".parse::<OsVersion>().is_err());
        assert!("6.3.4-rc.1".parse::<OsVersion>().is_err());
    }
}
