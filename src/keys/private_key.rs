//! Private keys in the form devices store.

use super::{KeyError, PublicKey, ReaderError, device_reader, pem, slot};
use crate::platform::{KeyAlgorithm, KeySlot, Protocol};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use rand::{CryptoRng, RngCore};
use rsa::pkcs1::EncodeRsaPrivateKey;
use sec1::der::Encode;
use zeroize::Zeroizing;

/// Size of a device's RSA key.
const RSA_BITS: usize = 1024;
const P256: sec1::der::asn1::ObjectIdentifier =
    sec1::der::asn1::ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// A private key together with its public half. Wiped when dropped.
///
/// Holds the one encoding devices store: PKCS#1 for RSA; for elliptic-curve keys SEC1 with the name of the curve and
/// the public key, 121 bytes.
pub struct PrivateKey {
    der: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

impl PrivateKey {
    /// Makes a new key that a device can read: RSA with 1024 bits and exponent 65537, or elliptic curve P-256.
    pub fn generate(
        algorithm: KeyAlgorithm,
        random: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, KeyError> {
        match algorithm {
            KeyAlgorithm::Rsa => Self::generate_rsa(random),
            KeyAlgorithm::Ec => Self::from_ec(&p256::SecretKey::random(random)),
        }
    }

    /// Firmware reads the key by position and takes a short integer for something else; about one key in seventy has
    /// one and is thrown away.
    fn generate_rsa(random: &mut (impl CryptoRng + RngCore)) -> Result<Self, KeyError> {
        loop {
            let key = rsa::RsaPrivateKey::new(random, RSA_BITS)
                .map_err(|error| KeyError::Generation(error.to_string()))?;
            let key = Self::from_rsa(&key)?;
            if device_reader::read(Protocol::Tcp, &key.der).is_ok() {
                return Ok(key);
            }
        }
    }

    /// The bytes for a device's key slot, without padding.
    pub fn device_der(&self) -> &Zeroizing<Vec<u8>> {
        &self.der
    }

    /// The key as PEM: `RSA PRIVATE KEY` or `EC PRIVATE KEY`.
    pub fn to_pem(&self) -> Zeroizing<String> {
        let label = match self.algorithm() {
            KeyAlgorithm::Rsa => "RSA PRIVATE KEY",
            KeyAlgorithm::Ec => "EC PRIVATE KEY",
        };
        pem::encode(label, &self.der)
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The kind of key.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.public.algorithm()
    }

    /// The contents of a whole slot, provided that firmware using `protocol` would read this very key from it.
    pub fn slot_image(&self, protocol: Protocol, slot: &KeySlot) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let (needed, found) = (protocol.algorithm(), self.algorithm());
        if needed != found {
            return Err(KeyError::WrongAlgorithm { needed, found });
        }
        let image = slot::pad(&self.der, slot.size)?;
        if device_reader::read(protocol, &image)? != self.public {
            return Err(ReaderError::Misread.into());
        }
        Ok(image)
    }

    pub(super) fn from_rsa(key: &rsa::RsaPrivateKey) -> Result<Self, KeyError> {
        let document = key.to_pkcs1_der().map_err(|_| KeyError::Damaged("RSA private key"))?;
        Ok(Self { der: document.to_bytes(), public: PublicKey::from_rsa(&key.to_public_key())? })
    }

    pub(super) fn from_ec(key: &p256::SecretKey) -> Result<Self, KeyError> {
        let scalar = Zeroizing::new(key.to_bytes());
        let point = key.public_key().to_encoded_point(false);
        let encoded = sec1::EcPrivateKey {
            private_key: &scalar,
            parameters: Some(sec1::EcParameters::NamedCurve(P256)),
            public_key: Some(point.as_bytes()),
        }
        .to_der();
        let der = encoded.map_err(|_| KeyError::Damaged("elliptic-curve private key"))?;
        Ok(Self { der: Zeroizing::new(der), public: PublicKey::from_ec(&key.public_key())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::OsRng;

    const DCT_RSA: KeySlot = KeySlot { address: 34, size: 612 };
    const DCT_EC: KeySlot = KeySlot { address: 3106, size: 192 };

    #[test]
    fn new_keys_fill_their_slots_and_are_read_back() {
        for (protocol, slot) in [(Protocol::Tcp, DCT_RSA), (Protocol::Udp, DCT_EC)] {
            let key = PrivateKey::generate(protocol.algorithm(), &mut OsRng).unwrap();
            let image = key.slot_image(protocol, &slot).unwrap();
            assert_eq!(image.len(), slot.size);
            assert_eq!(&device_reader::read(protocol, &image).unwrap(), key.public_key());
        }
    }

    #[test]
    fn an_elliptic_curve_key_is_sec1_with_curve_and_public_key() {
        let key = PrivateKey::generate(KeyAlgorithm::Ec, &mut OsRng).unwrap();
        let der = key.device_der();
        assert_eq!(der.len(), 121);
        assert!(der.starts_with(&[0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20]));
        assert_eq!(der[39..51], [0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]);
        assert_eq!(der[51..57], [0xA1, 0x44, 0x03, 0x42, 0x00, 0x04]);
    }

    #[test]
    fn a_key_for_the_other_transport_is_refused() {
        let key = PrivateKey::generate(KeyAlgorithm::Ec, &mut OsRng).unwrap();
        let refused = key.slot_image(Protocol::Tcp, &DCT_RSA).unwrap_err();
        assert_eq!(refused.to_string(), "this is an elliptic-curve key, and an RSA key is needed");
    }
}
