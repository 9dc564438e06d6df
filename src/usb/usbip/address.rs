//! Where an exporting host is: `usbip://HOST[:PORT]`.

use super::protocol::DEFAULT_PORT;
use std::{fmt, str::FromStr};
use url::{Host, Url};

/// A host that exports devices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostAddress {
    /// Name or IP address; IPv6 addresses without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// A text that names no exporting host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the address of a USB/IP host; it looks like usbip://HOST or usbip://HOST:PORT")]
pub struct HostAddressError(String);

impl FromStr for HostAddress {
    type Err = HostAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || HostAddressError(text.to_owned());
        let url = Url::parse(text).map_err(|_| error())?;
        let is_plain = url.scheme() == "usbip"
            && matches!(url.path(), "" | "/")
            && url.username().is_empty()
            && url.query().is_none()
            && url.fragment().is_none();
        let host = match url.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => return Err(error()),
        };
        if !is_plain || host.is_empty() {
            return Err(error());
        }
        Ok(Self { host, port: url.port().unwrap_or(DEFAULT_PORT) })
    }
}

impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "usbip://{open}{}{close}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_and_without_port() {
        let cases = [
            ("usbip://bench", "usbip://bench:3240"),
            ("usbip://127.0.0.1:40123", "usbip://127.0.0.1:40123"),
            ("usbip://[::1]:7/", "usbip://[::1]:7"),
        ];
        for (typed, shown) in cases {
            assert_eq!(typed.parse::<HostAddress>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "bench",
            "bench:3240",
            "http://bench",
            "usbip://",
            "usbip://bench/1-1",
            "usbip://[::1]/x",
            "usbip://h:99999",
        ] {
            assert!(text.parse::<HostAddress>().is_err(), "{text}");
        }
    }
}
