//! Files to be downloaded, from any byte on (RFC 9110, 14).

use axum::{
    http::{
        HeaderMap, StatusCode,
        header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, RANGE},
    },
    response::{IntoResponse, Response},
};

/// The answer with a file, or with the part of it that is asked for. What is asked for in other words than a first byte,
/// and perhaps a last one, is answered with the whole, as a server may.
pub(super) fn file(asked: &HeaderMap, bytes: Vec<u8>) -> Response {
    const BINARY: &str = "application/octet-stream";
    let length = bytes.len();
    let range = asked.get(RANGE).and_then(|range| parse(range.to_str().ok()?));
    let Some((first, last)) = range else {
        return ([(CONTENT_TYPE, BINARY), (ACCEPT_RANGES, "bytes")], bytes).into_response();
    };
    let end = last.map_or(length, |last| last.saturating_add(1).min(length));
    match bytes.get(first..end).filter(|part| !part.is_empty()) {
        Some(part) => {
            let stated = format!("bytes {first}-{}/{length}", end - 1);
            let headers = [(CONTENT_TYPE, BINARY.to_owned()), (CONTENT_RANGE, stated)];
            (StatusCode::PARTIAL_CONTENT, headers, part.to_vec()).into_response()
        }
        None => {
            let stated = format!("bytes */{length}");
            (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, stated)]).into_response()
        }
    }
}

/// First and last byte of `bytes=FIRST-[LAST]`.
fn parse(range: &str) -> Option<(usize, Option<usize>)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse().ok()?;
    match last {
        "" => Some((first, None)),
        last => last.parse().ok().filter(|last| *last >= first).map(|last| (first, Some(last))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(range: &str) -> (u16, Option<String>) {
        let headers = HeaderMap::from_iter([(RANGE, range.parse().unwrap())]);
        let answer = file(&headers, b"0123456789".to_vec());
        let stated = answer.headers().get(CONTENT_RANGE);
        (answer.status().as_u16(), stated.map(|stated| stated.to_str().unwrap().to_owned()))
    }

    #[test]
    fn parts_are_named() {
        let partial = |stated: &str| (206, Some(stated.to_owned()));
        assert_eq!(ask("bytes=4-"), partial("bytes 4-9/10"));
        assert_eq!(ask("bytes=0-0"), partial("bytes 0-0/10"));
        assert_eq!(ask("bytes=8-99"), partial("bytes 8-9/10"));
        for beyond in ["bytes=10-", "bytes=18446744073709551615-"] {
            assert_eq!(ask(beyond), (416, Some("bytes */10".to_owned())));
        }
        for other in ["bytes=-3", "bytes=1-2,4-5", "bytes=5-4", "lines=1-2", "bytes=x-"] {
            assert_eq!(ask(other), (200, None), "{other}");
        }
    }
}
