//! `/v1/products/PRODUCT/devices`: the devices of a product.

use super::{
    Member, ProductScope,
    import::Import,
    listing::{Entry, Listing},
};
use crate::{
    platform::DeviceId,
    sandbox::{
        bench::DeviceView,
        cloud::{
            DeviceRecord, SharedCloud,
            devices::{describe, files_limit, signal, summary},
            error::ApiError,
            fields::Fields,
            updates::{self, Change},
        },
    },
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::get,
};
use serde_json::{Value, json};
use std::collections::HashMap;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new().route("/v1/products/{product}/devices", get(list).post(add)).route(
        "/v1/products/{product}/devices/{device}",
        get(details).put(change).delete(remove).layer(files_limit()),
    )
}

async fn list(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Query(listing): Query<Listing>,
) -> Result<Json<Value>, ApiError> {
    cloud.note_who_is_online();
    let records = cloud.records();
    let product = scope.product(&records)?;
    let on_bench: HashMap<DeviceId, DeviceView> =
        cloud.bench().devices().into_iter().map(|device| (device.id.clone(), device)).collect();
    let entries = product.members.iter().filter_map(|(id, member)| {
        let serial_number = on_bench.get(id).and_then(|view| view.serial_number.clone());
        Some(Entry { device: product.device(&records, id)?, member, serial_number })
    });
    let page = listing.page(entries);
    let devices = page.entries.into_iter().map(|entry| {
        let described = summary(&cloud, &records, &entry.device);
        as_member(described, &entry.device, entry.member, on_bench.get(&entry.device.id))
    });
    Ok(Json(json!({
        "devices": devices.collect::<Vec<_>>(),
        "customers": [],
        "meta": { "total_records": page.total_records, "total_pages": page.total_pages },
    })))
}

async fn add(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    import: Import,
) -> Result<Json<Value>, ApiError> {
    import.carry_out(&cloud, &scope).map(Json)
}

async fn details(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path((_, device)): Path<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    cloud.note_who_is_online();
    let records = cloud.records();
    let device = scope.device(&records, &device)?;
    let member = scope.product(&records)?.members.get(&device.id).cloned().unwrap_or_default();
    let on_bench = cloud.bench().devices().into_iter().find(|other| other.id == device.id);
    let os_version = on_bench.as_ref().map(|view| view.os_version.to_string());
    let mut answer = as_member(describe(&cloud, &records, &device), &device, &member, on_bench.as_ref());
    answer["current_build_target"] = os_version.clone().into();
    answer["default_build_target"] = os_version.into();
    answer["firmware_updates_enabled"] = true.into();
    answer["firmware_updates_forced"] = false.into();
    for not_set in ["firmware_version", "mobile_secret", "pinned_build_target"] {
        answer[not_set] = Value::Null;
    }
    Ok(Json(answer))
}

/// Adds what the product knows to what the cloud tells of a device.
fn as_member(
    mut described: Value,
    device: &DeviceRecord,
    member: &Member,
    on_bench: Option<&DeviceView>,
) -> Value {
    described["serial_number"] = on_bench.and_then(|view| view.serial_number.clone()).into();
    described["imei"] = on_bench.and_then(|view| view.imei.clone()).into();
    described["iccid"] = on_bench.and_then(|view| view.iccid.clone()).into();
    described["last_iccid"] = described["iccid"].clone();
    described["system_firmware_version"] = on_bench.map(|view| view.os_version.to_string()).into();
    described["last_handshake_at"] = described["last_heard"].clone();
    described["firmware_product_id"] = described["product_id"].clone();
    described["targeted_firmware_release_version"] = Value::Null;
    described["user_id"] = Value::Null;
    described["owner"] = device.owner.clone().into();
    described["groups"] = member.groups.clone().into();
    described["development"] = member.development.into();
    described["notes"] = member.notes.clone().into();
    described["quarantined"] = false.into();
    described["denied"] = false.into();
    described
}

/// Carries out `signal` and new firmware, or changes name, notes, groups and whether it is a development device.
async fn change(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path((_, device)): Path<(String, String)>,
    change: Change,
) -> Result<Json<Value>, ApiError> {
    let device = scope.device(&cloud.records(), &device)?;
    let fields = match change {
        Change::Firmware(submission) => return updates::flash(&cloud, &device, &submission),
        Change::Fields(fields) => fields,
    };
    if let Some(order) = fields.text("signal") {
        return signal(&cloud, &device, order);
    }
    let known = ["name", "notes", "groups", "development"];
    if !known.iter().any(|name| fields.member(name).is_some()) {
        return Err(ApiError::failure(StatusCode::BAD_REQUEST, "Nothing to do?"));
    }
    cloud.update(|records| {
        if let (Some(record), Some(name)) = (records.device_mut(&device.id), fields.text("name")) {
            record.name = Some(name.to_owned());
        }
        if let Some(member) = scope.product_mut(records)?.members.get_mut(&device.id) {
            change_member(member, &fields);
        }
        Ok::<_, ApiError>(())
    })?;
    let records = cloud.records();
    let device = scope.device(&records, device.id.as_str())?;
    Ok(Json(json!({ "id": device.id, "name": device.name, "updated_at": jiff::Timestamp::now() })))
}

fn change_member(member: &mut Member, fields: &Fields) {
    if let Some(name) = fields.text("name") {
        member.name = Some(name.to_owned());
    }
    if fields.member("notes").is_some() {
        member.notes = fields.text("notes").map(str::to_owned);
    }
    if fields.member("groups").is_some() {
        member.groups = fields.texts("groups");
    }
    if fields.member("development").is_some() {
        member.development = fields.flag("development");
    }
}

/// Takes a device out of the product. It stays its owner's.
async fn remove(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path((_, device)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let device = scope.device(&cloud.records(), &device)?;
    cloud.update(|records| scope.product_mut(records).map(|product| product.members.remove(&device.id)))?;
    Ok(StatusCode::NO_CONTENT)
}
