//! Updates over the air: `PUT /v1/devices/DEVICE` with files in it, and what devices make of them.

use super::{
    CloudState, SharedCloud, apps,
    compiler::{self, Imports, Submission, is_multipart},
    error::ApiError,
    events::Event,
    fields::Fields,
    records::DeviceRecord,
};
use crate::{
    firmware::{Asset, Bundle},
    platform::Platform,
};
use axum::{
    Json,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a request asks of a device.
pub(super) enum Change {
    /// A change of what the cloud knows of it, or an order that fits into a few words.
    Fields(Fields),
    /// New firmware.
    Firmware(Submission),
}

impl<S: Send + Sync> FromRequest<S> for Change {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if is_multipart(request.headers()) {
            Submission::from_request(request, state).await.map(Self::Firmware)
        } else {
            Fields::from_request(request, state).await.map(Self::Fields)
        }
    }
}

/// Sends a device what a form holds: a binary, a bundle, source code that is compiled first, or a known application.
pub(super) fn flash(
    cloud: &SharedCloud,
    device: &DeviceRecord,
    submission: &Submission,
) -> Result<Json<Value>, ApiError> {
    if let Some(app) = submission.field("app") {
        return flash_known(cloud, device, app);
    }
    let owner = device.owner.as_deref().unwrap_or_default();
    let imports = Imports::of(&cloud.records(), owner, &submission.files);
    start(cloud, device, modules(submission, platform_of(device)?, &imports)?)
}

/// Sends a device a known application.
pub(super) fn flash_known(
    cloud: &SharedCloud,
    device: &DeviceRecord,
    app: &str,
) -> Result<Json<Value>, ApiError> {
    let module = apps::module(app, platform_of(device)?);
    let module = module.ok_or_else(|| refused("there is no such application for this device"))?;
    start(cloud, device, vec![module])
}

fn platform_of(device: &DeviceRecord) -> Result<&'static Platform, ApiError> {
    device.platform_id.platform().ok_or_else(|| refused("the platform of this device is not known"))
}

/// What a form has for a device, in the order in which it is to be sent: the application last.
fn modules(
    submission: &Submission,
    platform: &'static Platform,
    imports: &Imports,
) -> Result<Vec<Vec<u8>>, ApiError> {
    let is_binary = submission.field("file_type") == Some("binary");
    match &submission.files[..] {
        [] => Err(refused("no file was sent")),
        [file] if Bundle::is_archive(&file.content) => unbundle(&file.content),
        [file] if is_binary || file.name.to_lowercase().ends_with(".bin") => Ok(vec![file.content.clone()]),
        _ => Ok(vec![compiler::compile_for(platform, submission, imports)?]),
    }
}

fn unbundle(archive: &[u8]) -> Result<Vec<Vec<u8>>, ApiError> {
    let bundle = Bundle::parse(archive).map_err(|error| refused(&error.to_string()))?;
    let assets: Result<Vec<_>, _> = bundle.assets.iter().map(Asset::to_module).collect();
    let mut modules = assets.map_err(|error| refused(&error.to_string()))?;
    modules.push(bundle.application);
    Ok(modules)
}

fn start(cloud: &SharedCloud, device: &DeviceRecord, modules: Vec<Vec<u8>>) -> Result<Json<Value>, ApiError> {
    if !cloud.presence(device).is_online() {
        return Err(ApiError::failure(StatusCode::REQUEST_TIMEOUT, "Timed out."));
    }
    let (told, updated) = (Arc::clone(cloud), device.clone());
    let done = move |outcome: Result<(), _>| {
        if let Err(reason) = &outcome {
            tracing::info!("device {} did not take the update: {reason}", updated.id);
        }
        tell(&told, &updated, if outcome.is_ok() { "success" } else { "failed" });
    };
    tell(cloud, device, "started");
    cloud.bench().update(&device.id, modules, done).map_err(|error| refused(&error.to_string()))?;
    Ok(Json(json!({ "id": device.id, "status": "Update started" })))
}

fn tell(cloud: &CloudState, device: &DeviceRecord, status: &str) {
    let product = cloud.records().product_of(&device.id).map(|product| product.id);
    cloud.events.publish(Event::flash_status(device, product, status));
}

fn refused(text: &str) -> ApiError {
    ApiError::failure(StatusCode::BAD_REQUEST, text)
}
