//! `particle subscribe`

mod plan;

use super::{CommandError, CommandResult, Context, Kind};
use crate::{
    cloud::{Event, News, Subscription},
    ui::{OutputError, Progress, Ui},
};
use plan::Plan;

/// Show events as they are published, one line of JSON each
///
/// An event's name is a prefix: `particle subscribe temp` shows `temp`, `temperature` and `temp/kitchen`. Runs until
/// Ctrl-C. A connection that is lost is made again; events published meanwhile are missing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Beginning of the events' names; `mine`, which once was needed, is left out
    event: Option<String>,
    /// Id or name of the device whose events to show
    #[arg(value_name = "DEVICE", conflicts_with = "device")]
    from_device: Option<String>,
    /// Same as DEVICE
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Show the events of a product, by id or slug
    #[arg(long)]
    product: Option<String>,
    /// Show all events you may see; needs an event
    #[arg(long, conflicts_with_all = ["device", "from_device", "product"])]
    all: bool,
    /// End after an event with exactly this data
    #[arg(long, value_name = "DATA", allow_hyphen_values = true)]
    until: Option<String>,
    /// End after this many events
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max: Option<i64>,
}

/// Shows events until it is told to stop.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let plan = Plan::new(args)?;
    let session = context.session()?;
    context.clock.stop_on_signals().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    for line in plan.announcement() {
        remark(context.ui, &line)?;
    }
    let events = session.events();
    let subscription = events.subscribe(plan.feed.clone(), plan.prefix.clone());
    let spinner = context.ui.spinner("Fetching event stream...");
    match context.block_on(listen(context.ui, subscription, &plan, spinner)) {
        // This is how a stream is meant to end.
        Err(error) if error.kind() == Kind::Interrupted => Ok(()),
        outcome => outcome,
    }
}

/// Shows what comes until the plan is fulfilled.
async fn listen(
    ui: &Ui,
    mut subscription: Subscription<'_>,
    plan: &Plan,
    spinner: Progress,
) -> CommandResult {
    let mut spinner = Some(spinner);
    let (mut count, mut interrupted) = (0, false);
    loop {
        let news = subscription.next().await;
        match news.map_err(|error| CommandError::from(error).context("Error fetching event stream"))? {
            News::Connected => {
                if spinner.take().is_some() {
                    remark(ui, "")?;
                }
                if std::mem::take(&mut interrupted) {
                    ui.note("connected again; events published meanwhile are missing");
                }
            }
            News::Event(event) => {
                count += 1;
                ui.json_line(&event)?;
                if let Some(farewell) = farewell(plan, &event, count) {
                    return Ok(remark(ui, &farewell)?);
                }
            }
            News::Unreadable(problem) => ui.warn(format!("an event was left out: {problem}")),
            News::Lost { reason, pause } => {
                interrupted = spinner.is_none();
                let pause = pause.as_secs_f64();
                ui.note(format!("no connection: {reason}; trying again in {pause:.1} s"));
            }
        }
    }
}

/// What to say if this event was the last one asked for.
fn farewell(plan: &Plan, event: &Event, count: u64) -> Option<String> {
    if plan.until.is_some() && plan.until.as_deref() == event.data() {
        Some("Matching event received. Exiting...".to_owned())
    } else if plan.max.is_some_and(|max| count >= max) {
        Some(format!("{count} event(s) received. Exiting..."))
    } else {
        None
    }
}

/// Says something that is no event. A person reads it among the events, as in the Node tool; where a program reads the
/// events, nothing else may stand among them.
fn remark(ui: &Ui, text: &str) -> Result<(), OutputError> {
    if ui.stdout_is_terminal() && !ui.is_json() && !ui.options().quiet {
        ui.line(ui.foreign(text))
    } else {
        ui.note(text);
        Ok(())
    }
}
