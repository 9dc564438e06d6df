//! The forms with files in them that are sent to be compiled, or to a device.

use super::{
    SUBMISSION_LIMIT, platform,
    targets::{self, Target},
};
use crate::{platform::Platform, sandbox::cloud::error::ApiError};
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use std::collections::HashMap;

/// A file and the name it was sent under.
pub(in crate::sandbox::cloud) struct File {
    /// Its path in the project.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The parts of a form.
pub(in crate::sandbox::cloud) struct Submission {
    /// Those that are files.
    pub files: Vec<File>,
    fields: HashMap<String, String>,
}

/// Whether a request carries a form with files.
pub(in crate::sandbox::cloud) fn is_multipart(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

impl<S: Send + Sync> FromRequest<S> for Submission {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let unreadable = |error: MultipartError| ApiError::failure(error.status(), "the form cannot be read");
        let parts = Multipart::from_request(request, state).await;
        let mut parts = parts.map_err(|_| refused("the files must come as multipart/form-data"))?;
        let mut submission = Self { files: Vec::new(), fields: HashMap::new() };
        let mut size = 0;
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            let field = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let content = part.bytes().await.map_err(unreadable)?;
            size += content.len();
            if size > SUBMISSION_LIMIT {
                return Err(ApiError::failure(StatusCode::PAYLOAD_TOO_LARGE, "the files are too large"));
            }
            match file {
                Some(name) => submission.files.push(File { name, content: content.into() }),
                None => {
                    submission.fields.insert(field, String::from_utf8_lossy(&content).into_owned());
                }
            }
        }
        Ok(submission)
    }
}

impl Submission {
    /// A field with a text in it.
    pub(in crate::sandbox::cloud) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// What is to be compiled for. Old clients call the platform a product.
    pub(super) fn platform(&self) -> Result<&'static Platform, ApiError> {
        let number = self.field("platform_id").or_else(|| self.field("product_id"));
        number.and_then(platform).ok_or_else(|| refused("platform_id is missing or not known"))
    }

    /// The version of Device OS to compile for.
    pub(super) fn target(&self, platform: &'static Platform) -> Result<Target, ApiError> {
        let target = match self.field("build_target_version").filter(|version| *version != "latest") {
            Some(version) => targets::target(platform, version),
            None => targets::usual(platform),
        };
        target.ok_or_else(|| refused("Invalid build target version."))
    }
}

fn refused(text: &str) -> ApiError {
    ApiError::failure(StatusCode::BAD_REQUEST, text)
}
