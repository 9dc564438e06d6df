//! The server's public key and address, as a device stores them.

mod address;
mod image;
mod particle;

pub use address::{AddressError, Host, ServerAddress};
pub use image::ServerSlotImage;
pub use particle::{default_image, is_particle_host, particle_key};
