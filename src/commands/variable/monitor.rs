//! `particle monitor`

use super::{
    layout::Layout,
    reading::Reading,
    source::{self, Form, Meaning, Source, VariableArgs},
};
use crate::{
    clock::Clock,
    cloud::{CloudError, DeviceScope, RefusalKind, Session},
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Ui, escape_controls},
};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use std::time::Duration;
use tokio::{
    sync::Semaphore,
    time::{MissedTickBehavior, interval, sleep},
};

/// The shortest interval, in milliseconds, and the usual one.
const SHORTEST: u64 = 500;
/// The longest interval, in milliseconds: a week.
const LONGEST: u64 = 7 * 24 * 3600 * 1000;
/// Number of devices that are asked at the same time.
const CONCURRENCY: usize = 50;
/// How long a device is left alone after the cloud has said, several times, that it is asked too often.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// Read a variable again and again
///
/// Reads every INTERVAL milliseconds (500 at least), from several devices side by side, until
/// Ctrl-C. Where the output goes to a file it can be opened with a spreadsheet.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle monitor 0123456789abcdef01234567 temperature 5000
  particle monitor my_device temperature --delay 5000 --time
  particle monitor all temperature 5000 --time > my_temperatures.csv
  particle monitor temperature      from every device that has it")]
pub struct Args {
    #[command(flatten)]
    target: VariableArgs,
    /// Milliseconds from one reading to the next
    #[arg(value_name = "INTERVAL", value_parser = clap::value_parser!(u64).range(..=LONGEST))]
    interval: Option<u64>,
    /// The same as INTERVAL, and goes before it
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(..=LONGEST))]
    delay: Option<u64>,
}

/// Polls until it is told to stop.
pub fn run(context: &Context, args: &Args) -> CommandResult {
    let form = args.target.form()?;
    let session = context.session()?;
    let (scope, sources) = match form {
        Form::Everything => return Err(which_variable("Which variable is to be monitored?")),
        Form::One(scope, source) => (scope, vec![source]),
        Form::EveryDevice(variable) => {
            (DeviceScope::Account, source::every_device(context, &session, variable)?)
        }
        Form::Word(word) => (DeviceScope::Account, sources_of(context, &session, word)?),
    };
    let poll = Poll {
        ui: context.ui,
        clock: &context.clock,
        session: &session,
        scope,
        layout: Layout::repeated(context.ui, sources.len() > 1, args.target.time),
        interval: args.interval(context),
        alone: sources.len() == 1,
        turns: Semaphore::new(CONCURRENCY),
    };
    context.clock.stop_on_signals().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    context.ui.note("Hit CTRL-C to stop!");
    match context.block_on(try_join_all(sources.iter().map(|source| poll.run(source)))) {
        // That is how monitoring is meant to end.
        Err(error) if error.kind() == Kind::Interrupted => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

fn sources_of(context: &Context, session: &Session<'_>, word: &str) -> CommandResult<Vec<Source>> {
    match source::meaning(context, session, word)? {
        Meaning::Variable(sources) => Ok(sources),
        Meaning::Device(device) => match source::choose(context, &device)? {
            Some(source) => Ok(vec![source]),
            None => {
                let names: Vec<_> =
                    device.variables.iter().flatten().map(|(name, _)| name.as_str()).collect();
                let name = device.given_name().unwrap_or(&device.id);
                let question = format!("Which variable of {name} is to be monitored?");
                Err(which_variable(&question).hint(format!("it has {}", names.join(", "))))
            }
        },
    }
}

fn which_variable(question: &str) -> CommandError {
    CommandError::new(Kind::Usage, question).hint("particle monitor DEVICE VARIABLE [INTERVAL]")
}

impl Args {
    fn interval(&self, context: &Context) -> Duration {
        let wanted = self.delay.or(self.interval).unwrap_or(SHORTEST);
        if wanted < SHORTEST {
            context.ui.note("Delay was too short, resetting to 500ms");
        }
        Duration::from_millis(wanted.max(SHORTEST))
    }
}

/// What polling one device shares with polling the others.
struct Poll<'a> {
    ui: &'a Ui,
    clock: &'a Clock,
    session: &'a Session<'a>,
    scope: DeviceScope<'a>,
    layout: Layout,
    interval: Duration,
    /// Whether there is no other device.
    alone: bool,
    turns: Semaphore,
}

impl Poll<'_> {
    /// Polls one device for ever. Readings begin at multiples of the interval, however long the answers take; an
    /// answer that takes longer than an interval costs the readings it overlaps.
    async fn run(&self, source: &Source) -> CommandResult {
        let mut ticks = interval(self.clock.scaled(self.interval).max(Duration::from_millis(1)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut answered = false;
        let mut last_failure = String::new();
        loop {
            ticks.tick().await;
            // The semaphore is never closed.
            let turn = self.turns.acquire().await;
            let time = Timestamp::now();
            let outcome = self.session.variables(self.scope).read(&source.device, &source.variable).await;
            drop(turn);
            let error = match outcome {
                Ok(value) => {
                    answered = true;
                    last_failure.clear();
                    self.show(&Reading::new(source, time, value))?;
                    continue;
                }
                Err(error) => error,
            };
            let pause = rate_limit_pause(&error);
            let error = source.explain(self.session, self.scope, error).await;
            if error.kind() == Kind::Unauthorized || (self.alone && !answered) {
                return Err(error);
            }
            self.show_failure(source, time, &error, &mut last_failure)?;
            sleep(self.clock.scaled(pause)).await;
        }
    }

    fn show(&self, reading: &Reading) -> CommandResult {
        if self.ui.is_json() {
            return Ok(self.ui.json_line(reading)?);
        }
        Ok(self.ui.line(self.layout.line(reading))?)
    }

    /// Says why there is no value; not again as long as the reason stays the same.
    fn show_failure(
        &self,
        source: &Source,
        time: Timestamp,
        error: &CommandError,
        last: &mut String,
    ) -> CommandResult {
        if self.ui.is_json() {
            return Ok(self.ui.json_line(&Reading::failed(source, time, error))?);
        }
        if *last != error.message() {
            self.ui.warn(escape_controls(&format!("{}: {}", source.device, error.message())));
            error.message().clone_into(last);
        }
        Ok(())
    }
}

/// How long a device is to be left alone after a failure, beyond the interval.
fn rate_limit_pause(error: &CloudError) -> Duration {
    match error.refusal() {
        Some(refusal) if refusal.kind == RefusalKind::RateLimited => {
            refusal.retry_after.unwrap_or(RATE_LIMIT_PAUSE)
        }
        _ => Duration::ZERO,
    }
}
