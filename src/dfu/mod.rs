//! DFU with ST's DfuSe extension, as Particle bootloaders speak it.
//!
//! This room moves bytes; what lies at an address is known to the platform table and to the rooms above.

mod error;
mod link;
mod memory_map;
mod plan;
pub mod protocol;
mod read;
mod session;
#[cfg(test)]
mod tests;
mod write;

pub use error::{DfuError, LeftAs, Operation};
pub use memory_map::{Access, MemoryMap, MemoryMapError, Segment};
pub use session::Dfu;
pub use write::WriteOptions;
