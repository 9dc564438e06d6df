//! `GET .../DEVICE/VARIABLE`: reading variables of devices.

use super::{CloudError, DeviceScope, Session, request::Request};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Reading {
    result: Value,
}

/// The variables that devices register with the cloud.
pub struct Variables<'s> {
    session: &'s Session<'s>,
    scope: DeviceScope<'s>,
}

impl<'s> Variables<'s> {
    pub(super) fn new(session: &'s Session<'_>, scope: DeviceScope<'s>) -> Self {
        Self { session, scope }
    }

    /// Reads a variable: a number, a truth value or a text.
    pub async fn read(&self, device: &str, variable: &str) -> Result<Value, CloudError> {
        let request = Request::get(&self.scope.path(&[device, variable]));
        let reading: Reading = self.session.json(&request).await?;
        Ok(reading.result)
    }
}
