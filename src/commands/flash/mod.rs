//! `particle flash`

mod delivery;
pub(super) mod known_apps;
mod local;
mod payload;
mod watch;

use super::{
    CommandError, CommandResult, Context, Kind,
    arguments::ProductArgs,
    outcome::{Outcome, first_failure},
    sources::{Including, SourceArgs},
};
use crate::ui::{Page, Report};
use delivery::{Delivery, Order};
pub(super) use known_apps::below;
use local::LocalArgs;
use payload::Payload;
use serde::Serialize;
use std::ffi::OsString;

/// Send firmware to a device: over the air, or with --usb, --local or --serial from this computer
///
/// What is sent: a binary or a bundle, source code (compiled in the cloud first), or the name of a known application,
/// such as tinker. Without a file, the project in the current folder. The cloud takes the firmware and passes it on by
/// itself; with --wait, success means that the device has taken it.
///
/// A device that is attached to this computer is flashed without the cloud. It is brought into DFU mode and back by
/// itself where its firmware can do that. Everything is checked before the first byte is written, and read back
/// afterwards; after an interruption, the same command goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle flash my_device                          the project in the current folder
  particle flash my_device my_project --target 1.5.2
  particle flash my_device firmware.bin --wait
  particle flash my_device tinker
  particle flash kitchen,bedroom firmware.bin       several devices
  particle flash --usb firmware.bin                 the device that is attached
  particle flash --usb tinker --all                 every attached device
  particle flash --local my_device my_project       compiled, with the Device OS it needs
  particle flash --factory tinker")]
pub struct Args {
    /// Ids or names of the devices, with commas between them; with --usb, --local or --serial a file may stand here
    #[arg(value_name = "DEVICE")]
    device: Option<OsString>,
    #[command(flatten)]
    sources: SourceArgs,
    /// Version of Device OS to compile for; with --local also the one to flash
    #[arg(long, value_name = "VERSION")]
    target: Option<String>,
    #[command(flatten)]
    product: ProductArgs,
    /// Wait until each device has taken the firmware, or has not
    #[arg(long)]
    wait: bool,
    /// Over the air, which is how this command works unless told otherwise
    #[arg(long)]
    cloud: bool,
    #[command(flatten)]
    local: LocalArgs,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Flashed(Vec<Outcome>);

impl Report for Flashed {
    fn render(&self, page: &mut Page) {
        if self.0.iter().all(|outcome| outcome.done) {
            page.line("");
            page.line("Flash success!");
        }
    }
}

/// What would be sent where no file of this computer is.
#[derive(Serialize)]
struct KnownApp<'a> {
    app: &'a str,
}

impl Report for KnownApp<'_> {
    fn render(&self, page: &mut Page) {
        page.line(format_args!("Including:\n    {} (fetched for each platform)", self.app));
    }
}

/// Flashes each device.
pub fn run(context: &Context, args: Args) -> CommandResult {
    if args.local.is_over_serial() {
        local::over_serial(context, &args)
    } else if args.local.is_over_usb() {
        local::run(context, &args)
    } else {
        over_the_air(context, &args)
    }
}

/// Sends firmware to each device in turn.
fn over_the_air(context: &Context, args: &Args) -> CommandResult {
    if let Some(option) = args.local.misplaced() {
        return Err(CommandError::new(Kind::Usage, format!("{option} is for devices that are attached"))
            .hint("add --usb or --local"));
    }
    let devices = args.device.as_deref().ok_or_else(|| {
        CommandError::new(Kind::Usage, "You must specify a device or a file")
            .hint("`particle flash DEVICE [FILE]`, or `particle flash --usb FILE`")
    })?;
    let devices = devices
        .to_str()
        .ok_or_else(|| CommandError::new(Kind::Usage, "the name of the device is no text"))?;
    let devices: Vec<&str> = devices.split(',').collect();
    if devices.contains(&"") {
        return Err(CommandError::new(Kind::Usage, "the name of a device is empty"));
    }
    for device in &devices {
        args.product.scope_of(device)?;
    }
    let payload = Payload::choose(context, &args.sources)?;
    if args.sources.only_shown() {
        return payload.report(context);
    }
    context.clock.stop_on_signals().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    let order = Order { payload: &payload, target: args.target.as_deref(), wait: args.wait };
    let session = context.session()?;
    let mut delivery = Delivery::new(context, &session, order, args.product.product.as_deref());
    let mut results = Vec::new();
    for device in devices {
        let result = delivery.flash(device);
        let stops = result.as_ref().is_err_and(|error| ends_all(error.kind()));
        results.push((device.to_owned(), result));
        if stops {
            break;
        }
    }
    context.ui.report(&Flashed(results.iter().map(Outcome::of).collect()))?;
    first_failure(context, results)
}

/// Whether a failure with one device is one with all.
fn ends_all(kind: Kind) -> bool {
    matches!(kind, Kind::Interrupted | Kind::Timeout | Kind::OutputClosed | Kind::Unauthorized)
}

impl Payload {
    /// Shows what would be sent.
    fn report(&self, context: &Context) -> CommandResult {
        match self {
            Self::Sources(sources) => Ok(context.ui.report(&Including::sources(sources))?),
            Self::Binary(binary) => Ok(context.ui.report(&Including::new(&binary.selection))?),
            Self::KnownApp(app) => Ok(context.ui.report(&KnownApp { app })?),
        }
    }
}
