//! Errors of USB buses.

use super::{CommandError, Kind};
use crate::usb::{TransferError, UsbError};

const UDEV_HINT: &str =
    "run `particle usb configure` to install udev rules, then unplug the device and plug it in again";

impl From<UsbError> for CommandError {
    fn from(error: UsbError) -> Self {
        let kind = match &error {
            UsbError::Permission(_) => Kind::Permission,
            UsbError::Busy(_) => Kind::Busy,
            UsbError::NotFound(_) => Kind::NoDevice,
            UsbError::Unavailable { .. } => Kind::Failed,
            UsbError::Host { .. } => Kind::Network,
            UsbError::Transfer(error) => return error.clone().into(),
        };
        let error = Self::caused_by(kind, error);
        match kind {
            Kind::Permission if cfg!(target_os = "linux") => error.hint(UDEV_HINT),
            Kind::Network => error.hint("look whether `usbipd` runs there, and whether the address is right"),
            _ => error,
        }
    }
}

impl From<TransferError> for CommandError {
    fn from(error: TransferError) -> Self {
        let gone = error == TransferError::Disconnected;
        let error = Self::caused_by(Kind::Device, error);
        if gone { error.hint("connect the device again, and repeat the command") } else { error }
    }
}
