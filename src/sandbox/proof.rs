//! How a device and its cloud prove to each other who they are before Device Protection is lifted.
//!
//! Each signs the other's random bytes, with ECDSA on P-256 over SHA-256. Source: Device OS v6.2.0
//! `system/src/control/config.cpp`.

use crate::{
    keys::{PrivateKey, PublicKey},
    platform::DeviceId,
};
use p256::ecdsa::{
    DerSignature, Signature, SigningKey, VerifyingKey,
    signature::hazmat::{PrehashSigner, PrehashVerifier},
};
use sha2::{Digest, Sha256};
use spki::DecodePublicKey;

/// Bytes of a random number.
pub(super) const NONCE_LENGTH: usize = 32;
/// Bytes of a fingerprint.
pub(super) const FINGERPRINT_LENGTH: usize = 32;

/// What is signed.
pub(super) struct Statement([u8; 32]);

impl Statement {
    /// What a device signs.
    pub(super) fn of_device(id: &DeviceId, device_nonce: &[u8], server_nonce: &[u8]) -> Self {
        Self::new(b"device", id, &[device_nonce, server_nonce])
    }

    /// What the cloud signs.
    pub(super) fn of_server(
        id: &DeviceId,
        server_nonce: &[u8],
        device_nonce: &[u8],
        device_fingerprint: &[u8],
    ) -> Self {
        Self::new(b"server", id, &[server_nonce, device_nonce, device_fingerprint])
    }

    /// Who speaks, the 12 bytes of the device id, and texts with their lengths (u32, little endian) before them.
    fn new(speaker: &[u8], id: &DeviceId, texts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new_with_prefix(speaker);
        digest.update(id.bytes());
        for text in texts {
            digest.update((text.len() as u32).to_le_bytes());
            digest.update(text);
        }
        Self(digest.finalize().into())
    }

    /// Signs it; `None` if the key is not an elliptic-curve key.
    pub(super) fn sign(&self, key: &PrivateKey) -> Option<Vec<u8>> {
        let key = SigningKey::from(p256::SecretKey::from_sec1_der(key.device_der()).ok()?);
        let signature: Signature = key.sign_prehash(&self.0).ok()?;
        Some(signature.to_der().as_bytes().to_vec())
    }

    /// Whether `signature` (DER) was made with the private half of `key`.
    pub(super) fn is_signed(&self, signature: &[u8], key: &PublicKey) -> bool {
        let key = VerifyingKey::from_public_key_der(key.to_spki_der());
        let signature = DerSignature::from_bytes(signature);
        matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(&self.0, &signature).is_ok())
    }
}

/// By what a key is known: SHA-256 of its SubjectPublicKeyInfo in DER.
pub(super) fn fingerprint(key: &PublicKey) -> [u8; FINGERPRINT_LENGTH] {
    Sha256::digest(key.to_spki_der()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::KeyAlgorithm;
    use rand::rngs::OsRng;

    fn key(algorithm: KeyAlgorithm) -> PrivateKey {
        PrivateKey::generate(algorithm, &mut OsRng).unwrap()
    }

    #[test]
    fn a_signature_is_good_for_its_statement_and_its_key_alone() {
        let id: DeviceId = "0123456789abcdef01234567".parse().unwrap();
        let (own, other) = (key(KeyAlgorithm::Ec), key(KeyAlgorithm::Ec));
        let statement = Statement::of_device(&id, &[1; 32], &[2; 32]);
        let signature = statement.sign(&own).unwrap();
        assert!(statement.is_signed(&signature, own.public_key()));
        assert!(!statement.is_signed(&signature, other.public_key()));
        assert!(!statement.is_signed(&signature[1..], own.public_key()));
        let swapped = Statement::of_device(&id, &[2; 32], &[1; 32]);
        assert!(!swapped.is_signed(&signature, own.public_key()));
        assert_eq!(statement.sign(&key(KeyAlgorithm::Rsa)), None);
    }

    #[test]
    fn lengths_are_part_of_what_is_signed() {
        let id: DeviceId = "0123456789abcdef01234567".parse().unwrap();
        let statement = Statement::of_server(&id, b"s", b"d", b"f");
        let bytes = [
            &b"server"[..],
            &[0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67],
            b"\x01\0\0\0s\x01\0\0\0d\x01\0\0\0f",
        ];
        assert_eq!(statement.0, <[u8; 32]>::from(Sha256::digest(bytes.concat())));
    }
}
