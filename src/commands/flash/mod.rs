//! `particle flash`

mod delivery;
pub(super) mod known_apps;
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
use payload::Payload;
use serde::Serialize;

/// Send firmware to a device over the air
///
/// What is sent: a binary or a bundle, source code (compiled in the cloud first), or the name of a known application,
/// such as tinker. Without a file, the project in the current folder. The cloud takes the firmware and passes it on by
/// itself; with --wait, success means that the device has taken it.
///
/// Examples:
///   particle flash my_device                          the project in the current folder
///   particle flash my_device my_project --target 1.5.2
///   particle flash my_device firmware.bin --wait
///   particle flash my_device tinker
///   particle flash kitchen,bedroom firmware.bin       several devices
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Ids or names of the devices, with commas between them
    #[arg(value_name = "DEVICE")]
    devices: String,
    #[command(flatten)]
    sources: SourceArgs,
    /// Version of Device OS to compile for
    #[arg(long, value_name = "VERSION")]
    target: Option<String>,
    #[command(flatten)]
    product: ProductArgs,
    /// Wait until each device has taken the firmware, or has not
    #[arg(long)]
    wait: bool,
    /// Accepted for compatibility: over the air is how this command works
    #[arg(long, hide = true)]
    cloud: bool,
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

/// Sends firmware to each device in turn.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let devices: Vec<&str> = args.devices.split(',').collect();
    if devices.contains(&"") {
        return Err(CommandError::new(Kind::Usage, "the name of a device is empty"));
    }
    for device in &devices {
        args.product.scope_of(device)?;
    }
    let payload = Payload::choose(context, &args.sources)?;
    if args.sources.list_files {
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
