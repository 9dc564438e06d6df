//! USB/IP: devices that another host exports over TCP.

mod address;
mod bus;
mod handle;
pub mod protocol;
#[cfg(test)]
mod tests;

pub use address::{HostAddress, HostAddressError};
pub use bus::UsbIpBus;
