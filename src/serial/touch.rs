//! Line speeds that firmware takes for an order.
//!
//! Source: Device OS `system/src/system_update.cpp`, `system/src/main.cpp`, `build/module-defaults.mk`. They work
//! where control requests do not: on the Core and on generation 2 before Device OS 0.6.0.

use super::{PortError, SerialDevice};
use crate::{clock::Clock, usb::TransferError};
use std::time::Duration;

/// How long the port stays open; the device looks at the line coding in its own loop.
const TOUCH: Duration = Duration::from_millis(250);

/// An order by line speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaudTouch {
    /// Restart into DFU mode. Every firmware.
    Dfu,
    /// Enter listening mode. Up to Device OS 5.9.
    Listening,
}

impl BaudTouch {
    /// The line speed, in bits per second.
    pub fn baud_rate(self) -> u32 {
        match self {
            BaudTouch::Dfu => 14_400,
            BaudTouch::Listening => 28_800,
        }
    }

    /// Opens the port at this speed for a moment. That the device obeys is for the caller to find out.
    pub fn give(self, device: &SerialDevice, clock: &Clock) -> Result<(), PortError> {
        match device.open(self.baud_rate()) {
            Ok(port) => {
                clock.pause_to_the_end(TOUCH);
                drop(port);
                Ok(())
            }
            // It obeyed before we were done opening.
            Err(PortError::Transfer(TransferError::Disconnected)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
