//! The server side of [`super`].

use super::{AccountStatus, Cable, DeviceStatus, Press, Status, TransferAnswer};
use crate::{
    keys::{PublicKey, device_reader, server::ServerSlotImage},
    sandbox::{
        bench::{BenchError, DeviceView, Protection},
        cloud::{ApiError, CloudState, DeviceRecord, Records, SharedCloud, answer_transfer},
        presence::Presence,
    },
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::task::spawn_blocking;

/// How long an answer waits for devices that are in the middle of a reset.
const SETTLE_LIMIT: Duration = Duration::from_secs(5);

/// Where all of this is.
pub(in crate::sandbox) const PREFIX: &str = "/sandbox/";

pub(in crate::sandbox) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/sandbox/status", get(status))
        .route("/sandbox/devices/{device}/press", post(press))
        .route("/sandbox/devices/{device}/cable", post(cable))
        .route("/sandbox/devices/{device}/transfer", post(transfer))
}

/// What is to be seen once no device is in the middle of a reset.
async fn status(State(cloud): State<SharedCloud>) -> Json<Status> {
    settled(&cloud).await;
    let devices = cloud.bench().devices();
    let records = cloud.records();
    let accounts = records.accounts.iter().map(|account| AccountStatus {
        username: account.username.clone(),
        password: account.password.clone(),
        otp: account.otp.clone(),
    });
    let devices = devices.iter().map(|device| device_status(&cloud, device, records.device(&device.id)));
    Json(Status { accounts: accounts.collect(), devices: devices.collect() })
}

fn device_status(cloud: &CloudState, device: &DeviceView, record: Option<&DeviceRecord>) -> DeviceStatus {
    let registered = record.and_then(|record| record.key.as_ref());
    let presence = cloud.presence_of(device, registered);
    let device_key = device_reader::read(device.protocol, &device.private_key_slot).ok();
    let cloud_key = registered.and_then(|key| PublicKey::from_pem_or_der(key.pem.as_bytes()).ok());
    DeviceStatus {
        id: device.id.clone(),
        name: record.and_then(|record| record.name.clone()),
        owner: record.and_then(|record| record.owner.clone()),
        wanted_by: record.and_then(|record| record.wanted_by.clone()),
        platform: device.platform.name.to_owned(),
        os_version: device.os_version.to_string(),
        trouble: device.trouble.map(|trouble| trouble.to_string()),
        mode: device.mode.to_string(),
        plugged: device.plugged,
        protected: device.protection == Protection::Protected,
        online: presence.is_online(),
        reason: match presence {
            Presence::Online => None,
            Presence::Offline(reason) => Some(reason.to_string()),
        },
        device_key: device_key.as_ref().map(fingerprint),
        cloud_key: cloud_key.as_ref().map(fingerprint),
        server: server(device),
        bus_id: device.bus_id.clone(),
        softap: device.softap,
        terminal: device.terminal.clone(),
    }
}

/// A short name for a key: its kind and the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo.
fn fingerprint(key: &PublicKey) -> String {
    let digest = Sha256::digest(key.to_spki_der());
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{} {digits}", key.algorithm())
}

fn server(device: &DeviceView) -> Option<String> {
    let slots = device.platform.keys?.slots(device.protocol)?;
    let address = ServerSlotImage::address(&slots.server, &device.server_slot).ok()?;
    let (host, port) = (address.effective_host(device.protocol), address.effective_port(device.protocol));
    Some(format!("{}://{host}:{port}", device.protocol))
}

async fn press(
    State(cloud): State<SharedCloud>,
    Path(device): Path<String>,
    Json(Press { button }): Json<Press>,
) -> Result<Json<Value>, ApiError> {
    let id = find(&cloud.records(), &device)?.id.clone();
    cloud.bench().press(&id, button).map_err(refused)?;
    settled(&cloud).await;
    Ok(Json(json!({ "ok": true, "id": id })))
}

async fn cable(
    State(cloud): State<SharedCloud>,
    Path(device): Path<String>,
    Json(Cable { plugged }): Json<Cable>,
) -> Result<Json<Value>, ApiError> {
    let id = find(&cloud.records(), &device)?.id.clone();
    cloud.bench().set_plugged(&id, plugged).map_err(refused)?;
    settled(&cloud).await;
    Ok(Json(json!({ "ok": true, "id": id })))
}

async fn transfer(
    State(cloud): State<SharedCloud>,
    Path(device): Path<String>,
    Json(TransferAnswer { approve }): Json<TransferAnswer>,
) -> Result<Json<Value>, ApiError> {
    let id = find(&cloud.records(), &device)?.id.clone();
    if !answer_transfer(&cloud, &id, approve) {
        return Err(ApiError::failure(StatusCode::NOT_FOUND, &format!("nobody has asked for {device}")));
    }
    Ok(Json(json!({ "ok": true, "id": id })))
}

/// Waits until no device is in the middle of a reset: a person, too, sees the light change before typing on.
async fn settled(cloud: &SharedCloud) {
    let cloud = Arc::clone(cloud);
    // It fails only if the runtime is shutting down, and then nobody waits for the answer.
    let _ = spawn_blocking(move || cloud.bench().settle(SETTLE_LIMIT)).await;
}

/// The device with this id or name, whoever owns it.
fn find<'a>(records: &'a Records, device: &str) -> Result<&'a DeviceRecord, ApiError> {
    let known = records.device_called(device);
    known.ok_or_else(|| {
        ApiError::failure(StatusCode::NOT_FOUND, &format!("no device {device:?} is in the sandbox"))
    })
}

fn refused(error: BenchError) -> ApiError {
    let status = match error {
        BenchError::UnknownDevice(_) => StatusCode::NOT_FOUND,
        BenchError::Unmoved(_) => StatusCode::CONFLICT,
    };
    ApiError::failure(status, &error.to_string())
}
