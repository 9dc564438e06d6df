//! USB: buses and handles, what is attached and in which mode, and the vendor control requests.
//!
//! Everything above [`Bus`] and [`Handle`] works the same over libusb and over USB/IP.

mod bus;
pub mod control;
pub mod descriptor;
mod discovery;
mod error;
mod libusb;
mod trace;
pub mod usbip;

pub use bus::{Bus, BusAddress, Enumerated, Handle, Setup};
pub use discovery::{AttachedDevice, discover, discover_where};
pub use error::{TransferError, UsbError};
pub use libusb::LibUsbBus;
