//! An event on its way from whoever published it to whoever listens.

use crate::{platform::DeviceId, sandbox::cloud::DeviceRecord};
use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Seconds that an event is said to be good for, unless its publisher says otherwise.
const ORDINARY_TTL: u64 = 60;

/// Who an event's publisher is, where that is no device.
const TOKEN_HOLDER: &str = "api";
const CLOUD: &str = "particle-internal";

/// Among whose events an event is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sandbox::cloud) struct Audience {
    /// The account.
    pub account: Option<String>,
    /// The product.
    pub product: Option<u32>,
    /// The device.
    pub device: Option<DeviceId>,
}

/// An event.
#[derive(Clone, Debug)]
pub(in crate::sandbox::cloud) struct Event {
    /// Its name.
    pub name: String,
    /// What was published with it.
    pub data: Option<String>,
    /// Who published it.
    pub core_id: String,
    /// When that was.
    pub published_at: Timestamp,
    /// Who hears it.
    pub audience: Audience,
    ttl: u64,
}

impl Event {
    fn new(name: String, data: Option<String>, core_id: &str, audience: Audience) -> Self {
        let (core_id, published_at) = (core_id.to_owned(), Timestamp::now());
        Self { name, data, core_id, published_at, audience, ttl: ORDINARY_TTL }
    }

    /// An event that somebody publishes with a token.
    pub(super) fn by_token(audience: Audience, name: String, data: Option<String>, ttl: Option<u64>) -> Self {
        Self { ttl: ttl.unwrap_or(ORDINARY_TTL), ..Self::new(name, data, TOKEN_HOLDER, audience) }
    }

    /// What the cloud publishes when a device comes or goes.
    pub(in crate::sandbox::cloud) fn status(
        device: &DeviceRecord,
        product: Option<u32>,
        online: bool,
    ) -> Self {
        Self::of_device(device, product, "spark/status", if online { "online" } else { "offline" })
    }

    /// What the cloud publishes of an update over the air. The space at the end is the real one's.
    pub(in crate::sandbox::cloud) fn flash_status(
        device: &DeviceRecord,
        product: Option<u32>,
        status: &str,
    ) -> Self {
        Self::of_device(device, product, "spark/flash/status", &format!("{status} "))
    }

    fn of_device(device: &DeviceRecord, product: Option<u32>, name: &str, data: &str) -> Self {
        let audience = Audience { account: device.owner.clone(), product, device: Some(device.id.clone()) };
        Self::new(name.to_owned(), Some(data.to_owned()), device.id.as_str(), audience)
    }

    /// An event with which the cloud says what became of another one.
    pub(in crate::sandbox::cloud) fn by_cloud(
        audience: Audience,
        name: String,
        data: Option<String>,
    ) -> Self {
        // Somebody's template may have made this name, and a line break in it would end its line in a stream.
        Self::new(name.replace(char::is_control, " "), data, CLOUD, audience)
    }

    /// Whether the cloud itself published it, because of another one.
    pub(in crate::sandbox::cloud) fn is_by_cloud(&self) -> bool {
        self.core_id == CLOUD
    }

    /// When it was published, as the cloud writes it.
    pub(in crate::sandbox::cloud) fn time(&self) -> String {
        format!("{:.3}", self.published_at)
    }

    /// The bytes in a stream.
    pub(super) fn frame(&self) -> Bytes {
        let content: Value = json!({
            "data": self.data,
            "ttl": self.ttl,
            "published_at": self.time(),
            "coreid": self.core_id,
        });
        format!("event: {}\ndata: {content}\n\n", self.name).into()
    }
}
