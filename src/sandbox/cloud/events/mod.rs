//! Events: publishing, and the streams of server-sent events.

mod event;
mod hub;
mod openings;
mod presence;
mod stream;

pub(super) use event::{Audience, Event};
pub(super) use hub::EventHub;
pub(super) use presence::watch_presence;

use super::{SharedCloud, credentials::Caller, error::ApiError, fields::Fields, products::ProductScope};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use hub::{Feed, Filter};
use serde::Deserialize;
use serde_json::{Value, json};

/// Limits of the public API reference.
const LONGEST_NAME: usize = 64;
const LONGEST_DATA: usize = 1024;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/devices/events", get(of_account).post(publish))
        .route("/v1/devices/events/{*prefix}", get(of_account))
        .route("/v1/devices/{device}/events", get(of_device))
        .route("/v1/devices/{device}/events/{*prefix}", get(of_device))
        .route("/v1/events", get(of_everybody))
        .route("/v1/events/{*prefix}", get(of_account))
        .route("/v1/products/{product}/events", get(of_product).post(publish_to_product))
        .route("/v1/products/{product}/events/{*prefix}", get(of_product))
        .route("/v1/products/{product}/devices/{device}/events", get(of_product_device))
        .route("/v1/products/{product}/devices/{device}/events/{*prefix}", get(of_product_device))
}

/// The part of a stream's path that says how names have to begin.
#[derive(Deserialize)]
struct Prefix {
    #[serde(default)]
    prefix: String,
}

#[derive(Deserialize)]
struct DevicePath {
    device: String,
    #[serde(default)]
    prefix: String,
}

async fn publish(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let audience = Audience { account: Some(caller.username), ..Audience::default() };
    cloud.events.publish(publication(audience, &fields)?);
    Ok(Json(json!({ "ok": true })))
}

async fn publish_to_product(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let audience = Audience { product: Some(scope.id), ..Audience::default() };
    cloud.events.publish(publication(audience, &fields)?);
    Ok(Json(json!({ "ok": true })))
}

/// The event in a request to publish.
fn publication(audience: Audience, fields: &Fields) -> Result<Event, ApiError> {
    let refused = |message: &str| ApiError::failure(StatusCode::BAD_REQUEST, message);
    let name = fields.text("name").ok_or_else(|| refused("name is missing"))?;
    if name.len() > LONGEST_NAME || !name.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(refused("name must be 1 to 64 printable ASCII characters"));
    }
    let data = match fields.member("data") {
        None | Some(Value::Null) => None,
        Some(Value::String(data)) if data.len() <= LONGEST_DATA => Some(data.clone()),
        Some(Value::String(_)) => return Err(refused("data must have at most 1024 bytes")),
        Some(_) => return Err(refused("data must be a text")),
    };
    Ok(Event::by_token(audience, name.to_owned(), data, fields.number("ttl")))
}

async fn of_account(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(Prefix { prefix }): Path<Prefix>,
) -> Response {
    stream::open(&cloud, Filter { feed: Feed::Account(caller.username), prefix })
}

async fn of_device(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(DevicePath { device, prefix }): Path<DevicePath>,
) -> Result<Response, ApiError> {
    let id = cloud.records().device_of(&caller.username, &device).map(|device| device.id.clone());
    let id = id.ok_or_else(ApiError::unknown_device)?;
    Ok(stream::open(&cloud, Filter { feed: Feed::Device { account: caller.username, id }, prefix }))
}

async fn of_product(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path(Prefix { prefix }): Path<Prefix>,
) -> Response {
    stream::open(&cloud, Filter { feed: Feed::Product(scope.id), prefix })
}

async fn of_product_device(
    State(cloud): State<SharedCloud>,
    scope: ProductScope,
    Path(DevicePath { device, prefix }): Path<DevicePath>,
) -> Result<Response, ApiError> {
    let id = scope.device(&cloud.records(), &device)?.id;
    Ok(stream::open(&cloud, Filter { feed: Feed::ProductDevice { product: scope.id, id }, prefix }))
}

/// Has not been possible since 2018.
async fn of_everybody(_caller: Caller) -> ApiError {
    ApiError::failure(StatusCode::BAD_REQUEST, "an event name prefix is required")
}
