//! The Device Doctor application, which does on the device what cannot be done from outside.
//!
//! It takes one command over the serial port and answers with a text. Source: the Node tool's `cmd/doctor.js` and
//! `doctor.ino`.

use crate::{
    commands::{CommandError, CommandResult, Context, Kind, attached::Target},
    serial::{CONSOLE_BAUD_RATE, SerialDevice},
};
use std::time::{Duration, Instant};

/// The name under which it is known.
pub(super) const NAME: &str = "doctor";
/// How long the application may take to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How long a pause ends its answer.
const SILENCE: Duration = Duration::from_millis(500);

/// A command of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Erases what applications keep.
    ClearEeprom,
    /// Forgets all Wi-Fi networks.
    ClearWifi,
}

impl Order {
    fn letter(self) -> &'static [u8] {
        match self {
            Self::ClearEeprom => b"e",
            Self::ClearWifi => b"c",
        }
    }
}

/// Gives an order to the application, which has to run, and tells its answer.
pub(super) fn give(context: &Context<'_>, target: &Target, order: Order) -> CommandResult {
    let mut port = SerialDevice::of_attached(target.attached.clone()).open(CONSOLE_BAUD_RATE)?;
    port.write(order.letter())?;
    let deadline = Instant::now() + ANSWER_LIMIT;
    let mut answer = Vec::new();
    while Instant::now() < deadline {
        context.clock.check()?;
        let bytes = port.read(SILENCE)?;
        if bytes.is_empty() && !answer.is_empty() {
            break;
        }
        answer.extend(bytes);
    }
    if answer.is_empty() {
        let text = "the Device Doctor application on the device does not answer";
        return Err(CommandError::new(Kind::Device, text).hint("reset the device and run the command again"));
    }
    for line in String::from_utf8_lossy(&answer).lines().filter(|line| !line.trim().is_empty()) {
        context.ui.note(context.ui.foreign(line.trim()));
    }
    Ok(())
}
