//! `/v1/user` and `/v1/users`: the account that is logged in, and new ones.

use super::{SharedCloud, credentials::Caller, error::ApiError, fields::Fields, records::Account};
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Value, json};

/// Fewest characters of a password.
const SHORTEST_PASSWORD: usize = 8;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new().route("/v1/user", get(user)).route("/v1/users", post(create))
}

async fn user(State(cloud): State<SharedCloud>, caller: Caller) -> Json<Value> {
    let has_mfa = cloud.records().account(&caller.username).is_some_and(|account| account.otp.is_some());
    Json(json!({
        "username": caller.username,
        "subscription_ids": [],
        "account_info": { "business_account": false },
        "mfa": { "enabled": has_mfa },
    }))
}

async fn create(State(cloud): State<SharedCloud>, fields: Fields) -> Result<Json<Value>, ApiError> {
    let refused = |text| ApiError::failures(StatusCode::BAD_REQUEST, text);
    let username = fields.text("username").filter(|name| name.contains('@') && name.contains('.'));
    let username = username.ok_or_else(|| refused("username must be an email address"))?;
    let password = fields.text("password").ok_or_else(|| refused("password is required"))?;
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(refused("password must have at least 8 characters"));
    }
    let account =
        Account { username: username.to_ascii_lowercase(), password: password.to_owned(), otp: None };
    let is_new = cloud.update(|records| {
        let is_new = records.account(username).is_none();
        records.accounts.extend(is_new.then_some(account));
        is_new
    });
    if is_new { Ok(Json(json!({ "ok": true }))) } else { Err(refused("username is already in use")) }
}
