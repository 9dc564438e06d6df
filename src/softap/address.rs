//! Where a device is.

use super::Transport;
use std::{fmt, net::IpAddr, str::FromStr};

/// The port of the plain transport.
const TCP_PORT: u16 = 5609;
/// The port of the HTTP transport.
const HTTP_PORT: u16 = 80;
/// Where every device is in the network that it opens.
const USUAL_HOST: &str = "192.168.0.1";

/// Where a device listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAddress {
    /// Which transport it speaks there.
    pub transport: Transport,
    /// Name or number of the host.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// Where a device may listen: one address, or one for each transport, to be tried in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceAddresses(Vec<DeviceAddress>);

/// A text that is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give HOST, HOST:PORT, tcp://HOST:PORT or http://HOST:PORT")]
pub struct AddressError;

impl DeviceAddresses {
    /// In the network that a device opens.
    pub fn usual() -> Self {
        Self::over_both(USUAL_HOST, None)
    }

    fn over_both(host: &str, port: Option<u16>) -> Self {
        Self([Transport::Tcp, Transport::Http].map(|transport| transport.at(host, port)).into())
    }

    /// One after the other; there is at least one.
    pub(super) fn iter(&self) -> impl Iterator<Item = &DeviceAddress> {
        self.0.iter()
    }
}

impl Transport {
    /// This transport at a host, at its own port where none is given.
    fn at(self, host: &str, port: Option<u16>) -> DeviceAddress {
        let usual = match self {
            Self::Tcp => TCP_PORT,
            Self::Http => HTTP_PORT,
        };
        DeviceAddress { transport: self, host: host.to_owned(), port: port.unwrap_or(usual) }
    }
}

impl From<DeviceAddress> for DeviceAddresses {
    fn from(address: DeviceAddress) -> Self {
        Self(vec![address])
    }
}

/// `tcp://` and `http://` choose a transport; without them both are tried.
impl FromStr for DeviceAddresses {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (transport, rest) = match text.split_once("://") {
            None => (None, text),
            Some(("tcp", rest)) => (Some(Transport::Tcp), rest),
            Some(("http", rest)) => (Some(Transport::Http), rest.trim_end_matches('/')),
            Some(_) => return Err(AddressError),
        };
        let (host, port) = match rest.rsplit_once(':') {
            // A bare IPv6 address is full of colons.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().ok().filter(|port| *port != 0).ok_or(AddressError)?))
            }
            _ => (rest, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_number = host.parse::<IpAddr>().is_ok();
        let is_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        if host.is_empty() || !(is_number || is_name) {
            return Err(AddressError);
        }
        Ok(match transport {
            Some(transport) => transport.at(host, port).into(),
            None => Self::over_both(host, port),
        })
    }
}

impl fmt::Display for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.transport == Transport::Http { "http://" } else { "" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_transport_both_are_tried() {
        for (text, expected) in [
            ("192.168.0.1", &["192.168.0.1:5609", "http://192.168.0.1:80"][..]),
            ("127.0.0.1:4000", &["127.0.0.1:4000", "http://127.0.0.1:4000"]),
            ("tcp://device", &["device:5609"]),
            ("http://192.168.0.1", &["http://192.168.0.1:80"]),
            ("http://localhost:8080/", &["http://localhost:8080"]),
            ("[::1]:5000", &["[::1]:5000", "http://[::1]:5000"]),
            ("::1", &["[::1]:5609", "http://[::1]:80"]),
        ] {
            let addresses: DeviceAddresses = text.parse().unwrap();
            let shown: Vec<String> = addresses.iter().map(DeviceAddress::to_string).collect();
            assert_eq!(shown, expected, "{text}");
        }
        for text in ["", ":1", "a:b", "ftp://a", "a b", "a:0", "a:70000", "http://"] {
            assert_eq!(text.parse::<DeviceAddresses>(), Err(AddressError), "{text}");
        }
    }
}
