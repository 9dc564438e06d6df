//! A mesh network.

use crate::usb::control::messages::mesh::NetworkInfo;
use rand::{RngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A mesh network as a member keeps it. There is no `Debug`: it holds a proof of the password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MeshNetwork {
    /// Its name.
    pub name: String,
    /// The cloud's id.
    pub network_id: String,
    /// Extended PAN id: 16 hexadecimal digits.
    pub ext_pan_id: String,
    /// PAN id.
    pub pan_id: u16,
    /// IEEE 802.15.4 channel.
    pub channel: u8,
    /// What the password is checked by, in place of Thread's PSKc.
    password_proof: String,
}

impl MeshNetwork {
    /// A new network.
    pub(in crate::sandbox::bench) fn new(
        name: String,
        network_id: String,
        password: &str,
        channel: u8,
    ) -> Self {
        let ext_pan_id = format!("{:016x}", OsRng.next_u64());
        // 0xFFFF is no PAN id.
        let pan_id = (OsRng.next_u32() % 0xFFFF) as u16;
        let password_proof = proof(password, &name, &ext_pan_id);
        Self { name, network_id, ext_pan_id, pan_id, channel, password_proof }
    }

    /// Whether this is the network's password.
    pub(in crate::sandbox::bench) fn has_password(&self, password: &str) -> bool {
        proof(password, &self.name, &self.ext_pan_id) == self.password_proof
    }

    /// The same network under this id of the cloud.
    pub(in crate::sandbox::bench) fn with_id(self, network_id: String) -> Self {
        Self { network_id, ..self }
    }

    /// What members tell of it.
    pub(in crate::sandbox::bench) fn info(&self) -> NetworkInfo {
        NetworkInfo {
            name: self.name.clone(),
            ext_pan_id: self.ext_pan_id.clone(),
            pan_id: self.pan_id.into(),
            channel: self.channel.into(),
            network_id: self.network_id.clone(),
        }
    }
}

/// As with Thread's PSKc, the same password makes another proof for another network.
fn proof(password: &str, name: &str, ext_pan_id: &str) -> String {
    let digest =
        Sha256::new_with_prefix(ext_pan_id).chain_update(name).chain_update([0]).chain_update(password);
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_knows_its_password() {
        let network = MeshNetwork::new("Net".into(), "0123456789abcdef01234567".into(), "secret", 11);
        assert!(network.has_password("secret") && !network.has_password("Secret"));
        assert_eq!((network.info().channel, network.info().ext_pan_id.len()), (11, 16));
        assert!(!serde_json::to_string(&network).unwrap().contains("secret"));
    }
}
