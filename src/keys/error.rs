//! What can be wrong with a key.

use super::{device_reader::ReaderError, server::AddressError};
use crate::platform::KeyAlgorithm;

/// Why bytes are no usable key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither PEM nor DER, or a DER structure that is no key.
    #[error("this is no key: neither PEM nor DER of a kind that holds RSA or elliptic-curve keys")]
    NotAKey,
    /// More bytes than any key has.
    #[error("this is no key: it is {0} bytes long")]
    TooLong(usize),
    /// A PEM block that holds something else.
    #[error("the file holds a {0:?} block, which is no key")]
    OtherPem(String),
    /// The key is locked with a passphrase.
    #[error("the key is protected by a passphrase")]
    Encrypted,
    /// The structure is that of a key, its contents are not.
    #[error("the {0} is damaged: its parts do not fit together")]
    Damaged(&'static str),
    /// A key for another curve or algorithm.
    #[error("the key is neither RSA nor on the elliptic curve P-256 (prime256v1)")]
    Unsupported,
    /// The transport needs the other kind of key.
    #[error("this is {} key, and {} key is needed", with_article(*.found), with_article(*.needed))]
    WrongAlgorithm {
        /// Kind needed.
        needed: KeyAlgorithm,
        /// Kind found.
        found: KeyAlgorithm,
    },
    /// A public key where the private one is needed.
    #[error("this is a public key, and the private key is needed")]
    PublicOnly,
    /// The key is longer than its slot on the device.
    #[error("the key is {length} bytes long, and its place on the device holds {slot}")]
    DoesNotFit {
        /// Length of the key in bytes.
        length: usize,
        /// Size of the slot in bytes.
        slot: usize,
    },
    /// Firmware could not use the key.
    #[error("the device could not use this key: {0}")]
    Unreadable(#[from] ReaderError),
    /// Firmware could not use the server key.
    #[error("the device could not use this server key: it must be RSA with 2048 bits and exponent 65537")]
    ServerRsa,
    /// The server's address is wrong.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The generator gave up.
    #[error("generating an RSA key failed: {0}")]
    Generation(String),
}

fn with_article(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Rsa => "an RSA",
        KeyAlgorithm::Ec => "an elliptic-curve",
    }
}
