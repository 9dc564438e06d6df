//! `particle serial flash`, and `particle flash --serial`

mod comeback;
mod file;
mod report;
mod transfer;

use super::subject::{self, Subject, SubjectArgs};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Operator, Target, heed_interrupts},
    },
    platform::Generation,
};
use file::Firmware;
use report::{Flashed, Transport};
use std::path::{Path, PathBuf};

/// Flash a firmware binary over a serial port
///
/// The device is put into listening mode (blinking blue), or has to be put there by hand where that cannot be done over
/// USB. Where its Device OS takes no files over the serial port any more (6.0.0 and later), the file goes by control
/// request instead. In the end the command waits until the device runs again, and says what it runs.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  particle serial flash firmware.bin
  particle serial flash tinker")]
pub struct Args {
    /// A binary, or the name of a known application
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    subject: SubjectArgs,
    /// Fetch nothing: use what was fetched before
    #[arg(long)]
    offline: bool,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    flash(context, &args.file, &args.subject, args.offline)
}

/// Sends a file, or an application that is known by name, to the device behind a port, or with this id or name, or to the
/// only one there is. `offline` fetches nothing.
pub fn flash(context: &Context<'_>, file: &Path, subject: &SubjectArgs, offline: bool) -> CommandResult {
    heed_interrupts(&context.clock);
    file::refuse_sources(file)?;
    let subject = subject::choose(context, subject)?;
    refuse_core(&subject)?;
    let firmware = Firmware::load(context, file, subject.platform(), offline)?;
    subject.console()?;
    let operator = Operator::new(context.buses().unwrap_or_default(), &context.clock);
    let target = subject.attached.clone().and_then(|device| Target::try_from(device).ok());
    let _lock = target.as_ref().map(|target| operator.lock(target)).transpose()?;
    let transport = send(context, &operator, &subject, target.as_ref(), &firmware)
        .map_err(|error| error.context("Error writing firmware"))?;
    // Where nothing but the port is known, there is no telling when the device is back.
    let comeback = match &target {
        Some(target) => comeback::wait(context, &operator, target, &firmware.module)?,
        None => None,
    };
    let flashed = Flashed::new(subject.id(), firmware, transport, comeback.as_ref());
    context.ui.report(&flashed)?;
    if let Some(target) = &target {
        flashed.tell(context.ui, &target.id);
    }
    Ok(())
}

fn refuse_core(subject: &Subject) -> CommandResult {
    if subject.platform().is_none_or(|platform| platform.generation != Generation::One) {
        return Ok(());
    }
    let error = CommandError::new(Kind::Device, "Serial flashing is not supported on the Core");
    Err(error.hint("`particle flash --usb FILE` flashes it in DFU mode"))
}

fn send(
    context: &Context<'_>,
    operator: &Operator,
    subject: &Subject,
    target: Option<&Target>,
    firmware: &Firmware,
) -> CommandResult<Transport> {
    let port = subject.console()?;
    transfer::prepare(context, operator, target, port)?;
    context.ui.note(format!("sending file: {}", firmware.name));
    if transfer::by_ymodem(context, port, firmware)? {
        return Ok(Transport::Serial);
    }
    let Some(target) = target else { return Err(transfer::no_longer_supported()) };
    context.ui.note(
        "This version of Device OS takes no files over the serial port: sending it by control request.",
    );
    transfer::by_request(context, operator, target, firmware)?;
    Ok(Transport::ControlRequest)
}
