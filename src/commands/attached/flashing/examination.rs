//! What can be known of a device before it is flashed.

use super::{
    super::{DeviceLock, Operator, Target, read_inventory},
    memory,
};
use crate::{
    commands::{CommandError, CommandResult},
    firmware::plan::Subject,
    ui::Ui,
    usb::control::{ControlChannel, ControlError, ResultCode},
};

/// A device that was looked at, locked for this process until it is let go.
pub struct Patient {
    /// The device.
    pub target: Target,
    /// What is known of it.
    pub subject: Subject,
    pub(super) lock: DeviceLock,
}

/// Looks at a device. Protected devices, and those that another program has, are refused; where the firmware does not
/// answer, little is known, and that is no failure: flashing is how such a device is healed.
pub fn examine(ui: &Ui, operator: &Operator, target: &Target) -> CommandResult<Patient> {
    let lock = operator.lock(target)?;
    let mut subject = Subject::new(target.platform(), target.attached.dfu);
    if target.attached.dfu {
        let mut dfu = operator.dfu(target)?;
        if dfu.is_protected()? {
            return Err(crate::dfu::DfuError::Protected.into());
        }
        let shown = ui.spinner(format!("Reading what is on device {}...", target.id));
        let mut progress = |read: u64| {
            shown.message(format!("Reading what is on device {}... {} KiB", target.id, read / 1024));
        };
        subject.inventory = Some(memory::inventory(&mut dfu, target.platform(), &mut progress)?);
    } else {
        match operator.control(&target.attached) {
            Ok(mut channel) => ask(&mut channel, &mut subject)?,
            Err(error) => tolerate(error)?,
        }
    }
    Ok(Patient { target: target.clone(), subject, lock })
}

/// Asks running firmware for its modules.
fn ask(channel: &mut ControlChannel, subject: &mut Subject) -> CommandResult {
    match read_inventory(channel, subject.platform.id) {
        Ok(inventory) => {
            // Whatever tells its modules takes some, too: both came with the same version.
            subject.takes_modules = true;
            subject.complete = true;
            subject.inventory = Some(inventory);
            Ok(())
        }
        Err(error) => tolerate(error),
    }
}

/// Whether the device can be flashed although it does not say what is on it.
fn tolerate(error: ControlError) -> CommandResult {
    match error {
        ControlError::Open(_) | ControlError::Stopped(_) | ControlError::Refused(ResultCode::PROTECTED) => {
            Err(CommandError::from(error))
        }
        error => {
            tracing::debug!("the device does not say what is on it: {error}");
            Ok(())
        }
    }
}
