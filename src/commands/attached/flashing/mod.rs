//! Flashing attached devices: looking at a device, and carrying a plan out on one or several at once.
//!
//! Devices are worked on in threads of their own, which never touch the terminal; what they tell is shown by the
//! thread that started them.

mod examination;
mod memory;
mod narration;
mod outcome;
mod preview;
mod transfer;
mod worker;

pub use examination::{Patient, examine};
pub use outcome::Outcome;

use super::Operator;
use crate::{
    commands::{CommandError, CommandResult, Context, outcome::first_failure},
    firmware::plan::Plan,
};
use narration::{Event, Narrator};
use preview::{Preview, Previews};
use std::{panic, sync::mpsc, thread};
use worker::{Job, Worker};

/// A device, and what is to be done to it; or why that cannot be.
pub type Planned = (String, CommandResult<(Patient, Plan)>);

/// What was done to a device.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Names of the modules that were flashed.
    pub flashed: Vec<String>,
    /// Names of the modules that were there already.
    pub skipped: Vec<String>,
}

/// Shows the plans instead of carrying them out. Fails if there is none for a device.
pub fn show(context: &Context<'_>, planned: Vec<Planned>) -> CommandResult {
    let mut previews = Vec::new();
    let mut results = Vec::new();
    for (label, plan) in planned {
        results.push((label, plan.map(|(patient, plan)| previews.push(Preview::new(&patient, &plan)))));
    }
    if !previews.is_empty() {
        context.ui.report(&Previews(previews))?;
    }
    first_failure(context, results)
}

/// Carries out the plans, all at once; a device that fails does not stop the others. With `force`, what is on a device
/// already is written again.
pub fn flash_all(
    context: &Context<'_>,
    planned: Vec<Planned>,
    force: bool,
) -> CommandResult<Vec<(String, CommandResult<Done>)>> {
    let mut jobs = Vec::new();
    let mut failures = Vec::new();
    for (label, plan) in planned {
        let failure = plan.map(|(patient, plan)| jobs.push(Job::new(patient, plan, force))).err();
        failures.push((label, failure));
    }
    let mut done = carry_out(context, jobs)?.into_iter();
    let mut result = |failure: Option<CommandError>| match failure {
        Some(error) => Some(Err(error)),
        None => done.next(),
    };
    Ok(failures.into_iter().filter_map(|(label, failure)| Some((label, result(failure)?))).collect())
}

/// Carries out every job in a thread of its own. The results are in the order of the jobs.
fn carry_out(context: &Context<'_>, jobs: Vec<Job>) -> CommandResult<Vec<CommandResult<Done>>> {
    let operator = Operator::new(context.buses()?, &context.clock);
    let (several, can_ask) = (jobs.len() > 1, context.ui.can_ask());
    let mut narrator = Narrator::new(context.ui, jobs.iter().map(|job| job.label(several)).collect());
    let (sender, receiver) = mpsc::channel();
    let results = thread::scope(|scope| {
        let threads: Vec<_> = jobs
            .into_iter()
            .enumerate()
            .map(|(number, job)| {
                let (operator, sender) = (&operator, sender.clone());
                scope.spawn(move || {
                    // The receiver is there until all senders are gone.
                    let tell = |event: Event| drop(sender.send((number, event)));
                    Worker::new(operator, can_ask, &tell).run(job)
                })
            })
            .collect();
        drop(sender);
        for (number, event) in receiver {
            narrator.show(number, event);
        }
        let results = threads.into_iter().map(|thread| thread.join());
        results
            .map(|result| result.unwrap_or_else(|payload| panic::resume_unwind(payload)))
            .collect::<Vec<Result<Done, CommandError>>>()
    });
    Ok(results)
}
