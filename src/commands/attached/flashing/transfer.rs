//! Sending modules to a running device.

use super::{
    super::{Target, operator::Comeback, read_inventory, read_missing_assets},
    narration::Event,
    worker::Worker,
};
use crate::{
    commands::{CommandError, CommandResult, Kind},
    firmware::{ModuleFunction, plan::Transfer},
    usb::control::{ControlChannel, ControlError, Order, messages::DeviceMode},
};
use std::time::{Duration, Instant};

/// How long a device may go on answering after it has taken a module, before it counts as one that needs no restart.
const RESTART_LIMIT: Duration = Duration::from_secs(3);
/// The shortest such time, however much pauses are shortened.
const SHORTEST_RESTART_LIMIT: Duration = Duration::from_millis(300);
const POLL_PAUSE: Duration = Duration::from_millis(100);
/// How long a device that came back may go without the module that it was sent.
const CONFIRMATION_LIMIT: Duration = Duration::from_secs(10);
/// The shortest such time.
const SHORTEST_CONFIRMATION_LIMIT: Duration = Duration::from_secs(5);

impl Worker<'_> {
    /// Sends a module, and waits until the device has it.
    pub(super) fn transfer(&mut self, target: &mut Target, transfer: &Transfer) -> CommandResult {
        let failed = |error: ControlError| {
            CommandError::from(error).context(format!("Error writing firmware: {}", transfer.name))
        };
        let listens_for_us = self.quieten(target)?;
        (self.tell)(Event::Begun(transfer.name.clone(), transfer.data.len() as u64));
        let tell = self.tell;
        let mut progress = |sent, _| tell(Event::Progress(sent));
        let mut channel = self.operator.control(&target.attached).map_err(failed)?;
        let outcome = channel.update_firmware(&transfer.data, &mut progress);
        (self.tell)(Event::Ended);
        let restarts = match outcome {
            Ok(()) => self.goes_away(&mut channel)?,
            Err(_) => false,
        };
        if listens_for_us
            && !restarts
            && let Err(error) = channel.order(Order::StopListening)
        {
            tracing::debug!("the device cannot be told to stop listening: {error}");
        }
        outcome.map_err(failed)?;
        drop(channel);
        self.confirm(target, transfer)?;
        self.done.flashed.push(transfer.name.clone());
        Ok(())
    }

    /// Whether the device goes away by itself, as one does that needs a restart for what it was sent.
    fn goes_away(&self, channel: &mut ControlChannel) -> CommandResult<bool> {
        let limit = self.operator.scaled(RESTART_LIMIT).max(SHORTEST_RESTART_LIMIT);
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if channel.system_version().is_err() {
                return Ok(true);
            }
            self.operator.pause(POLL_PAUSE)?;
        }
        Ok(false)
    }

    /// Puts the device into listening mode, in which it does not fight for its network while it takes a module. Gives
    /// whether it was not listening before. One that does not go there may still take the module.
    fn quieten(&self, target: &Target) -> CommandResult<bool> {
        let asked = self.operator.control(&target.attached).and_then(|mut channel| channel.device_mode());
        if matches!(asked, Ok(Some(DeviceMode::Listening))) {
            return Ok(false);
        }
        match self.operator.start_listening(target) {
            Ok(()) => Ok(true),
            Err(error) if matches!(error.kind(), Kind::Interrupted | Kind::Timeout) => Err(error),
            Err(error) => {
                tracing::debug!("the device does not listen: {}", error.message());
                Ok(false)
            }
        }
    }

    /// Asks the device whether it has the module now, until it says so: one that is slow to restart still has the former
    /// one. Assets are asked for when all were sent.
    fn confirm(&self, target: &mut Target, transfer: &Transfer) -> CommandResult {
        let limit = self.operator.scaled(CONFIRMATION_LIMIT).max(SHORTEST_CONFIRMATION_LIMIT);
        let deadline = Instant::now() + limit;
        loop {
            *target = self.operator.await_mode(target, false, Comeback::ChangeOfMode)?;
            if is_asset(transfer) {
                return Ok(());
            }
            match self.has(target, transfer) {
                Ok(true) => return Ok(()),
                Ok(false) if Instant::now() >= deadline => {
                    let text = format!("the device was sent {}, but does not have it", transfer.name);
                    return Err(CommandError::new(Kind::Verification, text).hint(
                        "the device may lack what the module needs; `particle serial inspect` shows what it has",
                    ));
                }
                Err(error) if Instant::now() >= deadline => return Err(error),
                Ok(false) | Err(_) => self.operator.pause(POLL_PAUSE)?,
            }
        }
    }

    /// Whether the device says that it has the module that it was sent, or does not tell.
    fn has(&self, target: &Target, transfer: &Transfer) -> CommandResult<bool> {
        let mut channel = self.operator.control(&target.attached)?;
        let module = &transfer.module;
        match read_inventory(&mut channel, target.platform().id) {
            Err(error) if error.is_not_supported() => Ok(true),
            inventory => {
                let found = inventory?.find(module.function, module.index).map(|found| found.version);
                Ok(found == Some(module.version))
            }
        }
    }

    /// Asks the device whether it has all the assets that its application needs.
    pub(super) fn confirm_assets(&self, target: &Target) -> CommandResult {
        let mut channel = self.operator.control(&target.attached)?;
        let missing = read_missing_assets(&mut channel)?;
        if missing.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = missing.iter().map(|asset| asset.name.as_str()).collect();
        let text = format!("the application needs {}, which the device does not have", names.join(", "));
        Err(CommandError::new(Kind::Verification, text)
            .hint("flash the bundle of the application, which has all the assets that it needs"))
    }
}

/// Whether it is a file for the application.
pub(super) fn is_asset(transfer: &Transfer) -> bool {
    transfer.module.function == ModuleFunction::Asset
}
