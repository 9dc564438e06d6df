//! The client side of [`super`].

use super::{Cable, Press, Status, TransferAnswer};
use crate::sandbox::{Addresses, bench::Button};
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;

/// How long a sandbox may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a sandbox did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// It does not answer, or with something unexpected.
    #[error("the sandbox does not answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// Its address is no URL.
    #[error("the sandbox says that its cloud is at {0:?}, which is no URL")]
    Address(String),
    /// No such device.
    #[error("{0}")]
    NotFound(String),
    /// It cannot be done now.
    #[error("{0}")]
    Refused(String),
}

/// Somebody who has a hand on a running sandbox.
pub struct ControlClient {
    base: Url,
    client: Client,
}

#[derive(Deserialize)]
struct Failure {
    error: String,
}

impl ControlClient {
    /// A hand on the sandbox at these addresses. No proxy stands between.
    pub fn new(addresses: &Addresses) -> Result<Self, ControlError> {
        let base = Url::parse(&addresses.api_url);
        let base = base.map_err(|_| ControlError::Address(addresses.api_url.clone()))?;
        Ok(Self { base, client: Client::builder().no_proxy().timeout(TIMEOUT).build()? })
    }

    /// Looks at everything.
    pub async fn status(&self) -> Result<Status, ControlError> {
        self.send(self.client.get(self.url(&["status"]))).await
    }

    /// Presses a button of the device with this id or name.
    pub async fn press(&self, device: &str, button: Button) -> Result<(), ControlError> {
        let url = self.url(&["devices", device, "press"]);
        self.send::<Value>(self.client.post(url).json(&Press { button })).await.map(drop)
    }

    /// Puts the cable of the device with this id or name in, or pulls it.
    pub async fn set_plugged(&self, device: &str, plugged: bool) -> Result<(), ControlError> {
        let url = self.url(&["devices", device, "cable"]);
        self.send::<Value>(self.client.post(url).json(&Cable { plugged })).await.map(drop)
    }

    /// Answers for the owner of the device with this id or name whoever has asked for it.
    pub async fn answer_transfer(&self, device: &str, approve: bool) -> Result<(), ControlError> {
        let url = self.url(&["devices", device, "transfer"]);
        self.send::<Value>(self.client.post(url).json(&TransferAnswer { approve })).await.map(drop)
    }

    fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        // Only a URL that cannot have a path has no segments, and an http one can.
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().push("sandbox").extend(segments);
        }
        url
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ControlError> {
        let response = request.send().await?;
        match response.status() {
            StatusCode::NOT_FOUND => Err(ControlError::NotFound(response.json::<Failure>().await?.error)),
            StatusCode::CONFLICT => Err(ControlError::Refused(response.json::<Failure>().await?.error)),
            _ => Ok(response.error_for_status()?.json().await?),
        }
    }
}
