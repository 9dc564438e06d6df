//! What the cloud keeps: accounts, tokens and what it knows of each device.

use super::{
    device_claims::ClaimCode, libraries::Library, networks::Network, products::Product, webhooks::Webhook,
};
use crate::{
    keys::{Key, KeyError, PrivateKey, import},
    platform::{DeviceId, KeyAlgorithm, PlatformId},
};
use jiff::Timestamp;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

/// Everything the cloud keeps. It has secrets in it, hence no `Debug`.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Records {
    /// Who may log in.
    pub accounts: Vec<Account>,
    /// Who is logged in.
    pub tokens: Vec<AccessToken>,
    /// Every device the cloud has heard of.
    pub devices: Vec<DeviceRecord>,
    /// The fleets.
    #[serde(default)]
    pub products: Vec<Product>,
    /// What is called when events are published.
    #[serde(default)]
    pub webhooks: Vec<Webhook>,
    /// Codes that devices may come with.
    #[serde(default)]
    pub claim_codes: Vec<ClaimCode>,
    /// Mesh networks.
    #[serde(default)]
    pub networks: Vec<Network>,
    /// Firmware libraries.
    #[serde(default)]
    pub libraries: Vec<Library>,
    /// The private half of the cloud's own key, PEM. Nobody here has that of Particle's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::sandbox) own_key: Option<String>,
}

/// Somebody's account. The password stands in clear: sandbox accounts are made up, and `particle sandbox` prints it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Account {
    /// E-mail address.
    pub username: String,
    /// Password.
    pub password: String,
    /// The login code that stands for what an authenticator app would show; `None` without two-step login.
    pub otp: Option<String>,
}

/// Proof of a login.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessToken {
    /// 40 hexadecimal digits.
    pub token: String,
    /// Whose login.
    pub username: String,
    /// The OAuth client that asked.
    pub client: String,
    /// When it ends; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// What the cloud knows of a device.
#[derive(Clone, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// Its id.
    pub id: DeviceId,
    /// What its owner calls it.
    pub name: Option<String>,
    /// The account that claimed it.
    pub owner: Option<String>,
    /// The account that has asked the owner for it.
    #[serde(default)]
    pub wanted_by: Option<String>,
    /// Its platform.
    pub platform_id: PlatformId,
    /// The public key it has to prove itself with.
    pub key: Option<RegisteredKey>,
    /// When it was last seen online.
    pub last_heard: Option<Timestamp>,
}

/// A device's public key, as sent to `/v1/provisioning`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredKey {
    /// RSA or elliptic curve.
    pub algorithm: KeyAlgorithm,
    /// SubjectPublicKeyInfo PEM.
    pub pem: String,
}

impl AccessToken {
    /// Whether its time is over.
    pub fn has_expired(&self) -> bool {
        self.expires_at.is_some_and(|end| end <= Timestamp::now())
    }
}

impl Records {
    /// The cloud's own key, made when it is first asked for. Devices under Device Protection know the cloud by it.
    pub fn own_key(&mut self) -> Result<PrivateKey, KeyError> {
        if let Some(pem) = &self.own_key
            && let Key::Private(key) = import(pem.as_bytes())?.key
        {
            return Ok(key);
        }
        let key = PrivateKey::generate(KeyAlgorithm::Ec, &mut OsRng)?;
        self.own_key = Some(key.to_pem().to_string());
        Ok(key)
    }

    /// The account with this e-mail address, in any case.
    pub fn account(&self, username: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.username.eq_ignore_ascii_case(username))
    }

    /// A token, expired or not.
    pub fn token(&self, token: &str) -> Option<&AccessToken> {
        self.tokens.iter().find(|known| known.token == token)
    }

    /// Forgets a token; tells whether it was known.
    pub fn revoke(&mut self, token: &str) -> bool {
        let before = self.tokens.len();
        self.tokens.retain(|known| known.token != token);
        self.tokens.len() < before
    }

    /// The device with this id.
    pub fn device(&self, id: &DeviceId) -> Option<&DeviceRecord> {
        self.devices.iter().find(|device| device.id == *id)
    }

    /// The device with this id.
    pub fn device_mut(&mut self, id: &DeviceId) -> Option<&mut DeviceRecord> {
        self.devices.iter_mut().find(|device| device.id == *id)
    }

    /// The device with this id (any case) or name, whoever owns it.
    pub fn device_called(&self, id_or_name: &str) -> Option<&DeviceRecord> {
        let by_id = self.devices.iter().find(|device| device.id.as_str().eq_ignore_ascii_case(id_or_name));
        by_id.or_else(|| self.devices.iter().find(|device| device.name.as_deref() == Some(id_or_name)))
    }

    /// A device of `owner`, by id (any case) or name.
    pub fn device_of(&self, owner: &str, id_or_name: &str) -> Option<&DeviceRecord> {
        let mine = || self.devices.iter().filter(|device| device.owner.as_deref() == Some(owner));
        mine()
            .find(|device| device.id.as_str().eq_ignore_ascii_case(id_or_name))
            .or_else(|| mine().find(|device| device.name.as_deref() == Some(id_or_name)))
    }
}
