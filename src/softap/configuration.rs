//! What a device is told of the network that it is to use.

use super::{
    DeviceKey, Security, SoftApError,
    request::{EAP_TLS, PEAP},
    to_hex,
};
use crate::secret::Secret;
use aes::cipher::{BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use rand::{CryptoRng, RngCore};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// Longest name of a network, in bytes.
const MAX_SSID: usize = 32;
/// Longest password that firmware keeps, in bytes.
const MAX_PASSWORD: usize = 64;
/// Length of an AES-128 key, and of the vector that goes with it.
const AES_BLOCK: usize = 16;

/// A network and how to get into it.
pub struct NetworkConfiguration {
    /// Its name.
    pub ssid: String,
    /// Its channel; 0 where it is not known.
    pub channel: u16,
    /// How it is secured.
    pub security: Security,
    /// What opens it.
    pub credentials: Credentials,
}

/// What opens a network.
pub enum Credentials {
    /// Nothing is needed.
    None,
    /// A password for all.
    Password(Secret),
    /// PEAP with MSCHAPv2.
    Peap {
        /// The user.
        username: String,
        /// The user's password.
        password: Secret,
        /// The name shown before the connection is encrypted.
        outer_identity: Option<String>,
        /// The certificate that the network's server has to have, in PEM.
        root_ca: Option<String>,
    },
    /// EAP-TLS.
    Tls {
        /// The user's certificate, in PEM.
        certificate: String,
        /// Its private key, in PEM.
        private_key: Secret,
        /// The name shown before the connection is encrypted.
        outer_identity: Option<String>,
        /// The certificate that the network's server has to have, in PEM.
        root_ca: Option<String>,
    },
}

impl NetworkConfiguration {
    /// The body of `configure-ap`; secrets are encrypted so that only the device can read them.
    pub(super) fn encode(
        &self,
        key: &DeviceKey,
        random: &mut (impl CryptoRng + RngCore),
    ) -> Result<Value, SoftApError> {
        if !(1..=MAX_SSID).contains(&self.ssid.len()) {
            return Err(SoftApError::NameLength(self.ssid.len()));
        }
        let mut body = Map::new();
        body.insert("idx".into(), 0.into());
        body.insert("ssid".into(), verbatim(&self.ssid)?);
        body.insert("sec".into(), self.security.0.into());
        body.insert("ch".into(), self.channel.into());
        match &self.credentials {
            Credentials::None => {}
            Credentials::Password(password) => {
                body.insert("pwd".into(), encrypted_password(password, key, random)?);
            }
            Credentials::Peap { username, password, outer_identity, root_ca } => {
                body.insert("eap".into(), PEAP.into());
                body.insert("ii".into(), verbatim(username)?);
                body.insert("pwd".into(), encrypted_password(password, key, random)?);
                insert_common(&mut body, outer_identity.as_deref(), root_ca.as_deref())?;
            }
            Credentials::Tls { certificate, private_key, outer_identity, root_ca } => {
                body.insert("eap".into(), EAP_TLS.into());
                body.insert("crt".into(), pem(certificate).into());
                let (wrapped, sealed) = seal(private_key, key, random)?;
                body.insert("ek".into(), wrapped.into());
                body.insert("key".into(), sealed.into());
                insert_common(&mut body, outer_identity.as_deref(), root_ca.as_deref())?;
            }
        }
        Ok(json!(body))
    }
}

fn insert_common(
    body: &mut Map<String, Value>,
    outer_identity: Option<&str>,
    root_ca: Option<&str>,
) -> Result<(), SoftApError> {
    if let Some(identity) = outer_identity.filter(|identity| !identity.is_empty()) {
        body.insert("oi".into(), verbatim(identity)?);
    }
    if let Some(certificate) = root_ca {
        body.insert("ca".into(), pem(certificate).into());
    }
    Ok(())
}

/// A text that arrives as it is: the JSON of it must have no escapes.
fn verbatim(text: &str) -> Result<Value, SoftApError> {
    let unfit =
        |letter: char| matches!(letter, '"' | '\\' | char::REPLACEMENT_CHARACTER) || letter.is_control();
    if text.contains(unfit) { Err(SoftApError::Unsendable) } else { Ok(text.into()) }
}

/// PEM in the form that firmware reads: no blank space around, and line breaks of two characters.
fn pem(text: &str) -> String {
    let mut lines: String = text.trim().lines().map(|line| format!("{}\r\n", line.trim_end())).collect();
    lines.shrink_to_fit();
    lines
}

fn encrypted_password(
    password: &Secret,
    key: &DeviceKey,
    random: &mut (impl CryptoRng + RngCore),
) -> Result<Value, SoftApError> {
    let bytes = password.expose().as_bytes();
    if bytes.len() > MAX_PASSWORD {
        return Err(SoftApError::PasswordLength(bytes.len()));
    }
    key.encrypt(bytes, random).map(Value::from)
}

/// A private key is too long for RSA: AES-128-CBC with a key of its own takes it, and RSA takes that key and its
/// initialization vector. Gives both as hexadecimal digits.
fn seal(
    private_key: &Secret,
    key: &DeviceKey,
    random: &mut (impl CryptoRng + RngCore),
) -> Result<(String, String), SoftApError> {
    let mut session = Zeroizing::new([0; 2 * AES_BLOCK]);
    random.fill_bytes(session.as_mut());
    let (aes_key, vector) = session.split_at(AES_BLOCK);
    let cipher = cbc::Encryptor::<aes::Aes128>::new_from_slices(aes_key, vector);
    let cipher = cipher.map_err(|_| SoftApError::Encryption)?;
    let plain = Zeroizing::new(pem(private_key.expose()));
    let sealed = cipher.encrypt_padded_vec_mut::<Pkcs7>(plain.as_bytes());
    Ok((key.encrypt(session.as_ref(), random)?, to_hex(&sealed)))
}
