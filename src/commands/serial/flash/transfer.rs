//! Getting a device ready for a file, and the two ways in which it goes.

use super::file::Firmware;
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Operator, Target},
    },
    serial::{
        SerialDevice,
        ymodem::{self, Refusal, YMODEM_BAUD_RATE, YmodemError},
    },
};

/// Puts a device into listening mode, or asks for it where that cannot be done from here: nothing but the port is known,
/// or the operating system lets this user have the port alone.
///
/// The speed at which the port is opened for the transfer does the same once more for firmware that heeds it.
pub(super) fn prepare(
    context: &Context<'_>,
    operator: &Operator,
    target: Option<&Target>,
    port: &SerialDevice,
) -> CommandResult {
    if let Some(target) = target {
        let progress = context.ui.spinner("Putting the device into listening mode...");
        let outcome = operator.start_listening(target);
        drop(progress);
        match outcome {
            Err(error) if error.kind() == Kind::Permission && port.attached.is_none() => {
                context.ui.verbose(1, format!("cannot be put into listening mode: {}", error.message()));
            }
            outcome => return outcome,
        }
    }
    if context.ui.can_ask() && !context.ui.options().assume_yes {
        context.ui.note("! PROTIP: Hold the SETUP button on your device until it blinks blue!");
        context.ui.ask("Press ENTER when your device is blinking BLUE", Some(""), "--yes")?;
    }
    Ok(())
}

/// Sends the file over the serial port. False where the device's firmware takes none there.
pub(super) fn by_ymodem(
    context: &Context<'_>,
    port: &SerialDevice,
    firmware: &Firmware,
) -> CommandResult<bool> {
    let mut open_port = port.open(YMODEM_BAUD_RATE)?;
    let bar = context.ui.byte_bar(firmware.bytes.len() as u64, "Flashing");
    let outcome = ymodem::send(open_port.as_mut(), &context.clock, &firmware.bytes, &mut |sent| {
        bar.set(sent as u64);
    });
    match outcome {
        Ok(()) => Ok(true),
        Err(YmodemError::Refused(Refusal::NoLongerSupported)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Sends the file by control request.
pub(super) fn by_request(
    context: &Context<'_>,
    operator: &Operator,
    target: &Target,
    firmware: &Firmware,
) -> CommandResult {
    let mut channel = operator.control(&target.attached)?;
    let bar = context.ui.byte_bar(firmware.bytes.len() as u64, "Flashing");
    Ok(channel.update_firmware(&firmware.bytes, &mut |sent, _| bar.set(sent))?)
}

/// Where only the port is known, there is no other way.
pub(super) fn no_longer_supported() -> CommandError {
    CommandError::new(Kind::Device, Refusal::NoLongerSupported.to_string())
        .hint("`particle flash --usb FILE` flashes the device in DFU mode")
}
