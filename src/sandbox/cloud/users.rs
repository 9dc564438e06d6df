//! `/v1/user`: the account that is logged in.

use super::{SharedCloud, credentials::Caller};
use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new().route("/v1/user", get(user))
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
