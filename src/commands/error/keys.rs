//! Errors of keys.

use super::{CommandError, Kind};
use crate::keys::{KeyError, ReaderError, server::AddressError};

impl From<KeyError> for CommandError {
    fn from(error: KeyError) -> Self {
        let (kind, hint) = match &error {
            KeyError::Unreadable(error) => return Self::from(*error),
            KeyError::Address(error) => return Self::from(error.clone()),
            KeyError::Encrypted => {
                (Kind::Failed, Some("take the passphrase off first: `openssl pkey -in FILE -out plain.pem`"))
            }
            KeyError::WrongAlgorithm { .. } => (
                Kind::Failed,
                Some(
                    "make a fitting one with `particle keys new --protocol tcp` (RSA) or `--protocol udp` (elliptic curve)",
                ),
            ),
            KeyError::ServerRsa => {
                (Kind::Failed, Some("ask whoever runs the server for its 2048-bit RSA public key"))
            }
            _ => (Kind::Failed, None),
        };
        let error = Self::caused_by(kind, error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl From<ReaderError> for CommandError {
    fn from(error: ReaderError) -> Self {
        Self::caused_by(Kind::Failed, error)
    }
}

impl From<AddressError> for CommandError {
    fn from(error: AddressError) -> Self {
        let kind = match error {
            AddressError::Damaged => Kind::Verification,
            _ => Kind::Usage,
        };
        Self::caused_by(kind, error)
    }
}
