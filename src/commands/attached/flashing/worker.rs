//! Carrying a plan out on one device.

use super::{
    super::{DeviceLock, Operator, Target, buttons, dfu_switch::Refusal, operator::Comeback},
    Done, Patient,
    narration::Event,
    transfer::is_asset,
};
use crate::{
    commands::{CommandError, CommandResult, Kind},
    dfu::{Dfu, DfuError, WriteOptions},
    firmware::plan::{Plan, Purpose, Step, Write},
};

/// The end of a module, with hash and CRC: by it one sees soonest that something else is there.
const TAIL_SIZE: usize = 64;
/// What to do after most failures.
const AGAIN: &str = "run the same command again: it goes on where it is needed";

/// A plan for a device.
pub struct Job {
    target: Target,
    plan: Plan,
    /// Write what is there already, too.
    force: bool,
    _lock: DeviceLock,
}

impl Job {
    /// A plan for a device that was looked at.
    pub fn new(patient: Patient, plan: Plan, force: bool) -> Self {
        Self { target: patient.target, plan, force, _lock: patient.lock }
    }

    /// What to put before what is told of the device, among several.
    pub(super) fn label(&self, several: bool) -> String {
        if several { format!("{}: ", self.target.id) } else { String::new() }
    }
}

/// Where the device is.
enum Mode {
    /// Its firmware runs.
    Running,
    /// In DFU mode; the bootloader is opened when it is needed.
    Dfu(Option<Dfu>),
}

/// One device while it is flashed.
pub struct Worker<'a> {
    pub(super) operator: &'a Operator,
    can_ask: bool,
    pub(super) tell: &'a dyn Fn(Event),
    pub(super) done: Done,
    /// Whether anything on the device was changed.
    touched: bool,
}

impl<'a> Worker<'a> {
    pub fn new(operator: &'a Operator, can_ask: bool, tell: &'a dyn Fn(Event)) -> Self {
        Self { operator, can_ask, tell, done: Done::default(), touched: false }
    }

    /// Carries the plan out, or says in which state the device is left.
    pub fn run(mut self, job: Job) -> CommandResult<Done> {
        let Job { mut target, plan, force, _lock } = job;
        for name in plan.skipped {
            self.skip(name);
        }
        let was_in_dfu = target.attached.dfu;
        let mut mode = if was_in_dfu { Mode::Dfu(None) } else { Mode::Running };
        let brings_assets =
            plan.steps.iter().any(|step| matches!(step, Step::Transfer(sent) if is_asset(sent)));
        let mut steps = plan.steps.iter().peekable();
        while let Some(step) = steps.next() {
            let outcome = match step {
                Step::EnterDfu => self.enter_dfu(&mut target, &mut mode),
                Step::Write(write) => self.write(&target, &mut mode, write, force),
                Step::Restart => self.restart(&mut target, &mut mode, steps.peek().is_some()),
                Step::Transfer(transfer) => self.transfer(&mut target, transfer),
            };
            if let Err(error) = outcome {
                return Err(self.give_up(error, mode, was_in_dfu));
            }
        }
        if brings_assets && let Err(error) = self.confirm_assets(&target) {
            return Err(self.give_up(error, mode, was_in_dfu));
        }
        Ok(self.done)
    }

    fn enter_dfu(&self, target: &mut Target, mode: &mut Mode) -> CommandResult {
        (self.tell)(Event::Note("Switching device to dfu mode".to_owned()));
        let switched = self.operator.switch_to_dfu(target, |refusal| self.ask_for_buttons(target, refusal));
        *target = switched.map_err(|error| match error.kind() {
            Kind::NoDevice => error.hint(buttons::dfu_instructions(target.platform())),
            _ => error,
        })?;
        *mode = Mode::Dfu(None);
        Ok(())
    }

    fn ask_for_buttons(&self, target: &Target, refusal: Refusal) -> CommandResult {
        let instructions = buttons::dfu_instructions(target.platform());
        let message = match refusal {
            Refusal::NoReaction => {
                "This device does not go into DFU mode by itself; its application may be in the way"
            }
            Refusal::NotUnderstood | Refusal::Silence => {
                "This version of Device OS doesn't support automatically switching to DFU mode"
            }
        };
        if !self.can_ask {
            let hint = format!("Put the device in DFU mode and try again\n{instructions}");
            return Err(CommandError::new(Kind::WrongMode, message).hint(hint));
        }
        (self.tell)(Event::ByHand(format!("{message}. Waiting until you do it by hand.\n{instructions}")));
        Ok(())
    }

    fn write(&mut self, target: &Target, mode: &mut Mode, write: &Write, force: bool) -> CommandResult {
        let dfu = self.bootloader(target, mode)?;
        let is_module = !matches!(write.purpose, Purpose::Flag | Purpose::Blank);
        if !force && holds(dfu, write, self.tell)? {
            if is_module {
                self.skip(write.name.clone());
            }
            return Ok(());
        }
        if is_module {
            (self.tell)(Event::Begun(write.name.clone(), write.data.len() as u64));
        }
        self.touched = true;
        // What shares a sector with a module is what is left of one before.
        let options = WriteOptions { preserve: false, verify: true };
        let tell = self.tell;
        let mut progress = |written, _| tell(Event::Progress(written));
        let outcome = dfu.write(write.alternate, write.address, &write.data, &options, &mut progress);
        (self.tell)(Event::Ended);
        outcome.map_err(|error| {
            CommandError::from(error).context(format!("Error writing firmware: {}", write.name))
        })?;
        if is_module {
            self.done.flashed.push(write.name.clone());
        }
        Ok(())
    }

    /// The bootloader of a device in DFU mode.
    fn bootloader<'m>(&self, target: &Target, mode: &'m mut Mode) -> CommandResult<&'m mut Dfu> {
        let held = match mode {
            Mode::Dfu(held) => held,
            Mode::Running => {
                let text = format!("device {} is not in DFU mode", target.id);
                return Err(CommandError::new(Kind::WrongMode, text));
            }
        };
        if held.is_none() {
            let mut dfu = self.operator.dfu(target)?;
            if dfu.is_protected()? {
                return Err(DfuError::Protected.into());
            }
            return Ok(held.insert(dfu));
        }
        held.as_mut().ok_or_else(|| DfuError::NoDfuInterface.into())
    }

    /// Starts the firmware. Where nothing follows, a device that is slow to come back is no failure: the work is done,
    /// and the person sees the device.
    fn restart(&self, target: &mut Target, mode: &mut Mode, more: bool) -> CommandResult {
        self.bootloader(target, mode)?;
        let Mode::Dfu(Some(dfu)) = std::mem::replace(mode, Mode::Running) else { return Ok(()) };
        dfu.leave()?;
        match self.operator.await_mode(target, false, Comeback::ReturnToWork) {
            Ok(returned) => *target = returned,
            Err(error) if more || matches!(error.kind(), Kind::Interrupted | Kind::Timeout) => {
                return Err(error);
            }
            Err(error) => {
                let has_system =
                    target.platform().firmware.is_some_and(|layout| !layout.application.monolithic);
                let repair = if has_system { "update" } else { "flash --usb tinker" };
                let hint =
                    format!("if it blinks yellow, its firmware cannot start: `particle {repair}` repairs it");
                (self.tell)(Event::Warning(format!("{}; {hint}", error.message())));
            }
        }
        Ok(())
    }

    fn skip(&mut self, name: String) {
        (self.tell)(Event::Skipped(name.clone()));
        self.done.skipped.push(name);
    }

    /// Leaves a device on which nothing was changed as it was, and says what to do with any other.
    fn give_up(&self, error: CommandError, mode: Mode, was_in_dfu: bool) -> CommandError {
        let Mode::Dfu(bootloader) = mode else { return error.hint(AGAIN) };
        let gone = matches!(error.kind(), Kind::NoDevice);
        if !self.touched && !was_in_dfu && !gone {
            let left = bootloader.is_some_and(|dfu| dfu.leave().is_ok());
            return if left { error.hint("nothing on the device was changed") } else { error };
        }
        match self.touched {
            true => {
                error.hint(format!("its firmware is incomplete, so it may be in DFU or safe mode; {AGAIN}"))
            }
            false => error.hint(AGAIN),
        }
    }
}

/// Whether the device holds already what would be written.
fn holds(dfu: &mut Dfu, write: &Write, tell: &dyn Fn(Event)) -> Result<bool, DfuError> {
    let mut same = |from: usize| -> Result<bool, DfuError> {
        let address = write.address + from as u32;
        let expected = &write.data[from..];
        let mut progress = |read, _| tell(Event::Progress(read));
        match dfu.read(write.alternate, address, expected.len(), &mut progress) {
            Ok(found) => Ok(found == expected),
            // What cannot be read can still be written.
            Err(DfuError::NotPermitted { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    };
    let tail = write.data.len().saturating_sub(TAIL_SIZE);
    if !same(tail)? {
        return Ok(false);
    }
    if tail == 0 {
        return Ok(true);
    }
    tell(Event::Compares(write.name.clone(), write.data.len() as u64));
    let outcome = same(0);
    tell(Event::Ended);
    outcome
}
