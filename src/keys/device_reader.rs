//! Reads a device's private-key slot as its firmware does.
//!
//! For TCP the firmware does not parse ASN.1: it takes the integers of a PKCS#1 RSAPrivateKey from the places where
//! they lie in most 1024-bit keys. A key with an integer that is short by a byte or more looks fine to openssl and is
//! misread by the device. For UDP, mbed TLS parses what the outer DER length spans and recomputes the public key.
//! Sources: Device OS `communication/src/handshake.cpp` and `communication/src/dtls_protocol.cpp`.

use super::{Encoding, Imported, Key, PublicKey, import, slot};
use crate::platform::{KeyAlgorithm, Protocol};
use rsa::{BigUint, traits::PrivateKeyParts};
use zeroize::Zeroizing;

/// Why the firmware gets no usable key out of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReaderError {
    /// The slot is erased: the device makes itself a key when it starts, which the cloud does not know.
    #[error("there is no key")]
    Empty,
    /// The bytes end before the key does.
    #[error("the key is cut short")]
    Truncated,
    /// The integers found at the expected places do not belong together.
    #[error("its firmware would misread the key")]
    Misread,
    /// The bytes are no elliptic-curve key.
    #[error("the key is damaged")]
    Damaged,
}

/// The public half of the key that firmware using `protocol` finds in a slot.
///
/// Every integer is checked against the others, so a key that is read here works on the device.
pub fn read(protocol: Protocol, slot: &[u8]) -> Result<PublicKey, ReaderError> {
    if slot.iter().all(|&byte| byte == slot::ERASED) {
        return Err(ReaderError::Empty);
    }
    match protocol {
        Protocol::Tcp => read_rsa(slot),
        Protocol::Udp => read_ec(slot),
    }
}

fn read_rsa(slot: &[u8]) -> Result<PublicKey, ReaderError> {
    const MODULUS_LENGTH_BYTE: usize = 9;
    const EXPONENT_AND_TAG: usize = 5 + 2;
    const TAG: usize = 1;
    const PUBLIC_EXPONENT: u32 = 65537;

    let mut integers = Positional { slot, position: MODULUS_LENGTH_BYTE };
    let n = integers.take(128)?;
    let d = integers.skip(EXPONENT_AND_TAG).take(128)?;
    let p = integers.skip(TAG).take(64)?;
    let q = integers.skip(TAG).take(64)?;
    let dp = integers.skip(TAG).take(64)?;
    let dq = integers.skip(TAG).take(64)?;
    let qinv = integers.skip(TAG).take(64)?;

    let primes = vec![(*p).clone(), (*q).clone()];
    let key = rsa::RsaPrivateKey::from_components((*n).clone(), PUBLIC_EXPONENT.into(), (*d).clone(), primes)
        .map_err(|_| ReaderError::Misread)?;
    let fits_together = key.dp() == Some(&*dp)
        && key.dq() == Some(&*dq)
        && key.crt_coefficient().map(Zeroizing::new).as_deref() == Some(&*qinv);
    if !fits_together {
        return Err(ReaderError::Misread);
    }
    PublicKey::from_rsa(key.as_ref()).map_err(|_| ReaderError::Misread)
}

/// A walk over integers by position.
struct Positional<'a> {
    slot: &'a [u8],
    position: usize,
}

impl Positional<'_> {
    fn skip(&mut self, count: usize) -> &mut Self {
        self.position += count;
        self
    }

    /// Takes a length byte, the zero byte that an odd length stands for, and the `size` bytes behind.
    fn take(&mut self, size: usize) -> Result<Zeroizing<BigUint>, ReaderError> {
        let length = *self.slot.get(self.position).ok_or(ReaderError::Truncated)?;
        let start = self.position + 1 + usize::from(length & 1);
        let bytes = self.slot.get(start..start + size).ok_or(ReaderError::Truncated)?;
        self.position = start + size;
        Ok(Zeroizing::new(BigUint::from_bytes_be(bytes)))
    }
}

fn read_ec(slot: &[u8]) -> Result<PublicKey, ReaderError> {
    let der = slot::cut(slot).ok_or(ReaderError::Damaged)?;
    let Imported { key: Key::Private(key), encoding } = import(der).map_err(|_| ReaderError::Damaged)? else {
        return Err(ReaderError::Damaged);
    };
    let understood = matches!(encoding, Encoding::Sec1 | Encoding::Pkcs8);
    if key.algorithm() == KeyAlgorithm::Ec && understood {
        Ok(key.public_key().clone())
    } else {
        Err(ReaderError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::PrivateKey;
    use proptest::prelude::*;
    use rand::rngs::OsRng;

    const RSA: &[u8] = include_bytes!("../../tests/data/keys/rsa.der");
    const EC: &[u8] = include_bytes!("../../tests/data/keys/ec.der");

    #[test]
    fn keys_by_openssl_are_read() {
        for (protocol, key, size) in [(Protocol::Tcp, RSA, 612), (Protocol::Udp, EC, 192)] {
            let slot = slot::pad(key, size).unwrap();
            assert_eq!(read(protocol, &slot), Ok(PublicKey::from_pem_or_der(key).unwrap()));
        }
    }

    #[test]
    fn a_key_with_a_short_integer_is_misread() {
        for key in [
            &include_bytes!("../../tests/data/keys/rsa_short_private_exponent.der")[..],
            include_bytes!("../../tests/data/keys/rsa_short_exponent1.der"),
        ] {
            assert!(PublicKey::from_pem_or_der(key).is_ok(), "a parser has no trouble with it");
            assert_eq!(read(Protocol::Tcp, &slot::pad(key, 612).unwrap()), Err(ReaderError::Misread));
        }
    }

    #[test]
    fn pkcs8_is_understood_for_udp_and_misread_for_tcp() {
        assert!(read(Protocol::Tcp, include_bytes!("../../tests/data/keys/rsa_pkcs8.der")).is_err());
        assert!(read(Protocol::Udp, include_bytes!("../../tests/data/keys/ec_pkcs8.der")).is_ok());
    }

    #[test]
    fn erased_cut_short_and_foreign_slots_hold_no_key() {
        assert_eq!(read(Protocol::Tcp, &[0xFF; 612]), Err(ReaderError::Empty));
        assert_eq!(read(Protocol::Udp, &[0xFF; 192]), Err(ReaderError::Empty));
        assert_eq!(read(Protocol::Tcp, &RSA[..400]), Err(ReaderError::Truncated));
        assert_eq!(read(Protocol::Udp, &EC[..100]), Err(ReaderError::Damaged));
        assert_eq!(read(Protocol::Udp, RSA), Err(ReaderError::Damaged));
        assert_eq!(read(Protocol::Tcp, &[0; 612]), Err(ReaderError::Misread));
    }

    #[test]
    fn an_elliptic_curve_key_without_the_name_of_its_curve_is_refused() {
        let bare = p256::SecretKey::random(&mut OsRng).to_sec1_der().unwrap();
        assert_eq!(read(Protocol::Udp, &bare), Err(ReaderError::Damaged));
        let Key::Private(converted) = import(&bare).unwrap().key else { panic!("a private key") };
        assert!(read(Protocol::Udp, converted.device_der()).is_ok());
    }

    proptest! {
        #[test]
        fn any_slot_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..700)) {
            prop_assert!(read(Protocol::Tcp, &bytes).is_err());
            prop_assert!(read(Protocol::Udp, &bytes).is_err());
        }

        #[test]
        fn any_damage_to_an_rsa_key_is_noticed(position in 9..610usize, flip in 1..=255u8) {
            let mut bytes = RSA.to_vec();
            bytes[position] ^= flip;
            // The exponent and the tags are never looked at.
            if let Ok(key) = read(Protocol::Tcp, &bytes) {
                prop_assert_eq!(key, PublicKey::from_pem_or_der(RSA).unwrap());
            }
        }
    }

    #[test]
    fn a_generated_key_is_read() {
        let key = PrivateKey::generate(KeyAlgorithm::Rsa, &mut OsRng).unwrap();
        assert_eq!(read(Protocol::Tcp, key.device_der()).as_ref(), Ok(key.public_key()));
    }
}
