//! A Particle cloud and a bench of devices on loopback: the other end of every wire this program has.
//!
//! The sandbox holds what the real ones hold and refuses what they would refuse. It shares no memory with the client
//! side of this program: the two meet on sockets only, so that any other program can take the client's place.

mod addresses;
pub mod bench;
pub mod cloud;
pub mod control;
mod error;
pub mod fault;
mod fresh;
mod join;
mod location;
mod lock;
pub mod presence;
mod profile;
mod proof;
mod release;
mod running;
mod saver;
mod state;

pub use addresses::Addresses;
pub use control::{ControlClient, ControlError};
pub use error::SandboxError;
pub use fresh::Inventory;
pub use join::{AttachError, Attachment};
pub use location::Location;
pub use lock::StateLock;
pub use running::{Sandbox, StartOptions};
pub use state::Adjustment;
