//! How the cloud says no.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// An answer other than success.
#[derive(Debug)]
pub(in crate::sandbox) struct ApiError {
    status: StatusCode,
    body: Value,
}

impl ApiError {
    /// An OAuth error (RFC 6749 section 5.2): `{"error", "error_description"}`.
    pub(super) fn oauth(status: StatusCode, code: &str, description: &str) -> Self {
        Self { status, body: json!({ "error": code, "error_description": description }) }
    }

    /// A failure of the ordinary kind: `{"ok": false, "error"}`.
    pub(in crate::sandbox) fn failure(status: StatusCode, error: &str) -> Self {
        Self { status, body: json!({ "ok": false, "error": error }) }
    }

    /// A failure reported as a list: `{"ok": false, "errors": [...]}`.
    pub(super) fn failures(status: StatusCode, error: &str) -> Self {
        Self { status, body: json!({ "ok": false, "errors": [error] }) }
    }

    /// A failure as libraries report it: `{"errors": [{"message"}]}`.
    pub(super) fn messages(status: StatusCode, message: &str) -> Self {
        Self { status, body: json!({ "errors": [{ "message": message }] }) }
    }

    /// A device that does not exist or is somebody else's. The cloud does not tell which.
    pub(super) fn unknown_device() -> Self {
        let body = json!({
            "error": "Permission Denied",
            "info": "I didn't recognize that device name or ID, try opening /v1/devices",
        });
        Self { status: StatusCode::FORBIDDEN, body }
    }

    /// Adds a member to the answer.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body[name] = value.into();
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
