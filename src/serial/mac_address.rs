//! Addresses of network interfaces.

use std::fmt;

/// The first three bytes of Particle's own addresses.
const VENDORS: [[u8; 3]; 2] = [[0x6C, 0x0B, 0x84], [0x44, 0x39, 0xC4]];

/// The hardware address of a Wi-Fi or Ethernet interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// The address in the bytes that a device gives: six, or more where it has room to spare.
    ///
    /// None where they are all zero.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let address = *bytes.first_chunk()?;
        (address != [0; 6]).then_some(Self(address))
    }

    /// Finds an address in what a console prints: two to six pairs of hexadecimal digits with colons between.
    ///
    /// The firmware that devices are tested with leaves out bytes at the front. Where a byte is the one that an address
    /// of Particle's has in its place, all three of the vendor are put there.
    pub fn find(text: &str) -> Option<Self> {
        let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != ':');
        let told = words.filter_map(pairs).find(|bytes| (2..=6).contains(&bytes.len()))?;
        let mut address = [0; 6];
        address[6 - told.len()..].copy_from_slice(&told);
        if told.len() < 6
            && let Some(vendor) =
                VENDORS.iter().find(|vendor| vendor.iter().zip(&address).any(|(known, byte)| known == byte))
        {
            address[..3].copy_from_slice(vendor);
        }
        Some(Self(address))
    }
}

/// The bytes of a word such as `6c:0b:84`.
fn pairs(word: &str) -> Option<Vec<u8>> {
    let pairs = word.split(':');
    pairs.map(|pair| if pair.len() == 2 { u8::from_str_radix(pair, 16).ok() } else { None }).collect()
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Option<String> {
        MacAddress::find(text).map(|address| address.to_string())
    }

    #[test]
    fn addresses_are_found_whole_or_short() {
        let whole = found("Your device MAC address is\r\n6C:0B:84:3F:00:A1\r\n");
        assert_eq!(whole.as_deref(), Some("6c:0b:84:3f:00:a1"));
        assert_eq!(found("0b:84:3f:00:a1").as_deref(), Some("6c:0b:84:3f:00:a1"));
        assert_eq!(found("c4:01:02:03").as_deref(), Some("44:39:c4:01:02:03"));
        assert_eq!(found("01:02:03").as_deref(), Some("00:00:00:01:02:03"));
        assert_eq!(found("12:34:56:78:9a:bc").as_deref(), Some("12:34:56:78:9a:bc"));
        assert_eq!(found("a1 b2 1:2:3 01:02:03:04:05:06:07"), None);
    }

    #[test]
    fn bytes_of_a_device_may_have_room_to_spare() {
        let address = MacAddress::from_bytes(&[1, 2, 3, 4, 5, 6, 0, 0]).map(|address| address.to_string());
        assert_eq!(address.as_deref(), Some("01:02:03:04:05:06"));
        assert_eq!(MacAddress::from_bytes(&[0; 8]), None);
        assert_eq!(MacAddress::from_bytes(&[1, 2, 3]), None);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[0-9a-fA-F: xyä\n]{0,60}") {
            let _ = MacAddress::find(&text);
        }

        #[test]
        fn a_whole_address_is_left_as_it_is(bytes: [u8; 6]) {
            let address = MacAddress(bytes);
            prop_assert_eq!(MacAddress::find(&address.to_string()), Some(address));
        }
    }
}
