//! `particle device doctor`

mod application;
mod configuration;
mod diagnosis;
mod examine;
mod finding;
mod firmware;
mod step;
mod treatment;

use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Filter, Target, select},
        online,
    },
    ui::{Page, Report},
};
use diagnosis::{Diagnosis, Mode};
use examine::examine;
use serde::Serialize;
use std::path::PathBuf;
use step::Step;
use treatment::Treatment;

/// Find out why a device does not work, and bring it back to health
///
/// Looks at the device first (mode, Device OS, modules, keys, server, network) and says what is wrong; to see its keys
/// it restarts it into DFU mode and back. Then goes through the steps that heal, asking before each one, and says
/// whether the device is online, or what is still wrong with it. Disconnect other devices, or name the one that is
/// meant.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle device doctor                    Heal the device that is attached
  particle device doctor --check            Say what is wrong with it, and change nothing
  particle device doctor --yes --skip wifi  Do everything but ask for a network")]
pub struct Args {
    /// Id or name of the device, if several are attached
    #[arg(value_name = "DEVICE")]
    device: Option<String>,
    /// Only say what is wrong, and change nothing
    #[arg(long, conflicts_with = "skip")]
    check: bool,
    /// Leave a step out; may be repeated
    #[arg(long, value_name = "STEP")]
    skip: Vec<Step>,
    /// Take the Wi-Fi credentials from this JSON file, as `serial wifi` does, instead of asking for them
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    wifi_file: Option<PathBuf>,
}

/// What became of a device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Discharge {
    /// Whether it is online.
    online: bool,
    /// What there is to know of it now; `None` where it is online.
    diagnosis: Option<Diagnosis>,
}

impl Report for Discharge {
    fn render(&self, page: &mut Page) {
        page.line("");
        match &self.diagnosis {
            None => page.line("Your device is online and in good health."),
            Some(diagnosis) => diagnosis.render(page),
        }
    }
}

/// Examines the device, and heals it.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    if args.check {
        let target = select(context, args.device.as_deref(), Filter::WithDfu)?;
        return Ok(context.ui.report(&examine(context, &target)?)?);
    }
    // Who is not logged in would be told so when half of the device is healed.
    let session = context.session()?;
    if !context.ui.can_ask() && !context.ui.options().assume_yes {
        let message = "Every step is asked about, and there is no terminal to ask on; answer with --yes";
        return Err(CommandError::new(Kind::Usage, message).hint("--check only says what is wrong"));
    }
    welcome(context)?;
    let target = select(context, args.device.as_deref(), Filter::WithDfu)?;
    let diagnosis = examine(context, &target)?;
    context.ui.show(&diagnosis)?;
    if diagnosis.mode == Mode::Protected {
        return Err(CommandError::new(Kind::Permission, "a protected device cannot be treated"));
    }
    // The cloud tells of nobody else's devices, and takes keys for them from nobody else.
    let yours = diagnosis.cloud.is_none_or(|record| record.yours);
    let mut treatment = Treatment::new(context, &target, yours, args.wifi_file.as_deref());
    let completed = treatment.go_through(&args.skip).map_err(|error| break_off(context, &target, error))?;
    if !completed {
        context.ui.note("The rest of the steps was left out.");
    }
    let online = match yours {
        true => online::wait(context, &session, &target.id)
            .map_err(|error| error.context("Every step is done, but the device was not seen online"))?,
        false => false,
    };
    discharge(context, &target, online)
}

fn welcome(context: &Context<'_>) -> CommandResult {
    let ui = context.ui;
    ui.line("The Device Doctor will put your device back into a healthy state")?;
    ui.note("Every step says what it does, and can be skipped. What applications keep on the device may be erased.");
    Ok(())
}

/// Says what is still wrong with a device after a step that failed, where it can still be examined.
fn break_off(context: &Context<'_>, target: &Target, error: CommandError) -> CommandError {
    if !matches!(error.kind(), Kind::Interrupted | Kind::Timeout) {
        let present = select(context, Some(target.id.as_str()), Filter::WithDfu);
        let shown = present.and_then(|target| Ok(context.ui.show(&examine(context, &target)?)?));
        if let Err(trouble) = shown {
            context.ui.verbose(1, format!("the device cannot be examined again: {}", trouble.message()));
        }
    }
    error
}

/// Says how the device is now. One that is not online is a failure.
fn discharge(context: &Context<'_>, target: &Target, online: bool) -> CommandResult {
    let diagnosis = match online {
        true => None,
        false => {
            let target = select(context, Some(target.id.as_str()), Filter::WithDfu)?;
            Some(examine(context, &target)?)
        }
    };
    let discharge = Discharge { online, diagnosis };
    context.ui.report(&discharge)?;
    discharge.diagnosis.as_ref().map_or(Ok(()), |diagnosis| Err(not_online(diagnosis)))
}

fn not_online(diagnosis: &Diagnosis) -> CommandError {
    let device = &diagnosis.device;
    let foreign = diagnosis.cloud.as_ref().is_some_and(|record| !record.yours);
    let (message, hint) = match foreign {
        true => (
            format!("device {device} is not yours, so that the cloud does not tell whether it is online"),
            format!("`particle device add {device}` makes it yours, once it breathes cyan"),
        ),
        false => (
            format!("device {device} is not online yet"),
            "look at its light: blinking green or blue means that it has no network yet".to_owned(),
        ),
    };
    CommandError::new(Kind::Offline, message).hint(hint)
}
