//! `/v1/products`: fleets and the devices in them.

mod devices;
mod import;
mod listing;
mod record;
mod scope;

pub use record::{Member, Product};
pub(super) use scope::ProductScope;

use super::{SharedCloud, credentials::Caller, error::ApiError};
use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/products", get(list))
        .route("/v1/products/{product}", get(details))
        .merge(devices::routes())
}

async fn list(State(cloud): State<SharedCloud>, caller: Caller) -> Json<Value> {
    let records = cloud.records();
    let mine = records.products.iter().filter(|product| product.owner == caller.username);
    Json(json!({ "products": mine.map(describe).collect::<Vec<_>>() }))
}

async fn details(State(cloud): State<SharedCloud>, scope: ProductScope) -> Result<Json<Value>, ApiError> {
    let records = cloud.records();
    // A list of one, as the public cloud has it.
    Ok(Json(json!({ "product": [describe(scope.product(&records)?)] })))
}

fn describe(product: &Product) -> Value {
    json!({
        "id": product.id,
        "slug": product.slug,
        "name": product.name,
        "description": "",
        "platform_id": product.platform_id,
        "type": "Consumer",
        "device_count": product.members.len(),
    })
}
