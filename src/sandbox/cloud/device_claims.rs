//! `POST /v1/device_claims`: codes by which devices are claimed when they first connect.

use super::{SharedCloud, credentials::Caller, records::Records};
use crate::platform::DeviceId;
use axum::{Json, Router, extract::State, routing::post};
use base64::{Engine, prelude::BASE64_STANDARD};
use rand::{RngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Random bytes of a code; with these it has 63 characters and no padding before the last.
const CODE_BYTES: usize = 47;
/// Length of a code.
const CODE_LENGTH: usize = 63;

/// A code that a device may come with.
#[derive(Clone, Serialize, Deserialize)]
pub struct ClaimCode {
    /// 63 characters.
    pub code: String,
    /// The account that asked for it.
    pub username: String,
}

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new().route("/v1/device_claims", post(create))
}

async fn create(State(cloud): State<SharedCloud>, caller: Caller) -> Json<Value> {
    let mut bytes = [0; CODE_BYTES];
    OsRng.fill_bytes(&mut bytes);
    let mut code = BASE64_STANDARD.encode(bytes);
    code.truncate(CODE_LENGTH);
    let owned: Vec<DeviceId> = {
        let records = cloud.records();
        let mine = records.devices.iter().filter(|device| device.owner.as_ref() == Some(&caller.username));
        mine.map(|device| device.id.clone()).collect()
    };
    cloud.update(|records| {
        records.claim_codes.push(ClaimCode { code: code.clone(), username: caller.username });
    });
    Json(json!({ "claim_code": code, "device_ids": owned }))
}

impl Records {
    /// Lets the one who asked for a code have the device that came with it, unless it is somebody's. Tells whether it
    /// was for that device.
    pub(super) fn claim_by_code(&mut self, id: &DeviceId, code: &str) -> bool {
        let Some(position) = self.claim_codes.iter().position(|known| known.code == code) else {
            return false;
        };
        let username = self.claim_codes[position].username.clone();
        let Some(device) = self.device_mut(id).filter(|device| device.owner.is_none()) else { return false };
        device.owner = Some(username);
        self.claim_codes.remove(position);
        true
    }
}
