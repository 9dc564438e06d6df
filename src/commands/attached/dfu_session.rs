//! A device in DFU mode for the time of a command, and back in its own mode afterwards.

use super::{DeviceLock, Operator, Target, buttons, heed_interrupts, operator::Comeback};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    dfu::{Dfu, DfuError},
    ui::Ui,
    usb::control::messages::DeviceMode,
};
/// What a device was doing when a command found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FoundIn {
    /// Running its firmware; safe mode looks the same.
    Operation,
    /// Listening mode.
    Listening,
    /// DFU mode.
    Dfu,
}

/// What to do with the device at the end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Bring it back to what it was doing.
    Restore,
    /// Restart it.
    Restart,
}

/// A device in DFU mode, locked for this process.
pub struct DfuSession<'c> {
    ui: &'c Ui,
    operator: Operator,
    target: Target,
    found_in: FoundIn,
    dfu: Dfu,
    _lock: DeviceLock,
}

impl<'c> DfuSession<'c> {
    /// Brings a device into DFU mode and opens its bootloader.
    ///
    /// Firmware is told to restart into DFU mode. Where it does not understand or answer, a person at a terminal is
    /// told which buttons to press and waited for; elsewhere that is an error. Protected devices are refused.
    pub fn enter(context: &'c Context<'_>, target: &Target) -> CommandResult<Self> {
        heed_interrupts(&context.clock);
        let operator = Operator::new(context.buses()?, &context.clock);
        let lock = operator.lock(target)?;
        let (found_in, target) = bring_to_dfu(context, &operator, target)?;
        let mut dfu = operator.dfu(&target)?;
        if dfu.is_protected()? {
            return Err(DfuError::Protected.into());
        }
        Ok(Self { ui: context.ui, operator, target, found_in, dfu, _lock: lock })
    }

    /// The bootloader.
    pub fn dfu(&mut self) -> &mut Dfu {
        &mut self.dfu
    }

    /// Ends the session with what the work came to.
    ///
    /// After success the device goes where `after` says. After a failure of the device, or an interrupt, it stays in
    /// DFU mode, where the work can be done again; after any other failure it goes back to what it was doing.
    pub fn conclude<T>(self, outcome: CommandResult<T>, after: After) -> CommandResult<T> {
        match outcome {
            Ok(value) => self.finish(after).map(|()| value),
            Err(error) if must_stay(error.kind()) => {
                let hint = format!(
                    "`particle usb reset {}` starts the firmware of the device again",
                    self.target.id
                );
                Err(error.hint(hint))
            }
            Err(error) => {
                let ui = self.ui;
                if let Err(further) = self.finish(After::Restore) {
                    ui.warn(format!("the device is still in DFU mode: {}", further.message()));
                }
                Err(error)
            }
        }
    }

    /// Ends the session.
    pub fn finish(self, after: After) -> CommandResult {
        let was_listening = match (after, self.found_in) {
            (After::Restore, FoundIn::Dfu) => return Ok(()),
            (After::Restore, FoundIn::Listening) => true,
            (After::Restore | After::Restart, _) => false,
        };
        self.dfu.leave()?;
        let returned = self.operator.await_mode(&self.target, false, Comeback::ReturnToWork);
        let restored = returned.and_then(|target| match was_listening {
            true => self.operator.start_listening(&target),
            false => Ok(()),
        });
        match restored {
            // The work is done, and the person sees the device; a device that is slow to return is no failure.
            Err(error) if !matches!(error.kind(), Kind::Interrupted | Kind::Timeout) => {
                let hints = error.hints().join("; ");
                self.ui.warn(format!("{}: {hints}", error.message()));
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// Whether a device is left in DFU mode after a failure of this kind: the work is not done and can be done again.
fn must_stay(kind: Kind) -> bool {
    matches!(kind, Kind::Device | Kind::Verification | Kind::Interrupted | Kind::Timeout)
}

fn bring_to_dfu(
    context: &Context<'_>,
    operator: &Operator,
    target: &Target,
) -> CommandResult<(FoundIn, Target)> {
    if target.attached.dfu {
        return Ok((FoundIn::Dfu, target.clone()));
    }
    let progress = context.ui.spinner("Putting the device into DFU mode...");
    let found_in = found_in(operator, target);
    let switched = operator.switch_to_dfu(target, |_| {
        drop(progress);
        ask_for_buttons(context, target)
    })?;
    Ok((found_in, switched))
}

/// What a running device is doing. One that cannot be asked is taken to be at work.
fn found_in(operator: &Operator, target: &Target) -> FoundIn {
    match operator.control(&target.attached).and_then(|mut channel| channel.device_mode()) {
        Ok(Some(DeviceMode::Listening)) => FoundIn::Listening,
        _ => FoundIn::Operation,
    }
}

/// Asks the person at the terminal for DFU mode. An error where there is none.
fn ask_for_buttons(context: &Context<'_>, target: &Target) -> CommandResult {
    let name = target.platform().display_name;
    let message = format!("this {name} ({}) cannot be put into DFU mode from here", target.id);
    let instructions = buttons::dfu_instructions(target.platform());
    if !context.ui.can_ask() {
        let error = CommandError::new(Kind::WrongMode, message);
        return Err(error.hint(format!("put the device into DFU mode and try again\n{instructions}")));
    }
    context.ui.note(format!("{message}. Waiting until you do it by hand.\n{instructions}"));
    Ok(())
}
