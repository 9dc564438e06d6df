//! Asking a device, by the first way on which its firmware answers.

use super::subject::Subject;
use crate::{
    commands::{CommandResult, Context},
    platform::ControlRequests,
    serial::{CONSOLE_BAUD_RATE, ListeningConsole},
    usb::{
        AttachedDevice,
        control::{ControlChannel, ControlError},
    },
};

/// Asks by control request where the firmware knows the request, else over the console, which answers while the device
/// is in listening mode.
pub(super) fn ask<T>(
    context: &Context<'_>,
    subject: &Subject,
    by_request: impl FnOnce(&mut ControlChannel, &AttachedDevice) -> Result<T, ControlError>,
    by_console: impl FnOnce(&mut ListeningConsole<'_>) -> CommandResult<T>,
) -> CommandResult<T> {
    let port = subject.console()?;
    let _progress = context.ui.spinner("Asking the device...");
    let asked = match &subject.attached {
        Some(device) if device.platform.control_requests != ControlRequests::No => device
            .open()
            .map_err(ControlError::from)
            .and_then(|handle| ControlChannel::open(handle, device.platform, &context.clock))
            .and_then(|mut channel| by_request(&mut channel, device)),
        _ => Err(ControlError::Unsupported),
    };
    match asked {
        Ok(answer) => Ok(answer),
        Err(ControlError::Stopped(stop)) => Err(stop.into()),
        // The operating system's driver may have a device that cannot be reached on its bus.
        Err(error) if error.is_not_supported() || port.attached.is_none() => {
            context.ui.verbose(1, format!("control requests do not work: {error}"));
            let mut open_port = port.open(CONSOLE_BAUD_RATE)?;
            by_console(&mut ListeningConsole::new(open_port.as_mut(), &context.clock))
        }
        Err(error) => Err(error.into()),
    }
}
