//! How bytes are put for a transport.

use super::request::Request;

/// How a device is talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Plain, over TCP.
    Tcp,
    /// HTTP.
    Http,
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
