//! Public keys.

use super::{KeyError, import, import::Key, pem};
use crate::platform::KeyAlgorithm;
use rsa::traits::PublicKeyParts;
use spki::EncodePublicKey;

/// A public key: RSA of any size, or elliptic curve P-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: KeyAlgorithm,
    bits: usize,
    spki: Vec<u8>,
}

impl PublicKey {
    /// The kind of key.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// Size of the modulus or the curve, in bits.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The key as SubjectPublicKeyInfo (RFC 5280) in DER: 162 bytes for a device's RSA key, 294 for a server's,
    /// 91 for elliptic curve.
    pub fn to_spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The key as `PUBLIC KEY` PEM with a line break at the end: what the cloud takes.
    pub fn to_pem(&self) -> String {
        pem::encode("PUBLIC KEY", &self.spki).to_string()
    }

    /// Reads a public key, or the public half of a private one, in any encoding that [`import`] knows.
    pub fn from_pem_or_der(bytes: &[u8]) -> Result<Self, KeyError> {
        Ok(match import(bytes)?.key {
            Key::Private(key) => key.public_key().clone(),
            Key::Public(key) => key,
        })
    }

    pub(super) fn from_rsa(key: &rsa::RsaPublicKey) -> Result<Self, KeyError> {
        let document = key.to_public_key_der().map_err(|_| KeyError::Damaged("RSA public key"))?;
        Ok(Self { algorithm: KeyAlgorithm::Rsa, bits: key.n().bits(), spki: document.into_vec() })
    }

    pub(super) fn from_ec(key: &p256::PublicKey) -> Result<Self, KeyError> {
        let document = key.to_public_key_der().map_err(|_| KeyError::Damaged("elliptic-curve public key"))?;
        Ok(Self { algorithm: KeyAlgorithm::Ec, bits: 256, spki: document.into_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openssl_writes_the_same_files() {
        for (private, pem, der) in [
            (
                &include_bytes!("../../tests/data/keys/rsa.der")[..],
                &include_bytes!("../../tests/data/keys/rsa.pub.pem")[..],
                &include_bytes!("../../tests/data/keys/rsa.pub.der")[..],
            ),
            (
                include_bytes!("../../tests/data/keys/ec.der"),
                include_bytes!("../../tests/data/keys/ec.pub.pem"),
                include_bytes!("../../tests/data/keys/ec.pub.der"),
            ),
        ] {
            let key = PublicKey::from_pem_or_der(private).unwrap();
            assert_eq!(key.to_pem().as_bytes(), pem);
            assert_eq!(key.to_spki_der(), der);
            assert_eq!(PublicKey::from_pem_or_der(pem), Ok(key.clone()));
            assert_eq!(PublicKey::from_pem_or_der(der), Ok(key));
        }
    }
}
