//! One order to one device, several, or all of them.

use crate::{
    commands::{
        CommandResult, Context,
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
    let results = ask_each(context, args, order)?;
    report(context, results)
}

/// Says how an order went with each device. The first failure is the command's.
pub fn report(context: &Context<'_>, results: Vec<(String, CommandResult)>) -> CommandResult {
    context.ui.report(&Orders(results.iter().map(Outcome::of).collect()))?;
    first_failure(context, results)
}

/// Puts a question to every device asked for, all at once; gives each device's id, or as it was named, and its answer.
pub fn ask_each<T: Send>(
    context: &Context<'_>,
    args: &TargetArgs,
    question: impl Fn(&Operator, &Target) -> CommandResult<T> + Sync,
) -> CommandResult<Vec<(String, CommandResult<T>)>> {
    let choices = select_several(context, &args.devices, args.all, Filter::Any)?;
    let operator = Operator::new(context.buses()?, &context.clock);
    let progress = context.ui.spinner("Sending a command to the device...");
    let (labels, targets): (Vec<_>, Vec<_>) =
        choices.into_iter().map(|Choice { label, target }| (label, target)).unzip();
    let results = concurrently(&targets, |target| {
        let target = target.as_ref().ok()?;
        Some(operator.lock(target).and_then(|_lock| question(&operator, target)))
    });
    drop(progress);
    let answers = targets.into_iter().zip(results).filter_map(|(target, answer)| match target {
        Ok(_) => answer,
        Err(error) => Some(Err(error)),
    });
    Ok(labels.into_iter().zip(answers).collect())
}
