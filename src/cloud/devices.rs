//! `/v1/devices`: the account's devices.

use super::{CloudError, DeviceScope, Network, Session, request::Request};
use crate::platform::{DeviceId, Platform, PlatformId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A device as the cloud describes it. Servers leave out, or set to null, almost any member.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Device {
    /// Its id: 24 hexadecimal digits on every known server.
    pub id: String,
    /// The name its owner gave it.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    connected: Option<bool>,
    #[serde(default)]
    online: Option<bool>,
    #[serde(default)]
    platform_id: Option<i64>,
    /// The product it belongs to; equal to the platform's number for a device of no product.
    #[serde(default)]
    pub product_id: Option<i64>,
    /// The mesh network it is in.
    #[serde(default, deserialize_with = "Network::of_device")]
    pub network: Option<Network>,
    /// Variables and their types; only in details, and only of a device that is online.
    #[serde(default)]
    pub variables: Option<Map<String, Value>>,
    /// Functions; only in details, and only of a device that is online.
    #[serde(default)]
    pub functions: Option<Vec<String>>,
}

impl Device {
    /// Its id, checked.
    pub fn device_id(&self) -> Option<DeviceId> {
        self.id.parse().ok()
    }

    /// The name its owner gave it. Servers also say that there is none with an empty text or the word `null`.
    pub fn given_name(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| !matches!(*name, "" | "null"))
    }

    /// Whether it is connected to the cloud.
    pub fn is_online(&self) -> bool {
        self.connected.unwrap_or(false) || self.online.unwrap_or(false)
    }

    /// Its platform number; older servers say −1 for unknown.
    pub fn platform_id(&self) -> Option<PlatformId> {
        self.platform_id.and_then(|id| id.try_into().ok()).map(PlatformId)
    }

    /// Its platform, where this program knows it.
    pub fn platform(&self) -> Option<&'static Platform> {
        self.platform_id()?.platform()
    }

    /// Whether a person may mean this device: its id in any case of letters, or its name.
    pub fn answers_to(&self, id_or_name: &str) -> bool {
        self.id.eq_ignore_ascii_case(id_or_name) || self.given_name() == Some(id_or_name)
    }
}

/// What the cloud says to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The device is the account's now.
    Granted,
    /// It is another account's, whose owner can be asked for it.
    SomeoneElses,
    /// Only a device that is online can be claimed.
    Offline,
}

/// The account's devices.
pub struct Devices<'s> {
    session: &'s Session<'s>,
}

impl<'s> Devices<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// All devices of the account, without variables and functions.
    pub async fn list(&self) -> Result<Vec<Device>, CloudError> {
        self.session.json(&Request::get(&["v1", "devices"])).await
    }

    /// One device with its details.
    pub async fn get(&self, id_or_name: &str) -> Result<Device, CloudError> {
        self.session.json(&Request::get(&["v1", "devices", id_or_name])).await
    }

    /// One device with its details, wherever it belongs.
    pub async fn details(&self, scope: DeviceScope<'_>, id_or_name: &str) -> Result<Device, CloudError> {
        self.session.json(&Request::get(&scope.path(&[id_or_name]))).await
    }

    /// Makes a device one's own.
    pub async fn claim(&self, id: &str) -> Result<Claim, CloudError> {
        match self.add(id, false).await {
            Ok(()) => Ok(Claim::Granted),
            Err(error) => match error.refusal().map(|refusal| refusal.text.as_str()) {
                Some(text) if text.contains("belongs to someone else") => Ok(Claim::SomeoneElses),
                Some(text) if text.contains("is not connected") => Ok(Claim::Offline),
                _ => Err(error),
            },
        }
    }

    /// Asks the owner of a device for it.
    pub async fn request_transfer(&self, id: &str) -> Result<(), CloudError> {
        self.add(id, true).await
    }

    async fn add(&self, id: &str, request_transfer: bool) -> Result<(), CloudError> {
        let claim = json!({ "id": id.to_ascii_lowercase(), "request_transfer": request_transfer });
        self.session.done(&Request::post(&["v1", "devices"]).json(&claim)).await
    }

    /// Gives a device another name.
    pub async fn rename(&self, id_or_name: &str, name: &str) -> Result<(), CloudError> {
        let change = json!({ "name": name });
        self.session.done(&Request::put(&["v1", "devices", id_or_name]).json(&change)).await
    }

    /// Gives a device away, so that anybody can claim it.
    pub async fn release(&self, id_or_name: &str) -> Result<(), CloudError> {
        self.session.done(&Request::delete(&["v1", "devices", id_or_name])).await
    }

    /// Lets a device shout rainbows, or stop it.
    pub async fn signal(&self, scope: DeviceScope<'_>, device: &str, on: bool) -> Result<(), CloudError> {
        // The cloud takes texts here, no numbers.
        let change = json!({ "signal": if on { "1" } else { "0" } });
        self.session.done(&Request::put(&scope.path(&[device])).json(&change)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(json: &str) -> Device {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn members_may_be_missing_or_null() {
        let sparse =
            device(r#"{"id":"x","name":null,"platform_id":-1,"functions":null,"online":true,"new":{}}"#);
        assert!(sparse.is_online() && sparse.given_name().is_none() && sparse.platform().is_none());
        assert_eq!(device(r#"{"id":"x","name":"null"}"#).given_name(), None);
        assert!(device(r#"{"id":"x","connected":true}"#).is_online());
        assert_eq!(device(r#"{"id":"x","network":7}"#).network, None);
        let member = device(r#"{"id":"x","network":{"id":"n","name":null}}"#);
        assert_eq!(member.network.unwrap().id, "n");
    }

    #[test]
    fn a_device_answers_to_its_id_and_its_name() {
        let device = device(r#"{"id":"0123456789abcdef01234567","name":"Alpha","platform_id":6}"#);
        assert!(device.answers_to("0123456789ABCDEF01234567") && device.answers_to("Alpha"));
        assert!(!device.answers_to("alpha"));
        assert_eq!(device.platform().unwrap().name, "photon");
    }
}
