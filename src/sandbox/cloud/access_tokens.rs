//! `/v1/access_tokens`: listing and revoking tokens.

use super::{
    SharedCloud,
    credentials::{Caller, basic_account, basic_credentials},
    error::ApiError,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    routing::{delete, get},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/access_tokens", get(list))
        .route("/v1/access_tokens/current", get(current).delete(revoke_current))
        .route("/v1/access_tokens/{token}", delete(revoke))
}

#[derive(Deserialize)]
struct ListQuery {
    otp: Option<String>,
}

/// The one route that asks for the password itself, and for the login code where the account has one.
async fn list(
    State(cloud): State<SharedCloud>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let account = basic_account(&cloud, &headers)?;
    if account.otp.is_some() && account.otp != query.otp {
        let text = "Multi-factor authentication is required";
        return Err(ApiError::oauth(StatusCode::FORBIDDEN, "mfa_required", text));
    }
    let records = cloud.records();
    let tokens = records.tokens.iter().filter(|token| token.username == account.username);
    Ok(Json(
        tokens
            .map(|token| json!({ "token": token.token, "expires_at": token.expires_at, "client": token.client }))
            .collect(),
    ))
}

async fn current(State(cloud): State<SharedCloud>, caller: Caller) -> Json<Value> {
    let records = cloud.records();
    let token = records.token(&caller.token);
    Json(json!({
        "expires_at": token.and_then(|token| token.expires_at),
        "client": token.map(|token| &token.client),
    }))
}

async fn revoke_current(State(cloud): State<SharedCloud>, caller: Caller) -> Json<Value> {
    cloud.update(|records| records.revoke(&caller.token));
    Json(json!({ "ok": true }))
}

/// The token in the path is its own credential. A password with it must be that of its account.
async fn revoke(
    State(cloud): State<SharedCloud>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    if basic_credentials(&headers).is_some() {
        let account = basic_account(&cloud, &headers)?;
        if cloud.records().token(&token).is_some_and(|token| token.username != account.username) {
            return Err(ApiError::failure(StatusCode::FORBIDDEN, "Permission Denied"));
        }
    }
    if cloud.update(|records| records.revoke(&token)) {
        Ok(Json(json!({ "ok": true })))
    } else {
        Err(ApiError::failure(StatusCode::NOT_FOUND, "token not found"))
    }
}
