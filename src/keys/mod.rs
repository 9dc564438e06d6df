//! Device keys and server keys: bytes in, bytes out.
//!
//! A device proves who it is with a private key in its flash; the cloud holds the public half. Beside it lie the
//! cloud's public key and address. What the bytes must look like is decided by the firmware that reads them, so a
//! [`device_reader`] reads every slot as firmware does.

pub mod device_reader;
mod error;
mod import;
mod pem;
mod private_key;
mod public_key;
pub mod server;
pub mod slot;

pub use device_reader::ReaderError;
pub use error::KeyError;
pub use import::{Encoding, Imported, Key, import};
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
