//! `particle serial flash`, and `particle flash --serial`

mod file;
mod report;
mod transfer;

use super::{
    port::PortArgs,
    subject::{self, Subject},
};
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
/// request instead.
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
    port: PortArgs,
    /// Device id or name, where several devices are attached
    #[arg(conflicts_with = "port")]
    device: Option<String>,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    flash(context, &args.file, &args.port, args.device.as_deref())
}

/// Sends a file to the device behind a port, or with this id or name, or to the only one there is.
pub fn flash(context: &Context<'_>, file: &Path, port: &PortArgs, device: Option<&str>) -> CommandResult {
    heed_interrupts(&context.clock);
    file::refuse_sources(file)?;
    let subject = subject::choose(context, port, device)?;
    refuse_core(&subject)?;
    let firmware = Firmware::load(context, file, subject.platform())?;
    subject.console()?;
    let transport =
        send(context, &subject, &firmware).map_err(|error| error.context("Error writing firmware"))?;
    Ok(context.ui.report(&Flashed { id: subject.id().cloned(), file: firmware.name, transport })?)
}

fn refuse_core(subject: &Subject) -> CommandResult {
    if subject.platform().is_none_or(|platform| platform.generation != Generation::One) {
        return Ok(());
    }
    let error = CommandError::new(Kind::Device, "Serial flashing is not supported on the Core");
    Err(error.hint("`particle flash --usb FILE` flashes it in DFU mode"))
}

fn send(context: &Context<'_>, subject: &Subject, firmware: &Firmware) -> CommandResult<Transport> {
    let operator = Operator::new(context.buses().unwrap_or_default(), &context.clock);
    let target = subject.attached.clone().and_then(|device| Target::try_from(device).ok());
    let _lock = target.as_ref().map(|target| operator.lock(target)).transpose()?;
    let port = subject.console()?;
    transfer::prepare(context, &operator, target.as_ref(), port)?;
    context.ui.note(format!("sending file: {}", firmware.name));
    if transfer::by_ymodem(context, port, firmware)? {
        return Ok(Transport::Serial);
    }
    let Some(target) = target else { return Err(transfer::no_longer_supported()) };
    context.ui.note(
        "This version of Device OS takes no files over the serial port: sending it by control request.",
    );
    transfer::by_request(context, &operator, &target, firmware)?;
    Ok(Transport::ControlRequest)
}
