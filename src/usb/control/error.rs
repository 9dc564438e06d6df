//! What can go wrong with a control request.

use super::ResultCode;
use crate::{
    clock::Stop,
    platform::Platform,
    usb::{TransferError, UsbError},
};

/// A control request that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// The device could not be opened.
    #[error(transparent)]
    Open(#[from] UsbError),
    /// A transfer failed.
    #[error(transparent)]
    Transfer(TransferError),
    /// No firmware of this kind of board knows control requests.
    #[error("{} takes no control requests", .0.with_article())]
    NoneTaken(&'static Platform),
    /// The device's firmware does not know control requests at all.
    #[error("the device's firmware does not support control requests")]
    Unsupported,
    /// The device answered with an error.
    #[error("{0}")]
    Refused(ResultCode),
    /// The device dropped the request.
    #[error("Request was cancelled")]
    Cancelled,
    /// The device went away after it had accepted the request.
    #[error("the device was disconnected before it answered")]
    Lost,
    /// The device has no memory for the request.
    #[error("Memory allocation error")]
    NoMemory,
    /// The device did not finish the request in time.
    #[error("Request timeout")]
    Timeout,
    /// What the device sent does not follow the protocol.
    #[error("the device sent a malformed {0}")]
    Malformed(&'static str),
    /// The payload is too long for a request.
    #[error("a request of {0} bytes is too long for the device")]
    TooLong(usize),
    /// The person, or the time limit of the command, ended the wait.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl From<TransferError> for ControlError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Timeout => Self::Timeout,
            other => Self::Transfer(other),
        }
    }
}

impl ControlError {
    /// Whether the firmware does not know the request, or knows no requests.
    pub fn is_not_supported(&self) -> bool {
        matches!(self, Self::NoneTaken(_) | Self::Unsupported | Self::Refused(ResultCode::NOT_SUPPORTED))
    }
}
