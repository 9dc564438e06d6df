//! `/v1/device_claims`: codes by which a device proves, when it first connects, whose it is to be.

use super::{CloudError, Session, request::Request};
use crate::secret::Secret;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Answer {
    claim_code: Secret,
}

/// Codes for claiming devices.
pub struct DeviceClaims<'s> {
    session: &'s Session<'s>,
}

impl<'s> DeviceClaims<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// A new code, good for any device: 63 characters.
    pub async fn create(&self) -> Result<Secret, CloudError> {
        let request = Request::post(&["v1", "device_claims"]).json(&json!({}));
        Ok(self.session.json::<Answer>(&request).await?.claim_code)
    }
}
