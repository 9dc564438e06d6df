//! `/v1/devices/DEVICE/unprotect`, also below a product: the cloud's consent to lifting Device Protection.
//!
//! What is asked and answered is what particle-api-js (`unprotectDevice`) and the Node tool
//! (`device-protection-helper.js`) send and read. The consent is signed with the cloud's own key: a device that knows
//! the cloud by Particle's refuses it, since the private half of that is not here.

use super::{
    CloudState, SharedCloud, credentials::Caller, error::ApiError, fields::Fields, products::ProductScope,
    records::DeviceRecord,
};
use crate::{
    keys::PublicKey,
    platform::DeviceId,
    sandbox::proof::{NONCE_LENGTH, Statement, fingerprint},
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::put,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rand::{RngCore, rngs::OsRng};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::PoisonError};

/// What devices have been asked to sign, each the last.
pub(super) type Nonces = HashMap<DeviceId, [u8; NONCE_LENGTH]>;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/devices/{device}/unprotect", put(owned))
        .route("/v1/products/{product}/devices/{device}/unprotect", put(in_product))
}

async fn owned(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(device): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let device = cloud.records().device_of(&caller.username, &device).cloned();
    unprotect(&cloud, &device.ok_or_else(ApiError::unknown_device)?, &fields)
}

async fn in_product(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path((_, device)): Path<(String, String)>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let device = scope.device(&cloud.records(), &device)?;
    unprotect(&cloud, &device, &fields)
}

fn unprotect(cloud: &CloudState, device: &DeviceRecord, fields: &Fields) -> Result<Json<Value>, ApiError> {
    match fields.text("action") {
        Some("prepare") => {
            let mut nonce = [0; NONCE_LENGTH];
            OsRng.fill_bytes(&mut nonce);
            nonces(cloud).insert(device.id.clone(), nonce);
            Ok(Json(json!({ "server_nonce": STANDARD.encode(nonce) })))
        }
        Some("confirm") => confirm(cloud, device, fields),
        _ => Err(refused("action must be prepare or confirm")),
    }
}

/// Consents if the device has proved who it is.
fn confirm(cloud: &CloudState, device: &DeviceRecord, fields: &Fields) -> Result<Json<Value>, ApiError> {
    let server_nonce = bytes(fields, "server_nonce")?;
    let device_nonce = bytes(fields, "device_nonce")?;
    let signature = bytes(fields, "device_signature")?;
    let device_fingerprint = bytes(fields, "device_public_key_fingerprint")?;
    if nonces(cloud).get(&device.id).is_none_or(|asked| asked[..] != server_nonce) {
        return Err(refused("server_nonce is not the one that was given last"));
    }
    let registered = device.key.as_ref().and_then(|key| PublicKey::from_pem_or_der(key.pem.as_bytes()).ok());
    let registered = registered.filter(|key| fingerprint(key)[..] == device_fingerprint);
    let registered = registered.ok_or_else(|| refused("Device public key was not found"))?;
    let statement = Statement::of_device(&device.id, &device_nonce, &server_nonce);
    if !statement.is_signed(&signature, &registered) {
        return Err(refused("Invalid device signature"));
    }
    let own = cloud.own_key.as_ref();
    let consent = Statement::of_server(&device.id, &server_nonce, &device_nonce, &device_fingerprint);
    let signed = own.and_then(|own| Some((consent.sign(own)?, fingerprint(own.public_key()))));
    let no_key = || ApiError::failure(StatusCode::INTERNAL_SERVER_ERROR, "there is no key to sign with");
    let (signature, fingerprint) = signed.ok_or_else(no_key)?;
    nonces(cloud).remove(&device.id);
    Ok(Json(json!({
        "server_signature": STANDARD.encode(signature),
        "server_public_key_fingerprint": STANDARD.encode(fingerprint),
    })))
}

fn nonces(cloud: &CloudState) -> std::sync::MutexGuard<'_, Nonces> {
    cloud.nonces.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bytes(fields: &Fields, name: &str) -> Result<Vec<u8>, ApiError> {
    let decoded = fields.text(name).and_then(|text| STANDARD.decode(text).ok());
    decoded.ok_or_else(|| refused(&format!("{name} is missing or not base64")))
}

fn refused(text: &str) -> ApiError {
    ApiError::failure(StatusCode::BAD_REQUEST, text)
}
