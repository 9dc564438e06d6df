//! One order to one device, several, or all of them.

use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Choice, Filter, Operator, Target, concurrently, select_several},
        outcome::{Outcome, first_failure},
    },
    ui::{Page, Report},
};
use serde::Serialize;

/// Which devices an order is for.
#[derive(clap::Args, Debug)]
pub struct TargetArgs {
    /// Ids or names of the devices; not needed where only one is connected
    #[arg(value_name = "DEVICE")]
    devices: Vec<String>,
    /// Every connected device
    #[arg(long, conflicts_with = "devices")]
    all: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Orders(Vec<Outcome>);

impl Report for Orders {
    fn render(&self, page: &mut Page) {
        if self.0.iter().all(|outcome| outcome.done) {
            return page.line("Done.");
        }
        for outcome in self.0.iter().filter(|outcome| outcome.done) {
            page.line(format_args!("{}: done", outcome.device));
        }
    }
}

/// Carries an order out on every device asked for, all at once. A device that fails does not stop the others; the
/// first failure is the command's.
pub fn run_on_each(
    context: &Context<'_>,
    args: &TargetArgs,
    order: impl Fn(&Operator, &Target) -> CommandResult + Sync,
) -> CommandResult {
    let choices = select_several(context, &args.devices, args.all, Filter::Any)?;
    let operator = Operator::new(context.buses()?, &context.clock);
    let progress = context.ui.spinner("Sending a command to the device...");
    let (labels, targets): (Vec<_>, Vec<_>) =
        choices.into_iter().map(|Choice { label, target }| (label, target)).unzip();
    let results = concurrently(&targets, |target| {
        let target = target.as_ref().ok()?;
        Some(operator.lock(target).and_then(|_lock| order(&operator, target)))
    });
    drop(progress);
    let results =
        targets.into_iter().zip(results).map(|(target, result)| target.and(result.unwrap_or(Ok(()))));
    let results: Vec<_> = labels.into_iter().zip(results).collect();
    context.ui.report(&Orders(results.iter().map(Outcome::of).collect()))?;
    first_failure(context, results)
}

/// The refusal of an order that a device in DFU mode cannot carry out.
pub fn refuse_in_dfu(target: &Target) -> CommandResult {
    if !target.attached.dfu {
        return Ok(());
    }
    let error = CommandError::new(Kind::WrongMode, "The device should not be in DFU mode");
    Err(error.hint(format!("`particle usb reset {}` brings it back to normal operation", target.id)))
}
