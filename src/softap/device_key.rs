//! The public key of a device, for what only it may read.

use super::{SoftApError, from_hex, to_hex};
use crate::keys::slot;
use rand::{CryptoRng, RngCore};
use rsa::{Pkcs1v15Encrypt, RsaPublicKey, pkcs8::DecodePublicKey};

/// A device's RSA key. Only the device has the other half.
pub struct DeviceKey(RsaPublicKey);

impl DeviceKey {
    /// Reads a key from the buffer that a device sends: SubjectPublicKeyInfo in DER, with anything behind it.
    pub(super) fn from_buffer(hex: &str) -> Option<Self> {
        let buffer = from_hex(hex)?;
        RsaPublicKey::from_public_key_der(slot::cut(&buffer)?).ok().map(Self)
    }

    /// Encrypts with PKCS#1 v1.5 padding; gives hexadecimal digits.
    pub(super) fn encrypt(
        &self,
        secret: &[u8],
        random: &mut (impl CryptoRng + RngCore),
    ) -> Result<String, SoftApError> {
        let encrypted = self.0.encrypt(random, Pkcs1v15Encrypt, secret);
        encrypted.map(|bytes| to_hex(&bytes)).map_err(|_| SoftApError::Encryption)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &[u8] = include_bytes!("../../tests/data/keys/rsa.pub.der");

    #[test]
    fn what_stands_behind_the_key_is_left_out() {
        let mut buffer = KEY.to_vec();
        buffer.resize(294, 0xFF);
        let key = DeviceKey::from_buffer(&to_hex(&buffer).to_uppercase()).unwrap();
        let encrypted = key.encrypt(b"secret", &mut rand::rngs::OsRng).unwrap();
        assert_eq!(encrypted.len(), 256);
        assert!(matches!(key.encrypt(&[1; 118], &mut rand::rngs::OsRng), Err(SoftApError::Encryption)));
    }

    proptest! {
        #[test]
        fn any_buffer_is_read_or_refused(text: String, bytes: Vec<u8>) {
            let _ = DeviceKey::from_buffer(&text);
            let _ = DeviceKey::from_buffer(&to_hex(&bytes));
        }

        #[test]
        fn a_damaged_key_is_read_or_refused(at in 0..162usize, byte: u8) {
            let mut buffer = KEY.to_vec();
            buffer[at] = byte;
            let _ = DeviceKey::from_buffer(&to_hex(&buffer));
        }
    }
}
