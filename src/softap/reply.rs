//! What a device answers.
//!
//! The JSON of a device is its own: names of networks stand between quotation marks as they were received, whatever is
//! in them.

use super::{DeviceKey, Security};
use crate::platform::DeviceId;
use serde::{Deserialize, de::DeserializeOwned};

/// Who a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceIdentity {
    /// Its id.
    pub id: DeviceId,
    /// Whether somebody has claimed it.
    pub claimed: bool,
}

/// A network that a device hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedNetwork {
    /// Its name; bytes that are no UTF-8 are replaced.
    pub ssid: String,
    /// Strength of its signal in dBm.
    pub rssi: i64,
    /// How it is secured.
    pub security: Security,
    /// Its channel.
    pub channel: u16,
}

/// The JSON object in what has come, from its first brace on.
fn object<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let start = bytes.iter().position(|&byte| byte == b'{')?;
    let text = String::from_utf8_lossy(bytes.get(start..)?);
    let mut values = serde_json::Deserializer::from_str(&text).into_iter();
    values.next()?.ok()
}

/// The result code of a command that gives nothing else.
pub(super) fn result(bytes: &[u8]) -> Option<i64> {
    #[derive(Deserialize)]
    struct Reply {
        r: i64,
    }
    object::<Reply>(bytes).map(|reply| reply.r)
}

/// The version of the protocol.
pub(super) fn version(bytes: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Reply {
        v: u64,
    }
    object::<Reply>(bytes).map(|reply| reply.v)
}

/// Who the device is.
pub(super) fn identity(bytes: &[u8]) -> Option<DeviceIdentity> {
    #[derive(Deserialize)]
    struct Reply {
        id: String,
        #[serde(default)]
        c: String,
    }
    let reply: Reply = object(bytes)?;
    Some(DeviceIdentity { id: reply.id.parse().ok()?, claimed: reply.c == "1" })
}

/// The device's key, or the result code with which it says that it has none.
pub(super) fn public_key(bytes: &[u8]) -> Option<Result<DeviceKey, i64>> {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default)]
        b: String,
        r: i64,
    }
    let reply: Reply = object(bytes)?;
    if reply.r != 0 { Some(Err(reply.r)) } else { DeviceKey::from_buffer(&reply.b).map(Ok) }
}

/// The networks in reach. Those whose numbers make no sense are left out.
pub(super) fn networks(bytes: &[u8]) -> Option<Vec<ScannedNetwork>> {
    verbatim_networks(bytes).or_else(|| {
        #[derive(Deserialize)]
        struct Entry {
            ssid: String,
            rssi: i64,
            sec: u32,
            ch: u16,
        }
        #[derive(Deserialize)]
        struct Reply {
            scans: Vec<Entry>,
        }
        let entry = |Entry { ssid, rssi, sec, ch }| ScannedNetwork {
            ssid,
            rssi,
            security: Security(sec),
            channel: ch,
        };
        object::<Reply>(bytes).map(|reply| reply.scans.into_iter().map(entry).collect())
    })
}

/// Reads the list as firmware prints it. Only what stands around a name says where the name ends.
fn verbatim_networks(bytes: &[u8]) -> Option<Vec<ScannedNetwork>> {
    let (_, mut rest) = split_at(bytes, b"{\"scans\":[")?;
    let mut networks = Vec::new();
    loop {
        if rest.starts_with(b"]}") {
            return Some(networks);
        }
        rest = rest.strip_prefix(b"{\"ssid\":\"")?;
        let (network, after) = (0..rest.len()).find_map(|end| {
            let (numbers, after) = numbers(rest.get(end..)?)?;
            Some((network(rest.get(..end)?, numbers), after))
        })?;
        networks.extend(network);
        rest = after.strip_prefix(b",").unwrap_or(after);
    }
}

fn network(name: &[u8], [rssi, security, channel, _]: [i64; 4]) -> Option<ScannedNetwork> {
    Some(ScannedNetwork {
        ssid: String::from_utf8_lossy(name).into_owned(),
        rssi,
        security: Security(u32::try_from(security).ok()?),
        channel: channel.try_into().ok()?,
    })
}

/// The four numbers behind a name, and what comes after the brace that follows them.
fn numbers(bytes: &[u8]) -> Option<([i64; 4], &[u8])> {
    let mut rest = bytes.strip_prefix(b"\"")?;
    let mut numbers = [0; 4];
    for (number, name) in numbers.iter_mut().zip(["rssi", "sec", "ch", "mdr"]) {
        rest = rest.strip_prefix(format!(",\"{name}\":").as_bytes())?;
        let end = rest.iter().position(|byte| !matches!(byte, b'-' | b'0'..=b'9'))?;
        *number = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
        rest = rest.get(end..)?;
    }
    Some((numbers, rest.strip_prefix(b"}")?))
}

fn split_at<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan_of(names: &[&[u8]]) -> Vec<u8> {
        let mut reply = b"\n\n{\"scans\":[".to_vec();
        for (number, name) in names.iter().enumerate() {
            if number > 0 {
                reply.push(b',');
            }
            reply.extend(b"{\"ssid\":\"");
            reply.extend(*name);
            reply.extend(b"\",\"rssi\":-48,\"sec\":4194308,\"ch\":6,\"mdr\":54000}");
        }
        reply.extend(b"]}");
        reply
    }

    fn names_in(reply: &[u8]) -> Option<Vec<String>> {
        networks(reply).map(|networks| networks.into_iter().map(|network| network.ssid).collect())
    }

    #[test]
    fn names_of_networks_may_have_anything_in_them() {
        let reply =
            scan_of(&[b"a \"b\" \\n", b"]},{", b"caf\xE9", "\u{2615} bar".as_bytes(), b"{\"ssid\":\""]);
        let names = names_in(&reply).unwrap();
        assert_eq!(names, ["a \"b\" \\n", "]},{", "caf\u{FFFD}", "\u{2615} bar", "{\"ssid\":\""]);
        for cut in 1..reply.len() {
            assert_eq!(networks(&reply[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn a_list_in_another_order_or_empty_is_read_too() {
        assert_eq!(names_in(b"{\"scans\":[]}"), Some(vec![]));
        let other = br#"{ "scans": [ {"mdr":1, "ch": 6, "ssid":"a\"b", "rssi":-5, "sec":0} ] }"#;
        assert_eq!(names_in(other), Some(vec!["a\"b".to_owned()]));
    }

    #[test]
    fn short_replies_are_found_behind_what_comes_first() {
        assert_eq!(result(b"\n\n{\"r\":-1}"), Some(-1));
        assert_eq!(version(b"{\"v\":2}\r\n"), Some(2));
        let identity = identity(b"\n\n{\"id\":\"3A0027000000000000060001\",\"c\":\"1\"}").unwrap();
        assert_eq!((identity.id.as_str(), identity.claimed), ("3a0027000000000000060001", true));
        assert!(matches!(public_key(b"{\"r\":1}"), Some(Err(1))));
        assert!(public_key(b"{\"b\":\"30\",\"r\":0}").is_none());
    }

    proptest! {
        #[test]
        fn any_reply_is_read_or_refused(bytes: Vec<u8>, json in "[{}\\[\\]\":,a-z0-9-]{0,80}") {
            for reply in [&bytes[..], json.as_bytes()] {
                let _ = (result(reply), version(reply), identity(reply), public_key(reply).is_some(), networks(reply));
            }
        }

        #[test]
        fn names_come_back_as_they_are(names in proptest::collection::vec("[^\u{FFFD}]{1,10}", 0..6)) {
            let bytes: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
            prop_assert_eq!(names_in(&scan_of(&bytes)), Some(names));
        }
    }
}
