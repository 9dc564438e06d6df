//! What a device can be asked.

use serde_json::Value;

/// Number of PEAP with MSCHAPv2 (Device OS `WLAN_EAP_TYPE_PEAP`).
pub const PEAP: u8 = 25;
/// Number of EAP-TLS (Device OS `WLAN_EAP_TYPE_TLS`).
pub const EAP_TLS: u8 = 13;

/// A request: a name and, for some, a JSON object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// Its name.
    pub(super) command: &'static str,
    /// Its body, encoded.
    body: Option<String>,
}

impl Request {
    /// A request without a body.
    pub(super) fn plain(command: &'static str) -> Self {
        Self { command, body: None }
    }

    /// A request with a body.
    pub(super) fn with(command: &'static str, body: &Value) -> Self {
        Self { command, body: Some(body.to_string()) }
    }

    /// The bytes of the plain transport: name, length of the body in bytes, an empty line, the body.
    pub(super) fn over_tcp(&self) -> Vec<u8> {
        let body = self.body.as_deref().unwrap_or_default();
        format!("{}\n{}\n\n{body}", self.command, body.len()).into_bytes()
    }

    /// The bytes of the HTTP transport.
    pub(super) fn over_http(&self, host: &str) -> Vec<u8> {
        let command = self.command;
        match &self.body {
            None => format!("GET /{command} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
            // The type that the device's web server takes.
            Some(body) => format!(
                "POST /{command} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        }
        .into_bytes()
    }
}
