//! The 24-digit identity of a device.

use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// A device id: 24 hexadecimal digits, kept in lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct DeviceId(String);

/// A text that is no device id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a device id (24 hexadecimal digits)")]
pub struct DeviceIdError(String);

impl DeviceId {
    /// Number of hexadecimal digits.
    pub const LENGTH: usize = 24;

    /// The id as 24 lower-case hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as firmware holds it.
    pub fn bytes(&self) -> Vec<u8> {
        let digit = |digit: u8| char::from(digit).to_digit(16).map_or(0, |value| value as u8);
        self.0.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    /// Reads the id out of a USB serial-number string.
    ///
    /// Older firmware writes upper case, and strings read from a port may carry control bytes; anything outside
    /// printable ASCII is dropped first.
    pub fn from_serial_number(text: &str) -> Option<Self> {
        let printable: String = text.chars().filter(|c| ('\x20'..='\x7e').contains(c)).collect();
        printable.trim().parse().ok()
    }
}

impl FromStr for DeviceId {
    type Err = DeviceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == Self::LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(DeviceIdError(text.to_owned()))
        }
    }
}

impl<'de> Deserialize<'de> for DeviceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_and_stray_bytes_are_accepted() {
        let id = DeviceId::from_serial_number("\u{1}3A0027001247363335343834\0").unwrap();
        assert_eq!(id.as_str(), "3a0027001247363335343834");
        assert!("3a00".parse::<DeviceId>().is_err());
        assert!("3a002700124736333534383g".parse::<DeviceId>().is_err());
    }
}
