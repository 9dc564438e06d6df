//! The archive in a request.

use crate::sandbox::cloud::error::ApiError;
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};

/// What the part with the archive may be called: the first in the public reference, the second by the Node tool.
const PARTS: [&str; 2] = ["archive", "file"];

/// An archive that is being uploaded.
pub(super) struct UploadedArchive(pub(super) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for UploadedArchive {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let parts = Multipart::from_request(request, state).await;
        let mut parts =
            parts.map_err(|error| ApiError::messages(error.status(), "the body is no form with files"))?;
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            if part.name().is_some_and(|name| PARTS.contains(&name)) {
                return Ok(Self(part.bytes().await.map_err(unreadable)?.into()));
            }
        }
        Err(ApiError::messages(StatusCode::BAD_REQUEST, "the archive is missing"))
    }
}

fn unreadable(error: MultipartError) -> ApiError {
    ApiError::messages(error.status(), "the form cannot be read")
}
