//! What can go wrong on a USB bus.

use super::BusAddress;

/// A transfer that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// The endpoint stalled: the device refuses this request.
    #[error("the device refused the request (stall)")]
    Stall,
    /// No answer in the given time.
    #[error("the device did not answer in time")]
    Timeout,
    /// The device is gone, or the connection to the host that exports it is.
    #[error("the device was disconnected")]
    Disconnected,
    /// The device sent something that does not follow its protocol.
    #[error("the device sent a malformed {0}")]
    Malformed(&'static str),
    /// Any other failure, in the words of the operating system or library.
    #[error("{0}")]
    Other(String),
}

/// A device or bus that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsbError {
    /// The operating system does not let this user open the device.
    #[error("Missing permissions to access the USB device at {0}")]
    Permission(BusAddress),
    /// Another program, or another client of the exporting host, holds the device.
    #[error("the USB device at {0} is in use by another program")]
    Busy(BusAddress),
    /// The device is not there any more.
    #[error("the USB device at {0} is not attached any more")]
    NotFound(BusAddress),
    /// The local bus as a whole cannot be used.
    #[error("{bus} cannot be used: {reason}")]
    Unavailable {
        /// Name of the bus.
        bus: String,
        /// Why.
        reason: String,
    },
    /// A host that exports devices cannot be reached, or does not serve them.
    #[error("{host} cannot be used: {reason}")]
    Host {
        /// Address of the host.
        host: String,
        /// Why.
        reason: String,
    },
    /// A transfer failed while the device was opened or described.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}
