//! `/v1/networks`: the account's mesh networks, of which each device can be in one.

use super::{CloudError, Device, RefusalKind, Session, lenient::null_is_empty, request::Request};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// A mesh network as the cloud describes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Network {
    /// Its id: 24 hexadecimal digits.
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub name: String,
}

impl Network {
    /// Reads the network in a description of a device. One that cannot be read is as good as none.
    pub(super) fn of_device<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
    }
}

/// A new network stands in a member of the answer.
#[derive(Deserialize)]
struct Creation {
    network: Network,
}

/// The account's mesh networks.
pub struct Networks<'s> {
    session: &'s Session<'s>,
}

impl<'s> Networks<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// All networks that have been online.
    pub async fn list(&self) -> Result<Vec<Network>, CloudError> {
        self.session.json(&Request::get(&["v1", "networks"])).await
    }

    /// One network, by id or name.
    pub async fn get(&self, network: &str) -> Result<Network, CloudError> {
        self.session.json(&Request::get(&["v1", "networks", network])).await
    }

    /// The devices of a network.
    pub async fn devices(&self, network: &str) -> Result<Vec<Device>, CloudError> {
        self.session.json(&Request::get(&["v1", "networks", network, "devices"])).await
    }

    /// Registers a network that a device is about to make. `iccid` is the number of its SIM card, for cellular boards.
    pub async fn create(&self, name: &str, device: &str, iccid: Option<&str>) -> Result<Network, CloudError> {
        let mut network = json!({ "name": name, "device_id": device });
        if let Some(iccid) = iccid {
            network["iccid"] = iccid.into();
        }
        let request = Request::post(&["v1", "networks"]).json(&network);
        Ok(self.session.json::<Creation>(&request).await?.network)
    }

    /// Forgets a network.
    pub async fn delete(&self, network: &str) -> Result<(), CloudError> {
        self.session.done(&Request::delete(&["v1", "networks", network])).await
    }

    /// Registers a device that is about to join a network.
    pub async fn add_device(&self, network: &str, device: &str) -> Result<(), CloudError> {
        self.change(network, "add-device", device).await
    }

    /// Takes a device out of the network with this id or name.
    pub async fn remove_device(&self, network: &str, device: &str) -> Result<(), CloudError> {
        self.change(network, "remove-device", device).await
    }

    /// Takes a device out of its network, whichever that is. That it is in none is as good.
    pub async fn remove_device_from_any(&self, device: &str) -> Result<(), CloudError> {
        match self.session.done(&Request::delete(&["v1", "devices", device, "network"])).await {
            Err(error) if error.is_refusal(RefusalKind::NotFound) => Ok(()),
            outcome => outcome,
        }
    }

    async fn change(&self, network: &str, action: &str, device: &str) -> Result<(), CloudError> {
        let change = json!({ "action": action, "device_id": device });
        self.session.done(&Request::put(&["v1", "networks", network]).json(&change)).await
    }
}
