//! `/v1/devices`: what the cloud knows of devices, claiming, naming, releasing, signalling.

use super::{
    CloudState, SharedCloud,
    calls::registered,
    compiler::SUBMISSION_LIMIT,
    credentials::Caller,
    error::ApiError,
    fields::Fields,
    records::{DeviceRecord, Records},
    updates::{self, Change},
};
use crate::platform::DeviceId;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    routing::get,
};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/devices", get(list).post(claim))
        .route("/v1/devices/{device}", get(details).put(change).delete(release).layer(files_limit()))
}

/// Firmware is larger than what other requests carry.
pub(super) fn files_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(SUBMISSION_LIMIT)
}

async fn list(State(cloud): State<SharedCloud>, caller: Caller) -> Json<Value> {
    cloud.note_who_is_online();
    let records = cloud.records();
    let mine = records.devices.iter().filter(|device| device.owner.as_ref() == Some(&caller.username));
    Json(mine.map(|device| summary(&cloud, &records, device)).collect())
}

async fn details(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(device): Path<String>,
) -> Result<Json<Value>, ApiError> {
    cloud.note_who_is_online();
    let records = cloud.records();
    Ok(Json(describe(&cloud, &records, owned(&records, &caller, &device)?)))
}

/// Everything the cloud tells of a device.
pub(super) fn describe(cloud: &CloudState, records: &Records, record: &DeviceRecord) -> Value {
    let mut answer = summary(cloud, records, record);
    let online = answer["online"] == true;
    let (variables, functions) = if online { registered(cloud, &record.id) } else { Default::default() };
    answer["variables"] = variables;
    answer["functions"] = functions;
    answer
}

/// What the cloud tells of a device in a list.
pub(super) fn summary(cloud: &CloudState, records: &Records, record: &DeviceRecord) -> Value {
    let online = cloud.presence(record).is_online();
    let platform = record.platform_id.platform();
    let mut answer = json!({
        "id": record.id,
        "name": record.name,
        "last_ip_address": online.then_some("127.0.0.1"),
        "last_heard": record.last_heard,
        "product_id": records.product_id_of(record),
        "connected": online,
        "online": online,
        "platform_id": record.platform_id,
        "cellular": platform.is_some_and(|platform| platform.radio.cellular),
        "notes": null,
        "status": "normal",
    });
    if let Some(network) = records.membership(record) {
        answer["network"] = network;
    }
    answer
}

/// Carries out `name`, `signal`, `app` and new firmware, the changes this cloud knows.
async fn change(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(device): Path<String>,
    change: Change,
) -> Result<Json<Value>, ApiError> {
    let record = owned(&cloud.records(), &caller, &device)?.clone();
    let fields = match change {
        Change::Firmware(submission) => return updates::flash(&cloud, &record, &submission),
        Change::Fields(fields) => fields,
    };
    if let Some(app) = fields.text("app") {
        return updates::flash_known(&cloud, &record, app);
    }
    if let Some(name) = fields.text("name") {
        return rename(&cloud, &caller, record, name);
    }
    match fields.text("signal") {
        Some(signal) => self::signal(&cloud, &record, signal),
        None => Err(ApiError::failure(StatusCode::BAD_REQUEST, "Nothing to do?")),
    }
}

/// Lets a device shout rainbows (`1`), or stop it (`0`).
pub(super) fn signal(
    cloud: &CloudState,
    record: &DeviceRecord,
    signal: &str,
) -> Result<Json<Value>, ApiError> {
    match signal {
        "0" | "1" if cloud.presence(record).is_online() => {
            Ok(Json(json!({ "id": record.id, "connected": true, "signaling": signal == "1" })))
        }
        "0" | "1" => Err(ApiError::failure(StatusCode::REQUEST_TIMEOUT, "Timed out.")),
        _ => Err(ApiError::failure(StatusCode::BAD_REQUEST, "signal must be 0 or 1")),
    }
}

fn rename(
    cloud: &SharedCloud,
    caller: &Caller,
    record: DeviceRecord,
    name: &str,
) -> Result<Json<Value>, ApiError> {
    let taken = cloud.records().devices.iter().any(|other| {
        other.id != record.id
            && other.owner.as_ref() == Some(&caller.username)
            && other.name.as_deref() == Some(name)
    });
    if taken {
        return Err(ApiError::failure(StatusCode::BAD_REQUEST, "Name already in use"));
    }
    cloud.update(|records| {
        if let Some(device) = records.device_mut(&record.id) {
            device.name = Some(name.to_owned());
        }
    });
    Ok(Json(json!({ "id": record.id, "name": name })))
}

/// Claims a device that is online and nobody's, or asks its owner for it.
async fn claim(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let id = fields.text("id").and_then(|id| id.parse::<DeviceId>().ok());
    let record = id.and_then(|id| cloud.records().device(&id).cloned());
    let record = record.ok_or_else(|| ApiError::failures(StatusCode::NOT_FOUND, "device not found"))?;
    let id = record.id.clone();
    match record.owner {
        Some(owner) if owner == caller.username => {}
        Some(_) if fields.flag("request_transfer") => {
            cloud.update(|records| {
                if let Some(device) = records.device_mut(&id) {
                    device.wanted_by = Some(caller.username);
                }
            });
            return Ok(Json(json!({ "ok": true, "transfer_id": super::random_token() })));
        }
        Some(_) => {
            let text = "That belongs to someone else.";
            return Err(ApiError::failures(StatusCode::FORBIDDEN, text));
        }
        None if cloud.presence(&record).is_online() => cloud.update(|records| {
            if let Some(device) = records.device_mut(&id) {
                device.owner = Some(caller.username);
            }
        }),
        None => return Err(ApiError::failures(StatusCode::NOT_FOUND, "Device is not connected")),
    }
    Ok(Json(json!({ "ok": true, "user_id": null, "id": id, "connected": true })))
}

async fn release(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(device): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let id = owned(&cloud.records(), &caller, &device)?.id.clone();
    cloud.update(|records| {
        if let Some(device) = records.device_mut(&id) {
            device.owner = None;
            device.name = None;
            device.wanted_by = None;
        }
    });
    Ok(Json(json!({ "ok": true })))
}

/// The owner's answer to the account that asked for a device, which the real cloud takes from a link in an e-mail.
/// Tells whether anybody had asked.
pub(in crate::sandbox) fn answer_transfer(cloud: &CloudState, id: &DeviceId, approve: bool) -> bool {
    cloud.update(|records| {
        let Some(device) = records.device_mut(id) else { return false };
        let Some(asker) = device.wanted_by.take() else { return false };
        if approve {
            device.owner = Some(asker);
            device.name = None;
        }
        true
    })
}

/// The caller's device with this id or name.
fn owned<'a>(records: &'a Records, caller: &Caller, device: &str) -> Result<&'a DeviceRecord, ApiError> {
    records.device_of(&caller.username, device).ok_or_else(ApiError::unknown_device)
}
