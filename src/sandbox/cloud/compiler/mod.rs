//! `/v1/binaries`: the compile service, which compiles nothing.
//!
//! It checks what can be checked without a compiler, and makes a module that is well-formed, belongs to the platform
//! and the version of Device OS asked for, and has a hash that depends on every byte of the sources.

mod build;
mod code;
mod constants;
mod imports;
mod include;
mod registered;
mod releases;
mod scan;
mod submission;
mod targets;

pub(super) use imports::Imports;
pub(super) use submission::{Submission, is_multipart};
pub(super) use targets::first_target;

use super::{SharedCloud, credentials::Caller, error::ApiError};
use crate::platform::{Platform, PlatformId};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::{get, post},
};
use build::Build;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Most bytes of a project that is sent.
pub(super) const SUBMISSION_LIMIT: usize = 64 << 20;
/// How many binaries are kept.
const KEPT: usize = 64;
/// How long the real service keeps them.
const KEEPING_TIME: SignedDuration = SignedDuration::from_hours(24);

/// Routes of the compile service.
pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/binaries", post(compile).layer(DefaultBodyLimit::max(SUBMISSION_LIMIT)))
        .route("/v1/binaries/{id}", get(download))
        .merge(releases::routes())
        .merge(targets::routes())
}

/// The binaries that were made last.
#[derive(Default)]
pub(super) struct Shelf(VecDeque<(String, Vec<u8>)>);

impl Shelf {
    /// Keeps a binary, and gives the id it can be had by.
    fn keep(&mut self, module: Vec<u8>) -> String {
        let id = super::random_token()[..24].to_owned();
        self.0.push_back((id.clone(), module));
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
        id
    }

    fn find(&self, id: &str) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, module)| module.as_slice())
    }
}

async fn compile(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    submission: Submission,
) -> Result<Json<Value>, ApiError> {
    let platform = submission.platform()?;
    let target = submission.target(platform)?;
    let imports = Imports::of(&cloud.records(), &caller.username, &submission.files);
    let build = build::build(platform, target, &submission.files, &imports)?;
    let Build { module, size_info } = build;
    let id = cloud.shelf().keep(module);
    Ok(Json(json!({
        "ok": true,
        "binary_id": id,
        "binary_url": format!("/v1/binaries/{id}"),
        "build_target_version": target.to_string(),
        "expires_at": Timestamp::now() + KEEPING_TIME,
        "sizeInfo": size_info,
    })))
}

async fn download(
    State(cloud): State<SharedCloud>,
    _caller: Caller,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let shelf = cloud.shelf();
    let module = shelf.find(&id);
    let module = module.ok_or_else(|| ApiError::failure(StatusCode::NOT_FOUND, "Binary not found"))?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], module.to_vec()))
}

/// The platform that a form names by its number.
fn platform(number: &str) -> Option<&'static Platform> {
    let platform = number.parse().ok().map(PlatformId)?.platform()?;
    platform.firmware.is_some().then_some(platform)
}

/// Compiles the files for a platform, and gives the module alone.
pub(super) fn compile_for(
    platform: &'static Platform,
    submission: &Submission,
    imports: &Imports,
) -> Result<Vec<u8>, ApiError> {
    let target = submission.target(platform)?;
    Ok(build::build(platform, target, &submission.files, imports)?.module)
}
