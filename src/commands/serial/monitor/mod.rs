//! `particle serial monitor`

mod printer;

use super::{
    port,
    subject::{self, SubjectArgs},
};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind, attached::heed_all_signals},
    serial::{CONSOLE_BAUD_RATE, Port, PortError, SerialDevice},
};
use printer::Printer;
use std::time::Duration;

/// Pause between two attempts to open the port of a device that is away.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// How long a read waits before Ctrl-C is looked at.
const READ_LIMIT: Duration = Duration::from_millis(100);

/// Show what a device prints to its serial port
///
/// Everything is written to standard output as it comes. Ctrl-C ends it.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    /// Wait for the device, and again whenever it has gone away
    #[arg(long)]
    follow: bool,
    /// Put the time in front of each line
    #[arg(long)]
    timestamps: bool,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_all_signals(&context.clock);
    match watch(context, &args) {
        Err(error) if error.kind() == Kind::Interrupted => {
            context.ui.note("Caught Interrupt.  Cleaning up.");
            Ok(())
        }
        outcome => outcome,
    }
}

fn watch(context: &Context<'_>, args: &Args) -> CommandResult {
    if args.follow {
        context.ui.note("Polling for available serial device...");
    }
    let asked_for = || subject::choose(context, &args.subject)?.console().cloned();
    let is_away = |kind| args.follow && kind == Kind::NoDevice;
    let (mut device, mut open_port) = open(context, is_away, asked_for)?;
    let mut printer = Printer::new(context.ui, args.timestamps);
    loop {
        context.ui.note(format!("Opening serial monitor for com port: \"{}\"", device.name));
        context.ui.note("Serial monitor opened successfully:");
        let failure = relay(context, open_port.as_mut(), &mut printer)?;
        // Some systems do not give a port a new name while the old one is open.
        drop(open_port);
        printer.end_line()?;
        if !args.follow {
            context.ui.note("Serial connection closed.");
            return Err(
                CommandError::from(failure).hint("with --follow it waits for the device to come back")
            );
        }
        context.ui.note("Serial connection closed.  Attempting to reconnect...");
        context.clock.pause(RETRY_PAUSE)?;
        let is_away = |kind| !matches!(kind, Kind::Interrupted | Kind::Timeout);
        (device, open_port) = open(context, is_away, || find_again(context, &device))?;
    }
}

/// Finds a port and opens it, again and again while it is away.
fn open(
    context: &Context<'_>,
    is_away: impl Fn(Kind) -> bool,
    find: impl Fn() -> CommandResult<SerialDevice>,
) -> CommandResult<(SerialDevice, Box<dyn Port>)> {
    loop {
        let opened = find().and_then(|device| {
            let open_port = device.open(CONSOLE_BAUD_RATE)?;
            Ok((device, open_port))
        });
        match opened {
            Err(error) if is_away(error.kind()) => {
                context.ui.verbose(2, error.message());
                context.clock.pause(RETRY_PAUSE)?;
            }
            opened => return opened,
        }
    }
}

/// The port of a device that was seen before: under whatever name, if it is known which device it was.
fn find_again(context: &Context<'_>, device: &SerialDevice) -> CommandResult<SerialDevice> {
    match device.id {
        Some(_) => {
            let mut ports = port::list(context)?.into_iter();
            let found = ports.find(|port| port.id == device.id);
            Ok(found.ok_or_else(|| PortError::NotFound(device.name.clone()))?)
        }
        None => port::named(port::list(context)?, &device.name),
    }
}

/// Prints what comes until the port fails; gives the reason.
fn relay(context: &Context<'_>, port: &mut dyn Port, printer: &mut Printer<'_>) -> CommandResult<PortError> {
    loop {
        context.clock.check()?;
        match port.read(READ_LIMIT) {
            Ok(bytes) => printer.print(&bytes)?,
            Err(failure) => return Ok(failure),
        }
    }
}
