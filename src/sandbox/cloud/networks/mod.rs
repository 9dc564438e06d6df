//! `/v1/networks`: mesh networks and who is in them.

mod record;

pub use record::{Network, NetworkMember};

use super::{
    CloudState, SharedCloud,
    credentials::Caller,
    devices::summary,
    error::ApiError,
    fields::Fields,
    records::{DeviceRecord, Records},
};
use crate::platform::DeviceId;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get},
};
use serde_json::{Value, json};

/// Longest name of a network, in bytes.
const LONGEST_NAME: usize = 16;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/networks", get(list).post(create))
        .route("/v1/networks/{network}", get(details).put(change).delete(remove))
        .route("/v1/networks/{network}/devices", get(devices))
        .route("/v1/devices/{device}/network", delete(leave))
}

async fn list(State(cloud): State<SharedCloud>, caller: Caller) -> Json<Value> {
    cloud.note_who_is_online();
    let records = cloud.records();
    let mine = records.networks.iter().filter(|network| network.owner == caller.username);
    Json(mine.filter(|network| network.is_confirmed()).map(Network::describe).collect())
}

async fn details(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(network): Path<String>,
) -> Result<Json<Value>, ApiError> {
    cloud.note_who_is_online();
    Ok(Json(confirmed(&cloud.records(), &caller, &network)?.describe()))
}

async fn devices(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(network): Path<String>,
) -> Result<Json<Value>, ApiError> {
    cloud.note_who_is_online();
    let records = cloud.records();
    let network = confirmed(&records, &caller, &network)?;
    let members = network.members.iter().filter_map(|member| records.device(&member.device));
    Ok(Json(members.map(|device| summary(&cloud, &records, device)).collect()))
}

/// Registers a network, which stays pending until its first device tells of it.
async fn create(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    cloud.note_who_is_online();
    let name = fields.text("name").filter(|name| name.len() <= LONGEST_NAME);
    let name = name.ok_or_else(|| refused("name must have 1 to 16 bytes"))?;
    let network = {
        let records = cloud.records();
        let device = fields.text("device_id").ok_or_else(|| refused("device_id is missing"))?;
        let device = records.device_of(&caller.username, device).ok_or_else(ApiError::unknown_device)?;
        check_gateway(&records, device, &fields)?;
        if own(&records, &caller, name).is_ok_and(Network::is_confirmed) {
            return Err(refused("Name already in use"));
        }
        Network {
            id: super::random_token()[..DeviceId::LENGTH].to_owned(),
            name: name.to_owned(),
            owner: caller.username,
            members: vec![NetworkMember { device: device.id.clone(), confirmed: false }],
        }
    };
    let described = network.describe();
    cloud.update(|records| {
        records.remove_from_network(&network.members[0].device);
        records.networks.push(network);
    });
    Ok((StatusCode::CREATED, Json(json!({ "ok": true, "network": described }))))
}

/// Whether a device can make a network.
fn check_gateway(records: &Records, device: &DeviceRecord, fields: &Fields) -> Result<(), ApiError> {
    let platform = device.platform_id.platform();
    let platform = platform.filter(|platform| platform.mesh);
    let platform = platform.ok_or_else(|| refused("The device does not support mesh networking"))?;
    if platform.radio.cellular && fields.text("iccid").is_none() {
        return Err(refused("iccid is missing"));
    }
    match records.network_of(&device.id) {
        Some(network) if network.is_confirmed() => {
            Err(refused("The device is already a member of a network"))
        }
        _ => Ok(()),
    }
}

/// Carries out `add-device` and `remove-device`.
async fn change(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(network): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    cloud.note_who_is_online();
    let (network, device) = {
        let records = cloud.records();
        let network = own(&records, &caller, &network)?.id.clone();
        let device = fields.text("device_id").unwrap_or_default();
        (network, own_or_nobodys(&records, &caller, device)?.clone())
    };
    match fields.text("action") {
        Some("add-device") => add(&cloud, &network, &device)?,
        Some("remove-device") => {
            let is_member = cloud.records().network_of(&device.id).is_some_and(|other| other.id == network);
            if !is_member {
                return Err(ApiError::failure(StatusCode::NOT_FOUND, "The device is not in this network"));
            }
            cloud.update(|records| records.remove_from_network(&device.id));
        }
        _ => return Err(refused("action must be add-device or remove-device")),
    }
    Ok(Json(json!({ "ok": true })))
}

fn add(cloud: &CloudState, network: &str, device: &DeviceRecord) -> Result<(), ApiError> {
    if !device.platform_id.platform().is_some_and(|platform| platform.mesh) {
        return Err(refused("The device does not support mesh networking"));
    }
    let current = cloud.records().network_of(&device.id).map(|network| network.id.clone());
    match current {
        Some(current) if current == network => Ok(()),
        Some(_) => Err(refused("The device is already a member of a network")),
        None => {
            cloud.update(|records| {
                if let Some(network) = records.networks.iter_mut().find(|known| known.id == network) {
                    network.members.push(NetworkMember { device: device.id.clone(), confirmed: false });
                }
            });
            Ok(())
        }
    }
}

async fn remove(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(network): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let id = own(&cloud.records(), &caller, &network)?.id.clone();
    cloud.update(|records| records.networks.retain(|network| network.id != id));
    Ok(Json(json!({ "ok": true })))
}

/// Takes a device out of its network, whichever it is.
async fn leave(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(device): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let id = own_or_nobodys(&cloud.records(), &caller, &device)?.id.clone();
    if cloud.update(|records| records.remove_from_network(&id)) {
        Ok(Json(json!({ "ok": true })))
    } else {
        Err(ApiError::failure(StatusCode::NOT_FOUND, "The device is not in any network"))
    }
}

/// The caller's network with this id or name, pending or not.
fn own<'a>(records: &'a Records, caller: &Caller, network: &str) -> Result<&'a Network, ApiError> {
    let mut mine = records.networks.iter().filter(|known| known.owner == caller.username);
    mine.find(|known| known.id == network || known.name == network)
        .ok_or_else(|| ApiError::failure(StatusCode::NOT_FOUND, "Network not found"))
}

fn confirmed<'a>(records: &'a Records, caller: &Caller, network: &str) -> Result<&'a Network, ApiError> {
    let found = own(records, caller, network)?;
    let not_found = || ApiError::failure(StatusCode::NOT_FOUND, "Network not found");
    Some(found).filter(|network| network.is_confirmed()).ok_or_else(not_found)
}

/// The caller's device with this id or name, or one that nobody has claimed, by its id.
fn own_or_nobodys<'a>(
    records: &'a Records,
    caller: &Caller,
    device: &str,
) -> Result<&'a DeviceRecord, ApiError> {
    let nobodys = || {
        let device = records.device(&device.parse().ok()?)?;
        device.owner.is_none().then_some(device)
    };
    records.device_of(&caller.username, device).or_else(nobodys).ok_or_else(ApiError::unknown_device)
}

fn refused(message: &str) -> ApiError {
    ApiError::failure(StatusCode::BAD_REQUEST, message)
}
