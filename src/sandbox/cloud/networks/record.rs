//! What the cloud keeps of a mesh network.

use crate::{
    platform::DeviceId,
    sandbox::cloud::records::{DeviceRecord, Records},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A mesh network. It is pending until a member that is online tells of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Network {
    /// 24 hexadecimal digits.
    pub id: String,
    /// Its name, one of its kind in the account.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// The devices in it; the first is the one that made it.
    pub members: Vec<NetworkMember>,
}

/// A device in a network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NetworkMember {
    /// The device.
    pub device: DeviceId,
    /// Whether the device, being online, has told that it is in the network.
    pub confirmed: bool,
}

impl Network {
    /// Whether the network is known to be there.
    pub(super) fn is_confirmed(&self) -> bool {
        self.members.iter().any(|member| member.confirmed)
    }

    /// Whether a device is in it.
    pub(super) fn has(&self, device: &DeviceId) -> bool {
        self.members.iter().any(|member| member.device == *device)
    }

    /// What the API tells of it.
    pub(super) fn describe(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "state": if self.is_confirmed() { "confirmed" } else { "pending" },
            "device_count": self.members.len(),
        })
    }
}

impl Records {
    /// What the API tells, among the facts about a device, of the network that the device is in. A pending network is
    /// not told of.
    pub(in crate::sandbox::cloud) fn membership(&self, device: &DeviceRecord) -> Option<Value> {
        let network = self.network_of(&device.id).filter(|network| network.is_confirmed())?;
        let position = network.members.iter().position(|member| member.device == device.id)?;
        let state = if network.members[position].confirmed { "confirmed" } else { "pending" };
        Some(json!({
            "id": network.id,
            "name": network.name,
            "role": { "gateway": position == 0, "state": state },
        }))
    }

    /// The network that a device is in, pending or not.
    pub(super) fn network_of(&self, device: &DeviceId) -> Option<&Network> {
        self.networks.iter().find(|network| network.has(device))
    }

    /// Takes a device out of its network; tells whether it was in one. A network without devices is none.
    pub(super) fn remove_from_network(&mut self, device: &DeviceId) -> bool {
        let was_member = self.network_of(device).is_some();
        for network in &mut self.networks {
            network.members.retain(|member| member.device != *device);
        }
        self.networks.retain(|network| !network.members.is_empty());
        was_member
    }

    /// Takes note that a device which is online says that it is in this network; tells whether that is news.
    pub(in crate::sandbox::cloud) fn confirm_membership(
        &mut self,
        device: &DeviceId,
        network_id: &str,
    ) -> bool {
        let network = self.networks.iter_mut().find(|network| network.id == network_id);
        let mut members = network.into_iter().flat_map(|network| &mut network.members);
        let member = members.find(|member| member.device == *device && !member.confirmed);
        member.map(|member| member.confirmed = true).is_some()
    }
}
