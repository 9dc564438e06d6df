//! What a cloud says when it does not do what it was asked.
//!
//! Particle's cloud uses HTTP statuses; spark-server and other servers of its kind also say no with status 200 and
//! `ok: false`, and report a bad token with status 400 (OAuth's `invalid_grant`, RFC 6749 section 5.2).

use reqwest::StatusCode;
use serde_json::Value;
use std::{fmt, time::Duration};

/// Longest text without JSON that is shown as it is.
const LONGEST_PLAIN_TEXT: usize = 200;

/// In what the public cloud says of a device that the account does not have.
const UNKNOWN_DEVICE: &str = "recognize that device";

/// The kinds of refusal that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The token or the password is wrong, or the token has expired.
    Unauthorized,
    /// A code of the second factor is needed.
    MfaRequired,
    /// The account may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The device did not answer the cloud.
    DeviceTimeout,
    /// Too many requests.
    RateLimited,
    /// The cloud itself failed.
    Server,
    /// Anything else: the request makes no sense to the cloud.
    Other,
}

/// A cloud's refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Who refused.
    pub host: String,
    /// HTTP status.
    pub status: StatusCode,
    /// What kind of refusal it is.
    pub kind: RefusalKind,
    /// `error` of the answer: a short word of OAuth, or a sentence.
    pub code: Option<String>,
    /// What the cloud says, or what the status means.
    pub text: String,
    /// How long the cloud wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP {} from {})", self.text, self.status.as_u16(), self.host)
    }
}

/// The refusal in an answer's status and body, if it is one.
pub(super) fn find(host: &str, status: StatusCode, body: &[u8]) -> Option<Refusal> {
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    if status.is_success() && !says_no(&json) {
        return None;
    }
    let code = json["error"].as_str().map(str::to_owned);
    let text = text_of_json(&json)
        .or_else(|| plain_text(body).filter(|_| json.is_null()))
        .unwrap_or_else(|| status.canonical_reason().unwrap_or("the cloud refused").to_owned());
    let kind = classify(status, code.as_deref().unwrap_or_default(), &text);
    Some(Refusal { host: host.to_owned(), status, kind, code, text, retry_after: None })
}

/// Whether an answer with a status of success is none.
fn says_no(json: &Value) -> bool {
    let has_errors = json["errors"].as_array().is_some_and(|errors| !errors.is_empty());
    json["ok"] == Value::Bool(false) || !json["error"].is_null() || has_errors
}

fn classify(status: StatusCode, code: &str, text: &str) -> RefusalKind {
    match code {
        "mfa_required" => return RefusalKind::MfaRequired,
        "invalid_token" | "expired_token" | "invalid_grant" => return RefusalKind::Unauthorized,
        _ => {}
    }
    // The public cloud answers 400 `invalid_request` to a request without a token.
    let about_token = text.to_ascii_lowercase().contains("access token");
    match status.as_u16() {
        401 => RefusalKind::Unauthorized,
        400 if about_token => RefusalKind::Unauthorized,
        // What does not exist and what is somebody else's are one to the public cloud; its words say what it looked for.
        403 if text.contains(UNKNOWN_DEVICE) => RefusalKind::NotFound,
        403 => RefusalKind::Forbidden,
        404 => RefusalKind::NotFound,
        408 => RefusalKind::DeviceTimeout,
        429 => RefusalKind::RateLimited,
        500.. => RefusalKind::Server,
        _ => RefusalKind::Other,
    }
}

fn text_of_json(json: &Value) -> Option<String> {
    if let Some(description) = non_empty(&json["error_description"]) {
        return Some(description.to_owned());
    }
    let info = non_empty(&json["info"]);
    if let Some(error) = non_empty(&json["error"]) {
        return Some(info.map_or_else(|| error.to_owned(), |info| format!("{error}: {info}")));
    }
    let entries = json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<&str> = entries.iter().filter_map(text_of_entry).collect();
    if texts.is_empty() { info.map(str::to_owned) } else { Some(texts.join("\n")) }
}

/// An entry of `errors` is a text, or an object with the text in `message`, in `error`, or in `error.status`.
fn text_of_entry(entry: &Value) -> Option<&str> {
    let places = [entry, &entry["message"], &entry["error"], &entry["error"]["status"]];
    places.into_iter().find_map(non_empty)
}

fn non_empty(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// A short text that is no page of HTML.
fn plain_text(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let showable = !text.is_empty() && text.len() <= LONGEST_PLAIN_TEXT && !text.starts_with('<');
    showable.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(status: u16, body: &str) -> Option<(RefusalKind, String)> {
        let status = StatusCode::from_u16(status).unwrap();
        find("host", status, body.as_bytes()).map(|refusal| (refusal.kind, refusal.text))
    }

    fn kind(status: u16, body: &str) -> RefusalKind {
        refusal(status, body).unwrap().0
    }

    fn text(status: u16, body: &str) -> String {
        refusal(status, body).unwrap().1
    }

    #[test]
    fn success_is_no_refusal() {
        assert_eq!(refusal(200, "[]"), None);
        assert_eq!(refusal(204, ""), None);
        assert_eq!(refusal(200, r#"{"ok":true,"error":null,"errors":[]}"#), None);
    }

    #[test]
    fn spark_server_says_no_with_status_200() {
        assert_eq!(text(200, r#"{"ok":false,"errors":["no such device"]}"#), "no such device");
        assert_eq!(text(200, r#"{"error":"Nothing to do?"}"#), "Nothing to do?");
    }

    #[test]
    fn a_bad_token_is_recognised_whatever_the_status() {
        let expired =
            r#"{"error":"invalid_grant","error_description":"The access token provided has expired."}"#;
        let missing = r#"{"error":"invalid_request","error_description":"The access token was not found"}"#;
        for (status, body) in
            [(401, ""), (401, r#"{"error":"invalid_token"}"#), (400, expired), (400, missing)]
        {
            assert_eq!(kind(status, body), RefusalKind::Unauthorized, "{status} {body}");
        }
        assert_eq!(kind(403, r#"{"error":"mfa_required","mfa_token":"x"}"#), RefusalKind::MfaRequired);
        assert_eq!(kind(403, r#"{"error":"access token has no scope for this"}"#), RefusalKind::Forbidden);
    }

    #[test]
    fn the_text_is_the_clouds_own_where_it_has_one() {
        assert_eq!(
            refusal(
                403,
                r#"{"error":"Permission Denied","info":"I didn't recognize that device name or ID"}"#
            ),
            Some((
                RefusalKind::NotFound,
                "Permission Denied: I didn't recognize that device name or ID".to_owned()
            ))
        );
        assert_eq!(text(400, r#"{"errors":["a",{"error":"b"},{"error":{"status":"c"}},7]}"#), "a\nb\nc");
        assert_eq!(text(404, r#"{"errors":[{"message":"Library x not found"}]}"#), "Library x not found");
        assert_eq!(text(404, "Cannot GET /v1/user"), "Cannot GET /v1/user");
        assert_eq!(text(502, "<html>nginx</html>"), "Bad Gateway");
    }

    proptest! {
        #[test]
        fn no_body_makes_it_fail(status in 100_u16..1000, body: Vec<u8>) {
            let _ = find("host", StatusCode::from_u16(status).unwrap(), &body);
        }
    }
}
