//! `/v1/integrations` and `/v1/webhooks`, the older name for the same: what is called when an event is published.

mod call;
mod record;
mod runner;
mod template;

pub use record::{Webhook, WebhookScope};
pub(super) use runner::run;

use super::{SharedCloud, credentials::Caller, error::ApiError, fields::Fields, products::ProductScope};
use axum::{
    Json, Router,
    extract::{FromRequestParts, RawPathParams, State},
    http::{StatusCode, request::Parts},
    routing::{MethodRouter, get},
};
use jiff::Timestamp;
use record::WEBHOOK;
use reqwest::Url;
use serde_json::{Value, json};

/// The kinds of integration there are.
const KINDS: [&str; 4] = [WEBHOOK, "GoogleMaps", "GoogleCloudPubSub", "AzureIotHub"];
const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

pub(super) fn routes() -> Router<SharedCloud> {
    let all = || -> MethodRouter<SharedCloud> { get(list).post(create) };
    Router::new()
        .route("/v1/integrations", all())
        .route("/v1/webhooks", all())
        .route("/v1/products/{product}/integrations", all())
        .route("/v1/products/{product}/webhooks", all())
        .route("/v1/integrations/{id}", one("integration"))
        .route("/v1/webhooks/{id}", one("webhook"))
        .route("/v1/products/{product}/integrations/{id}", one("integration"))
        .route("/v1/products/{product}/webhooks/{id}", one("webhook"))
}

/// The routes of one webhook, which is called `member` in the answer.
fn one(member: &'static str) -> MethodRouter<SharedCloud> {
    let details = move |state, place| async move { details(state, place, member) };
    get(details).delete(delete)
}

/// Whose webhooks an address is about, and which one of them. A handler that takes it cannot be reached by others.
struct Place {
    scope: WebhookScope,
    id: String,
}

impl FromRequestParts<SharedCloud> for Place {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cloud: &SharedCloud) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, cloud).await?;
        let path = RawPathParams::from_request_parts(parts, cloud).await.map_err(|_| unknown())?;
        let id = path.iter().find(|(name, _)| *name == "id").map(|(_, id)| id.to_owned());
        let scope = if path.iter().any(|(name, _)| name == "product") {
            WebhookScope::Product(ProductScope::from_request_parts(parts, cloud).await?.id)
        } else {
            WebhookScope::Account(caller.username)
        };
        Ok(Self { scope, id: id.unwrap_or_default() })
    }
}

fn unknown() -> ApiError {
    ApiError::failure(StatusCode::NOT_FOUND, "Integration not found")
}

impl Place {
    fn holds(&self, hook: &Webhook) -> bool {
        hook.scope == self.scope
    }

    fn names(&self, hook: &Webhook) -> bool {
        self.holds(hook) && hook.id == self.id
    }
}

async fn list(State(cloud): State<SharedCloud>, place: Place) -> Json<Value> {
    let records = cloud.records();
    Json(records.webhooks.iter().filter(|hook| place.holds(hook)).map(Webhook::describe).collect())
}

async fn create(
    State(cloud): State<SharedCloud>,
    place: Place,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    let hook = Webhook {
        id: super::random_token()[..24].to_owned(),
        scope: place.scope,
        created_at: Timestamp::now(),
        settings: fields.members().clone(),
    };
    check(&hook)?;
    let described = hook.describe();
    let answer = json!({
        "ok": true,
        "id": hook.id,
        "url": hook.text("url"),
        "event": hook.text("event"),
        "name": hook.text("event"),
        "created_at": described["created_at"],
        "integration_type": hook.kind(),
    });
    cloud.update(|records| records.webhooks.push(hook));
    Ok(Json(answer))
}

/// Whether a webhook can work.
fn check(hook: &Webhook) -> Result<(), ApiError> {
    let refused = |message: &str| Err(ApiError::failure(StatusCode::BAD_REQUEST, message));
    if hook.text("event").is_none() {
        return refused("event is missing");
    }
    if !KINDS.contains(&hook.kind()) {
        return refused("integration_type is unknown");
    }
    if hook.kind() != WEBHOOK {
        return Ok(());
    }
    let Some(url) = hook.text("url") else { return refused("url is missing") };
    // With a template in its host a URL is none before an event fills it in.
    let is_web = url.parse().is_ok_and(|url: Url| matches!(url.scheme(), "http" | "https"));
    if !is_web && !url.contains("{{") {
        return refused("url must be an http or https URL");
    }
    let method = hook.text("requestType").unwrap_or("POST");
    if METHODS.iter().any(|known| known.eq_ignore_ascii_case(method)) {
        Ok(())
    } else {
        refused("requestType must be GET, POST, PUT or DELETE")
    }
}

fn details(
    State(cloud): State<SharedCloud>,
    place: Place,
    member: &'static str,
) -> Result<Json<Value>, ApiError> {
    let records = cloud.records();
    let hook = records.webhooks.iter().find(|hook| place.names(hook)).ok_or_else(unknown)?;
    Ok(Json(json!({ member: hook.describe(), "logs": [], "counters": [] })))
}

async fn delete(State(cloud): State<SharedCloud>, place: Place) -> Result<Json<Value>, ApiError> {
    let deleted = cloud.update(|records| {
        let before = records.webhooks.len();
        records.webhooks.retain(|hook| !place.names(hook));
        records.webhooks.len() < before
    });
    if deleted { Ok(Json(json!({ "ok": true }))) } else { Err(unknown()) }
}
