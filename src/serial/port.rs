//! What every serial port can do, whichever way it is reached.

use crate::usb::{TransferError, UsbError};
use std::time::Duration;

/// Speed at which consoles are opened. A USB device ignores it, but for the two rates of
/// [`BaudTouch`](super::BaudTouch).
pub const CONSOLE_BAUD_RATE: u32 = 9600;

/// An open serial port, 8N1 with DTR set. Dropping it closes the port.
pub trait Port: Send {
    /// Waits until bytes have come and gives them; gives none if nothing has come within `limit`.
    fn read(&mut self, limit: Duration) -> Result<Vec<u8>, PortError>;

    /// Sends all of `bytes`.
    fn write(&mut self, bytes: &[u8]) -> Result<(), PortError>;
}

/// A serial port that cannot be used, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// There is no port of this name.
    #[error("there is no serial port {0}")]
    NotFound(String),
    /// Another program has the port.
    #[error("the serial port {0} is in use by another program")]
    Busy(String),
    /// The operating system does not let this user open the port.
    #[error("Missing permissions to open the serial port {0}")]
    Permission(String),
    /// The operating system refuses for another reason.
    #[error("the serial port {name} cannot be used: {reason}")]
    Unusable {
        /// Name of the port.
        name: String,
        /// The operating system's words.
        reason: String,
    },
    /// The operating system does not say which ports there are.
    #[error("cannot list serial ports: {0}")]
    Listing(String),
    /// The device has no CDC-ACM interface.
    #[error("the device at {0} has no serial interface")]
    NoInterface(String),
    /// The device or its bus cannot be used.
    #[error(transparent)]
    Usb(#[from] UsbError),
    /// A transfer failed; the device may have been unplugged.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}
