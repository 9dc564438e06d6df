//! `POST .../DEVICE/FUNCTION`: calling functions of devices.

use super::{CloudError, DeviceScope, Session, request::Request};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct CallAnswer {
    return_value: i64,
}

/// The functions that devices register with the cloud.
pub struct Functions<'s> {
    session: &'s Session<'s>,
    scope: DeviceScope<'s>,
}

impl<'s> Functions<'s> {
    pub(super) fn new(session: &'s Session<'_>, scope: DeviceScope<'s>) -> Self {
        Self { session, scope }
    }

    /// Calls a function and gives what it returned; any number is a success.
    ///
    /// Never repeated by itself: a device may have done what it was told although its answer was lost.
    pub async fn call(
        &self,
        device: &str,
        function: &str,
        argument: Option<&str>,
    ) -> Result<i64, CloudError> {
        let body = argument.map_or_else(|| json!({}), |argument| json!({ "args": argument }));
        let request = Request::post(&self.scope.path(&[device, function])).json(&body);
        let answer: CallAnswer = self.session.json(&request).await?;
        Ok(answer.return_value)
    }
}
