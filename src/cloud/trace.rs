//! The wire trace of `-vv`: what is sent and received, without secrets.

use super::{
    answer::Answer,
    request::{Body, Request},
};
use reqwest::StatusCode;
use serde_json::Value;
use std::borrow::Cow;
use url::{Url, form_urlencoded};

const REDACTED: &str = "[redacted]";
/// Longest body that is shown.
const LONGEST_BODY: usize = 2048;

/// Members and form fields whose values are secrets.
const SECRETS: &[&str] = &[
    "access_token",
    "api_key",
    "authorization",
    "azure_sas_token",
    "client_secret",
    "mfa_token",
    "otp",
    "password",
    "refresh_token",
    "token",
];

/// Traces a request that is about to be sent.
pub(super) fn request(request: &Request<'_>, url: &Url, with_token: bool) {
    if !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    tracing::debug!("> {} {}", request.method, redact_address(url));
    if request.from > 0 {
        tracing::debug!("> range: bytes={}-", request.from);
    }
    if with_token {
        tracing::debug!("> authorization: Bearer {REDACTED}");
    }
    match &request.body {
        Body::Empty => {}
        Body::Form(form) => tracing::debug!("> {}", redact_form(form)),
        Body::Json(json) => tracing::debug!("> {}", redact_body(json.as_bytes())),
        Body::Multipart(parts) => {
            for part in parts {
                tracing::debug!("> {}: {} bytes", part.field, part.content.len());
            }
        }
    }
}

/// Traces an answer.
pub(super) fn answer(answer: &Answer) {
    if tracing::enabled!(tracing::Level::DEBUG) {
        tracing::debug!("< HTTP {} from {}", answer.status, answer.host);
        tracing::debug!("< {}", redact_body(&answer.body));
    }
}

/// Traces the end of a part of a file.
pub(super) fn received(host: &str, status: StatusCode, length: usize) {
    tracing::debug!("< HTTP {status} from {host}, {length} bytes");
}

/// Tokens stand in the addresses under `access_tokens`, and login codes behind their question marks.
fn redact_address(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    let address = match shown.as_str().split_once("/access_tokens/") {
        Some((before, token)) if token != "current" => format!("{before}/access_tokens/{REDACTED}"),
        _ => shown.to_string(),
    };
    match url.query() {
        Some(query) => format!("{address}?{}", redact_form(query)),
        None => address,
    }
}

fn redact_form(form: &str) -> String {
    let fields = form_urlencoded::parse(form.as_bytes()).map(|(name, value)| {
        let value = if is_secret(&name, &value) { Cow::Borrowed(REDACTED) } else { value };
        format!("{name}={value}")
    });
    fields.collect::<Vec<_>>().join("&")
}

fn redact_body(body: &[u8]) -> String {
    let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
        return format!("{} bytes that are no JSON", body.len());
    };
    redact_json(&mut json);
    let mut text = json.to_string();
    if text.len() > LONGEST_BODY {
        text.truncate(text.floor_char_boundary(LONGEST_BODY));
        text.push_str("...");
    }
    text
}

fn redact_json(json: &mut Value) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(redact_json),
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name, value.as_str().unwrap_or_default()) {
                    *value = REDACTED.into();
                } else {
                    redact_json(value);
                }
            }
        }
        _ => {}
    }
}

fn is_secret(name: &str, value: &str) -> bool {
    SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) || value.contains("PRIVATE KEY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        assert_eq!(
            redact_form("username=me%40x.com&password=hunter2&client_secret=s"),
            "username=me@x.com&password=[redacted]&client_secret=[redacted]"
        );
        assert_eq!(
            redact_body(br#"{"access_token":"abc","list":[{"token":"def","id":1}]}"#),
            r#"{"access_token":"[redacted]","list":[{"token":"[redacted]","id":1}]}"#
        );
        let url = "https://host/v1/access_tokens/abc?otp=1".parse().unwrap();
        assert_eq!(redact_address(&url), "https://host/v1/access_tokens/[redacted]?otp=[redacted]");
        let webhook =
            br#"{"headers":{"Authorization":"Basic abc"},"azure_sas_token":{"key":"def"},"event":"e"}"#;
        assert_eq!(
            redact_body(webhook),
            r#"{"headers":{"Authorization":"[redacted]"},"azure_sas_token":"[redacted]","event":"e"}"#
        );
        let key = r#"{"key":"-----BEGIN EC PRIVATE KEY-----\nMHc"}"#;
        assert_eq!(redact_body(key.as_bytes()), r#"{"key":"[redacted]"}"#);
    }

    #[test]
    fn long_bodies_are_cut_between_characters() {
        let long = format!(r#"{{"a":"{}"}}"#, "ü".repeat(LONGEST_BODY));
        assert!(redact_body(long.as_bytes()).len() <= LONGEST_BODY + 3);
        assert_eq!(redact_body(b"<html>"), "6 bytes that are no JSON");
    }
}
