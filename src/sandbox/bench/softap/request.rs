//! How requests and replies are put for the two transports.

use crate::softap::Transport;

/// A command with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// How it came.
    pub(super) transport: Transport,
    /// Its name.
    pub(super) command: String,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// What the bytes that have come so far are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrived {
    /// All of a request.
    Whole(Request),
    /// The beginning of one.
    Part,
    /// No request.
    Nonsense,
}

impl Request {
    /// Reads what has come so far.
    pub(super) fn read(received: &[u8]) -> Arrived {
        let Some(end) = received.iter().position(|&byte| byte == b'\n') else { return Arrived::Part };
        let first = String::from_utf8_lossy(&received[..end]);
        let mut words = first.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("GET" | "POST"), Some(path), Some(version)) if version.starts_with("HTTP/") => {
                Self::read_http(path, received)
            }
            _ => Self::read_plain(&first, received.get(end + 1..).unwrap_or_default()),
        }
    }

    /// After the length come lines that mean nothing, up to an empty one.
    fn read_plain(command: &str, rest: &[u8]) -> Arrived {
        let Some(end) = rest.iter().position(|&byte| byte == b'\n') else { return Arrived::Part };
        let Ok(length) = String::from_utf8_lossy(&rest[..end]).parse::<usize>() else {
            return Arrived::Nonsense;
        };
        let Some(empty) = rest[end..].windows(2).position(|window| window == b"\n\n") else {
            return Arrived::Part;
        };
        let body = rest.get(end + empty + 2..).unwrap_or_default();
        Self::whole(Transport::Tcp, command, body, length)
    }

    fn read_http(path: &str, received: &[u8]) -> Arrived {
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Arrived::Part;
        };
        let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let Ok(length) = length.unwrap_or("0").trim().parse() else { return Arrived::Nonsense };
        let body = received.get(end + 4..).unwrap_or_default();
        Self::whole(Transport::Http, path.trim_start_matches('/'), body, length)
    }

    fn whole(transport: Transport, command: &str, body: &[u8], length: usize) -> Arrived {
        match body.get(..length) {
            Some(body) => {
                Arrived::Whole(Self { transport, command: command.to_owned(), body: body.to_vec() })
            }
            None => Arrived::Part,
        }
    }
}

/// The bytes of a reply; no answer stands for a command that the device does not know.
pub(super) fn reply(transport: Transport, answer: Option<&[u8]>) -> Vec<u8> {
    const HEAD: &str = "Content-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\n";
    match (transport, answer) {
        (Transport::Tcp, None) => Vec::new(),
        (Transport::Tcp, Some(answer)) => [b"\n\n", answer].concat(),
        (Transport::Http, None) => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
        (Transport::Http, Some(answer)) => {
            let mut reply =
                format!("HTTP/1.1 200 OK\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
            if !answer.is_empty() {
                reply.extend(format!("{:x}\r\n", answer.len()).bytes());
                reply.extend(answer);
                reply.extend(b"\r\n");
            }
            reply.extend(b"0\r\n\r\n");
            reply
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(transport: Transport, command: &str, body: &[u8]) -> Arrived {
        Arrived::Whole(Request { transport, command: command.to_owned(), body: body.to_vec() })
    }

    #[test]
    fn both_transports_are_told_apart() {
        assert_eq!(Request::read(b"version\n0\n\n"), whole(Transport::Tcp, "version", b""));
        assert_eq!(Request::read(b"set\n2\nX: y\n\n{}more"), whole(Transport::Tcp, "set", b"{}"));
        assert_eq!(
            Request::read(b"GET /scan-ap HTTP/1.1\r\nHost: x\r\n\r\n"),
            whole(Transport::Http, "scan-ap", b"")
        );
        let post = b"POST /set HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(Request::read(post), whole(Transport::Http, "set", b"{}"));
        assert_eq!(Request::read(b"set\ntwo\n\n{}"), Arrived::Nonsense);
    }

    #[test]
    fn a_request_is_not_whole_before_its_last_byte() {
        for request in [&b"set\n2\n\n{}"[..], b"POST /set HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"] {
            for cut in 0..request.len() {
                assert_eq!(Request::read(&request[..cut]), Arrived::Part, "{cut}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(line in "(GET /a HTTP/1\\.1\r\n|a\n[0-9]{0,3}\n){0,1}", bytes: Vec<u8>) {
            let _ = Request::read(&[line.as_bytes(), &bytes].concat());
        }
    }
}
