//! Which redirections are followed, and with what.
//!
//! Only requests that read are. The token stays behind when the origin changes, and nothing that was asked for over
//! `https` is fetched over `http`. What changes something is not sent to an address that the person did not name: it
//! may carry a password.

use reqwest::{Method, Response, StatusCode, header};
use url::Url;

/// Longest chain of redirections.
pub(super) const LONGEST_CHAIN: usize = 5;

/// The address an answer redirects to, if it does.
pub(super) fn target(response: &Response) -> Option<Url> {
    let follows = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    follows.then(|| response.url().join(location).ok())?
}

/// Why a redirection must not be followed.
pub(super) fn objection(method: &Method, from: &Url, to: &Url, followed: usize) -> Option<&'static str> {
    if *method != Method::GET {
        Some("this request changes something")
    } else if !matches!(to.scheme(), "http" | "https") {
        Some("it leaves the web")
    } else if from.scheme() == "https" && to.scheme() == "http" {
        Some("it leads from https to http")
    } else if followed >= LONGEST_CHAIN {
        Some("there were too many redirections before")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objection_to(method: Method, from: &str, to: &str) -> Option<&'static str> {
        objection(&method, &from.parse().unwrap(), &to.parse().unwrap(), 0)
    }

    #[test]
    fn only_reading_follows_and_never_to_less_safety() {
        assert_eq!(objection_to(Method::GET, "https://a/", "https://b/"), None);
        assert!(objection_to(Method::GET, "https://a/", "http://a/").is_some());
        assert!(objection_to(Method::GET, "http://a/", "file:///etc/passwd").is_some());
        assert!(objection_to(Method::POST, "http://a/", "http://a/b").is_some());
    }
}
