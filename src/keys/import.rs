//! Reading keys in whatever form people hold them.

use super::{KeyError, PrivateKey, PublicKey, pem, slot};
use pkcs8::{PrivateKeyInfo, der::Decode};
use rsa::pkcs1;
use spki::SubjectPublicKeyInfoRef;

/// Longest input looked at: several times the longest key in the longest armour.
const MAX_LENGTH: usize = 64 * 1024;

/// A key of either half.
pub enum Key {
    /// A private key.
    Private(PrivateKey),
    /// A public key.
    Public(PublicKey),
}

/// The structure a key came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// RSAPrivateKey (RFC 8017): what devices store.
    Pkcs1,
    /// ECPrivateKey (RFC 5915) that names its curve: what devices store.
    Sec1,
    /// ECPrivateKey that does not name its curve, which devices cannot read.
    Sec1WithoutCurve,
    /// PrivateKeyInfo (RFC 5208): what OpenSSL 3 writes by default. Too long for an RSA slot.
    Pkcs8,
    /// SubjectPublicKeyInfo (RFC 5280).
    Spki,
    /// RSAPublicKey (RFC 8017).
    Pkcs1Public,
}

/// A key and the form it came in.
pub struct Imported {
    /// The key.
    pub key: Key,
    /// The structure it was found in.
    pub encoding: Encoding,
}

impl Imported {
    /// Whether the key had to be brought into another form for a device (private) or the cloud (public).
    pub fn was_converted(&self) -> bool {
        matches!(self.encoding, Encoding::Pkcs8 | Encoding::Sec1WithoutCurve | Encoding::Pkcs1Public)
    }

    /// The private key, or the complaint that there is only the public half.
    pub fn into_private(self) -> Result<PrivateKey, KeyError> {
        match self.key {
            Key::Private(key) => Ok(key),
            Key::Public(_) => Err(KeyError::PublicOnly),
        }
    }
}

/// Reads a private or public key from PEM or DER.
///
/// Knows PKCS#1, SEC1, PKCS#8 and SubjectPublicKeyInfo. DER may be followed by anything, as in the dump of a key slot.
pub fn import(bytes: &[u8]) -> Result<Imported, KeyError> {
    if bytes.len() > MAX_LENGTH {
        return Err(KeyError::TooLong(bytes.len()));
    }
    match slot::cut(bytes) {
        Some(der) => import_der(der),
        None => import_pem(std::str::from_utf8(bytes).map_err(|_| KeyError::NotAKey)?),
    }
}

/// The first block that is not the parameters which openssl puts in front of elliptic-curve keys.
fn import_pem(text: &str) -> Result<Imported, KeyError> {
    let block = pem::blocks(text).find(|block| block.label != "EC PARAMETERS").ok_or(KeyError::NotAKey)?;
    if block.encrypted {
        return Err(KeyError::Encrypted);
    }
    if !block.label.ends_with("PRIVATE KEY") && !block.label.ends_with("PUBLIC KEY") {
        return Err(KeyError::OtherPem(block.label.to_owned()));
    }
    import_der(&block.contents.ok_or(KeyError::NotAKey)?)
}

fn import_der(der: &[u8]) -> Result<Imported, KeyError> {
    let private = |key, encoding| Imported { key: Key::Private(key), encoding };
    let public = |key, encoding| Imported { key: Key::Public(key), encoding };
    if let Ok(key) = pkcs1::RsaPrivateKey::from_der(der) {
        Ok(private(rsa_private(&key)?, Encoding::Pkcs1))
    } else if let Ok(key) = sec1::EcPrivateKey::from_der(der) {
        let encoding = if key.parameters.is_some() { Encoding::Sec1 } else { Encoding::Sec1WithoutCurve };
        Ok(private(ec_private(key)?, encoding))
    } else if let Ok(info) = PrivateKeyInfo::from_der(der) {
        Ok(private(pkcs8(&info)?, Encoding::Pkcs8))
    } else if let Ok(info) = SubjectPublicKeyInfoRef::from_der(der) {
        Ok(public(spki(&info)?, Encoding::Spki))
    } else if let Ok(key) = pkcs1::RsaPublicKey::from_der(der) {
        Ok(public(rsa_public(&key)?, Encoding::Pkcs1Public))
    } else {
        Err(KeyError::NotAKey)
    }
}

fn pkcs8(info: &PrivateKeyInfo<'_>) -> Result<PrivateKey, KeyError> {
    if info.algorithm.oid == pkcs1::ALGORITHM_OID {
        let key = pkcs1::RsaPrivateKey::from_der(info.private_key)
            .map_err(|_| KeyError::Damaged("RSA private key"))?;
        return rsa_private(&key);
    }
    let key = p256::SecretKey::try_from(info.clone()).map_err(|_| KeyError::Unsupported)?;
    PrivateKey::from_ec(&key)
}

fn rsa_private(key: &pkcs1::RsaPrivateKey<'_>) -> Result<PrivateKey, KeyError> {
    let integer = |value: pkcs1::UintRef<'_>| rsa::BigUint::from_bytes_be(value.as_bytes());
    // A modulus beyond this makes arithmetic slow; nobody has one.
    let sized = key.modulus.as_bytes().len() <= 8192 / 8;
    let two_primes = key.other_prime_infos.is_none();
    if !sized || !two_primes {
        return Err(KeyError::Unsupported);
    }
    let key = rsa::RsaPrivateKey::from_components(
        integer(key.modulus),
        integer(key.public_exponent),
        integer(key.private_exponent),
        vec![integer(key.prime1), integer(key.prime2)],
    )
    .map_err(|_| KeyError::Damaged("RSA private key"))?;
    PrivateKey::from_rsa(&key)
}

fn ec_private(key: sec1::EcPrivateKey<'_>) -> Result<PrivateKey, KeyError> {
    let key = p256::SecretKey::try_from(key).map_err(|_| KeyError::Unsupported)?;
    PrivateKey::from_ec(&key)
}

fn spki(info: &SubjectPublicKeyInfoRef<'_>) -> Result<PublicKey, KeyError> {
    if info.algorithm.oid == pkcs1::ALGORITHM_OID {
        let contents = info.subject_public_key.raw_bytes();
        let key = pkcs1::RsaPublicKey::from_der(contents).map_err(|_| KeyError::Damaged("RSA public key"))?;
        return rsa_public(&key);
    }
    PublicKey::from_ec(&p256::PublicKey::try_from(info.clone()).map_err(|_| KeyError::Unsupported)?)
}

fn rsa_public(key: &pkcs1::RsaPublicKey<'_>) -> Result<PublicKey, KeyError> {
    let integer = |value: pkcs1::UintRef<'_>| rsa::BigUint::from_bytes_be(value.as_bytes());
    let key = rsa::RsaPublicKey::new(integer(key.modulus), integer(key.public_exponent))
        .map_err(|_| KeyError::Damaged("RSA public key"))?;
    PublicKey::from_rsa(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    macro_rules! vector {
        ($name:literal) => {
            include_bytes!(concat!("../../tests/data/keys/", $name)).as_slice()
        };
    }

    fn private(bytes: &[u8]) -> (PrivateKey, Encoding) {
        let imported = import(bytes).map_err(|error| error.to_string()).unwrap();
        let encoding = imported.encoding;
        (imported.into_private().map_err(|error| error.to_string()).unwrap(), encoding)
    }

    fn refusal(bytes: &[u8]) -> KeyError {
        import(bytes).err().expect("no key")
    }

    #[test]
    fn every_private_form_becomes_what_the_device_stores() {
        for (bytes, encoding, expected) in [
            (vector!("rsa.pem"), Encoding::Pkcs1, vector!("rsa.der")),
            (vector!("rsa.der"), Encoding::Pkcs1, vector!("rsa.der")),
            (vector!("rsa_pkcs8.pem"), Encoding::Pkcs8, vector!("rsa.der")),
            (vector!("rsa_pkcs8.der"), Encoding::Pkcs8, vector!("rsa.der")),
            (vector!("ec.pem"), Encoding::Sec1, vector!("ec.der")),
            (vector!("ec.der"), Encoding::Sec1, vector!("ec.der")),
            (vector!("ec_pkcs8.pem"), Encoding::Pkcs8, vector!("ec.der")),
            (vector!("ec_pkcs8.der"), Encoding::Pkcs8, vector!("ec.der")),
        ] {
            let (key, found) = private(bytes);
            assert_eq!((found, key.device_der().as_slice()), (encoding, expected));
        }
    }

    #[test]
    fn every_public_form_is_one_key() {
        for (bytes, converted) in [
            (vector!("rsa.pub.pem"), false),
            (vector!("rsa.pub.der"), false),
            (vector!("rsa_pkcs1.pub.pem"), true),
        ] {
            let imported = import(bytes).map_err(|error| error.to_string()).unwrap();
            assert_eq!(imported.was_converted(), converted);
            let Key::Public(key) = &imported.key else { panic!("a public key") };
            assert_eq!(key.to_spki_der(), vector!("rsa.pub.der"));
            assert_eq!(imported.into_private().err(), Some(KeyError::PublicOnly));
        }
    }

    #[test]
    fn the_dump_of_a_slot_is_cut() {
        let dump = slot::pad(vector!("rsa.der"), 1024).unwrap();
        assert_eq!(private(&dump).0.device_der().as_slice(), vector!("rsa.der"));
    }

    #[test]
    fn openssl_would_write_the_same_pem() {
        assert_eq!(private(vector!("rsa.der")).0.to_pem().as_bytes(), vector!("rsa.pem"));
        let text = private(vector!("ec.der")).0.to_pem();
        assert!(std::str::from_utf8(vector!("ec.pem")).unwrap().ends_with(text.as_str()));
    }

    #[test]
    fn what_is_no_usable_key_is_named() {
        assert_eq!(refusal(vector!("rsa_encrypted.pem")), KeyError::Encrypted);
        assert_eq!(refusal(vector!("rsa_encrypted_pkcs8.pem")), KeyError::Encrypted);
        assert_eq!(refusal(vector!("p384.pem")), KeyError::Unsupported);
        assert_eq!(refusal(b"hello"), KeyError::NotAKey);
        assert_eq!(refusal(&[0xFF; 612]), KeyError::NotAKey);
        assert_eq!(refusal(&vec![b'-'; MAX_LENGTH + 1]), KeyError::TooLong(MAX_LENGTH + 1));
        let certificate = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(refusal(certificate), KeyError::OtherPem("CERTIFICATE".to_owned()));
        let mut damaged = vector!("rsa.der").to_vec();
        damaged[200] ^= 1;
        assert_eq!(refusal(&damaged), KeyError::Damaged("RSA private key"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(import(&bytes).is_err());
        }

        #[test]
        fn any_damage_is_survived(index in 0..8usize, position in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let files = [
                vector!("rsa.der"), vector!("rsa_pkcs8.der"), vector!("ec.der"), vector!("ec_pkcs8.der"),
                vector!("rsa.pub.der"), vector!("ec.pub.der"), vector!("ec.pem"), vector!("rsa_pkcs1.pub.pem"),
            ];
            let mut bytes = files[index].to_vec();
            let position = position.index(bytes.len());
            bytes[position] = byte;
            let _ = import(&bytes);
        }
    }
}
