//! An event on its way from whoever published it to whoever listens.

use crate::{platform::DeviceId, sandbox::cloud::DeviceRecord};
use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

/// How long the cloud's own events are good for, in seconds.
const STATUS_TTL: u64 = 60;

/// An event.
#[derive(Clone, Debug)]
pub(in crate::sandbox::cloud) struct Event {
    /// Its name.
    pub name: String,
    /// What was published with it.
    pub data: Option<String>,
    ttl: u64,
    /// When it was published.
    pub published_at: Timestamp,
    /// The account among whose events it is.
    pub owner: Option<String>,
    /// The device that published it.
    pub device: Option<DeviceId>,
}

impl Event {
    /// An event that somebody publishes with a token.
    pub(super) fn of_account(owner: String, name: String, data: Option<String>, ttl: u64) -> Self {
        Self { name, data, ttl, published_at: Timestamp::now(), owner: Some(owner), device: None }
    }

    /// What the cloud publishes when a device comes or goes.
    pub(in crate::sandbox::cloud) fn status(device: &DeviceRecord, online: bool) -> Self {
        Self {
            name: "spark/status".to_owned(),
            data: Some(if online { "online" } else { "offline" }.to_owned()),
            ttl: STATUS_TTL,
            published_at: Timestamp::now(),
            owner: device.owner.clone(),
            device: Some(device.id.clone()),
        }
    }

    /// The device that published it, or the word that stands for a token.
    pub(in crate::sandbox::cloud) fn core_id(&self) -> &str {
        self.device.as_ref().map_or("api", DeviceId::as_str)
    }

    /// The bytes in a stream.
    pub(super) fn frame(&self) -> Bytes {
        let content: Value = json!({
            "data": self.data,
            "ttl": self.ttl,
            "published_at": format!("{:.3}", self.published_at),
            "coreid": self.core_id(),
        });
        format!("event: {}\ndata: {content}\n\n", self.name).into()
    }
}
