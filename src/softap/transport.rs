//! Where a device is, and how bytes are put for its transport.

use super::request::Request;
use std::{fmt, net::IpAddr, str::FromStr};

/// The port of the plain transport.
const TCP_PORT: u16 = 5609;
/// The port of the HTTP transport.
const HTTP_PORT: u16 = 80;

/// How a device is talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Plain, over TCP.
    Tcp,
    /// HTTP.
    Http,
}

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

/// A text that is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give HOST, HOST:PORT or http://HOST:PORT")]
pub struct AddressError;

impl DeviceAddress {
    /// Where every device is in the network that it opens.
    pub fn usual() -> Self {
        Self { transport: Transport::Tcp, host: "192.168.0.1".to_owned(), port: TCP_PORT }
    }
}

impl FromStr for DeviceAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (transport, usual_port, rest) = match text.split_once("://") {
            None => (Transport::Tcp, TCP_PORT, text),
            Some(("tcp", rest)) => (Transport::Tcp, TCP_PORT, rest),
            Some(("http", rest)) => (Transport::Http, HTTP_PORT, rest.trim_end_matches('/')),
            Some(_) => return Err(AddressError),
        };
        let (host, port) = match rest.rsplit_once(':') {
            // A bare IPv6 address is full of colons.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().ok().filter(|port| *port != 0).ok_or(AddressError)?)
            }
            _ => (rest, usual_port),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_number = host.parse::<IpAddr>().is_ok();
        let is_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        if host.is_empty() || !(is_number || is_name) {
            return Err(AddressError);
        }
        Ok(Self { transport, host: host.to_owned(), port })
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

impl Transport {
    /// The bytes of a request.
    pub(super) fn encode(self, request: &Request, host: &str) -> Vec<u8> {
        match self {
            Self::Tcp => request.over_tcp(),
            Self::Http => request.over_http(host),
        }
    }

    /// The body in what has come so far; `None` if it has not begun, or never will.
    pub(super) fn body(self, received: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Tcp => Some(received.to_vec()),
            Self::Http => http_body(received),
        }
    }
}

/// The body of an HTTP response with status 200. Only chunks need to be taken apart: everything else ends with the
/// connection, or with the JSON in it.
fn http_body(received: &[u8]) -> Option<Vec<u8>> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(received.get(..end)?).to_ascii_lowercase();
    let mut lines = head.lines();
    let mut status = lines.next()?.split_whitespace();
    if !status.next()?.starts_with("http/1.") || status.next()? != "200" {
        return None;
    }
    let body = received.get(end + 4..)?;
    let chunked = lines.any(|line| line.starts_with("transfer-encoding:") && line.contains("chunked"));
    Some(if chunked { unchunk(body) } else { body.to_vec() })
}

/// What the chunks that have come so far hold.
fn unchunk(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|window| window == b"\r\n") {
        let size = String::from_utf8_lossy(&chunks[..end]);
        let size = size.split(';').next().unwrap_or_default().trim();
        let Ok(size @ 1..) = usize::from_str_radix(size, 16) else { break };
        let content = &chunks[end + 2..];
        let (content, rest) = content.split_at(size.min(content.len()));
        body.extend(content);
        chunks = rest.strip_prefix(b"\r\n").unwrap_or(rest);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn addresses_have_a_transport_and_a_port_of_their_own() {
        for (text, expected) in [
            ("192.168.0.1", "192.168.0.1:5609"),
            ("127.0.0.1:4000", "127.0.0.1:4000"),
            ("http://192.168.0.1", "http://192.168.0.1:80"),
            ("http://localhost:8080/", "http://localhost:8080"),
            ("[::1]:5000", "[::1]:5000"),
            ("::1", "[::1]:5609"),
        ] {
            assert_eq!(text.parse::<DeviceAddress>().map(|a| a.to_string()), Ok(expected.to_owned()));
        }
        for text in ["", ":1", "a:b", "ftp://a", "a b", "a:0", "a:70000", "http://"] {
            assert_eq!(text.parse::<DeviceAddress>(), Err(AddressError), "{text}");
        }
    }

    #[test]
    fn the_length_of_a_body_is_in_bytes() {
        let request = Request::with("set", &json!({"k": "\u{e9}\u{2615}"}));
        let body = "{\"k\":\"\u{e9}\u{2615}\"}";
        assert_eq!(body.len(), 13);
        assert_eq!(Transport::Tcp.encode(&request, ""), format!("set\n13\n\n{body}").as_bytes());
        let http = String::from_utf8(Transport::Http.encode(&request, "h")).unwrap();
        assert!(http.starts_with("POST /set HTTP/1.1\r\nHost: h\r\n"), "{http}");
        assert!(http.ends_with(&format!("Content-Length: 13\r\n\r\n{body}")), "{http}");
        assert_eq!(Transport::Tcp.encode(&Request::plain("version"), ""), b"version\n0\n\n");
    }

    #[test]
    fn http_responses_come_in_chunks_or_not() {
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"r\r\n4\r\n\":0}\r\n0\r\n\r\n";
        assert_eq!(http_body(chunked).unwrap(), b"{\"r\":0}");
        let cut = &chunked[..chunked.len() - 7];
        assert_eq!(http_body(cut).unwrap(), b"{\"r\":0}");
        assert_eq!(http_body(b"HTTP/1.0 200 OK\r\n\r\n{}").unwrap(), b"{}");
        assert_eq!(http_body(b"HTTP/1.1 404 Not Found\r\n\r\n{}"), None);
        assert_eq!(http_body(b"HTTP/1.1 200 OK\r\n"), None);
    }

    proptest! {
        #[test]
        fn any_response_is_taken_apart_or_refused(head in "(HTTP/1\\.1 200 OK|.{0,10})\r\n(transfer-encoding: chunked\r\n)?\r\n", rest: Vec<u8>, sizes in "([0-9a-f]{1,3}\r\n.{0,20}\r\n){0,4}") {
            let mut response = head.into_bytes();
            response.extend(sizes.bytes());
            response.extend(rest);
            let _ = http_body(&response);
        }
    }
}
