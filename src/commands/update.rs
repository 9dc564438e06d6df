//! `particle update`

use super::{
    CommandResult, Context,
    attached::{
        Choice, Filter, Operator, Outcome, Patient, Planned, examine, flash_all, select_several, show,
    },
    device_os,
    outcome::first_failure,
};
use crate::{
    firmware::plan::{Options, Plan},
    platform::{DeviceId, Platform},
    ui::{Page, Report},
};
use serde::Serialize;

/// Bring an attached device's Device OS up to date
///
/// The modules are fetched from the cloud and kept for the next time. Each is checked before the first byte is written,
/// read back afterwards, and left alone if it is on the device already, so an update that was interrupted goes on when
/// the same command is run again. A change to an older version is refused where the application on the device needs a
/// newer one.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  particle update
  particle update my_device --target 5.9.0
  particle update --all")]
pub struct Args {
    /// Ids or names of the devices; not needed where only one is attached
    #[arg(value_name = "DEVICE")]
    devices: Vec<String>,
    /// Every attached device
    #[arg(long, conflicts_with = "devices")]
    all: bool,
    /// Version of Device OS, instead of the newest
    #[arg(long, value_name = "VERSION")]
    target: Option<String>,
    /// Write what is there already, and what leaves the application without what it needs
    #[arg(long)]
    force: bool,
    /// Show what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Fetch nothing: use what was fetched before
    #[arg(long)]
    offline: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Updated(Vec<Outcome>);

impl Report for Updated {
    fn render(&self, page: &mut Page) {
        match &self.0[..] {
            [only] if only.done && only.flashed.is_empty() => {
                page.line("> Your device has all of this Device OS already: nothing was written.");
            }
            [only] if only.done => {
                page.line("! System firmware update successfully completed!");
                page.line("");
                page.line("> Your device should now restart automatically.");
                page.line("");
            }
            [_] => {}
            several => {
                for outcome in several {
                    let text = match outcome.done {
                        true if outcome.flashed.is_empty() => "Nothing to update.",
                        true => "Update success!",
                        false => "Update failed.",
                    };
                    page.line(format_args!("{}: {text}", outcome.device));
                }
            }
        }
    }
}

/// Updates the devices.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let mut choices = select_several(context, &args.devices, args.all, Filter::WithDfu)?;
    choices.retain(|choice| !choice.target.as_ref().is_ok_and(|target| is_finished(target.platform())));
    if choices.is_empty() {
        context.ui.line("")?;
        context.ui.line("! There are currently no system firmware updates available for this device.")?;
        return Ok(context.ui.report(&Updated(Vec::new()))?);
    }
    let operator = Operator::new(context.buses()?, &context.clock);
    let mut planned: Vec<Planned> = Vec::new();
    for Choice { label, target } in choices {
        let result = target.and_then(|target| {
            let patient = examine(context.ui, &operator, &target)?;
            let plan = plan(context, &args, &target.id, &patient)?;
            Ok((patient, plan))
        });
        planned.push((label, result));
    }
    if args.dry_run {
        return show(context, planned);
    }
    if planned.iter().any(|(_, plan)| plan.as_ref().is_ok_and(|(_, plan)| !plan.is_empty())) {
        context.ui.line("\n> Your device is ready for a system update.")?;
        context.ui.line("> This process should take about 30 seconds. Here it goes!\n")?;
    }
    let results = flash_all(context, planned, args.force)?;
    let updated =
        results.iter().any(|(_, result)| result.as_ref().is_ok_and(|done| !done.flashed.is_empty()));
    context.ui.report(&Updated(results.iter().map(Outcome::of).collect()))?;
    if updated {
        context.ui.note("If it does not connect any more, give it an application that fits: `particle flash --usb tinker`.");
    }
    first_failure(context, results).map_err(|error| {
        error.context("! An error occurred while attempting to update the system firmware of your device")
    })
}

/// Whether Device OS of this board cannot be updated: system and application are one module.
fn is_finished(platform: &Platform) -> bool {
    platform.firmware.is_none_or(|layout| layout.application.monolithic)
}

/// The steps that update a device.
fn plan(context: &Context, args: &Args, id: &DeviceId, patient: &Patient) -> CommandResult<Plan> {
    let platform = patient.subject.platform;
    let version = args.target.as_deref().unwrap_or(device_os::LATEST);
    let release = device_os::release(context, platform, version, args.offline)?;
    context
        .ui
        .note(format!("Updating {} {id} to Device OS version {}", platform.display_name, release.version));
    let images = device_os::modules(context, platform, &release, args.offline)?;
    Ok(Plan::make(&patient.subject, images, Options { factory: false, force: args.force })?)
}
