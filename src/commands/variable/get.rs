//! `particle get`

use super::{
    layout::Layout,
    list::{self, VariableList},
    reading::Reading,
    source::{self, Form, Meaning, Source, VariableArgs},
};
use crate::{
    cloud::{DeviceScope, Session},
    commands::{CommandError, CommandResult, Context, inventory::Row},
    ui::{Page, Report, escape_controls},
};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;

/// Number of devices that are asked at the same time.
const CONCURRENCY: usize = 10;

/// Read a variable from a device, or from all devices that have it
///
/// With a device alone, lets you choose one of its variables, or lists them where there is no
/// terminal; without anything, lists the variables of all your devices.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle get 0123456789abcdef01234567 temperature
  particle get my_device temperature --time
  particle get all temperature      from every device that has it
  particle get temperature          the same
  particle get my_device            choose a variable
  particle get 0123456789abcdef01234567 temperature --product 12345")]
pub struct Args {
    #[command(flatten)]
    target: VariableArgs,
}

/// One value.
#[derive(Serialize)]
struct Single {
    #[serde(flatten)]
    reading: Reading,
    #[serde(skip)]
    layout: Layout,
}

impl Report for Single {
    fn render(&self, page: &mut Page) {
        page.line(self.layout.line(&self.reading));
    }
}

/// The values of several devices.
#[derive(Serialize)]
#[serde(transparent)]
struct Several {
    readings: Vec<Reading>,
    #[serde(skip)]
    layout: Layout,
}

impl Report for Several {
    fn render(&self, page: &mut Page) {
        for reading in self.readings.iter().filter(|reading| reading.error.is_none()) {
            page.line(self.layout.line(reading));
        }
    }
}

/// Reads and shows.
pub fn run(context: &Context, args: &Args) -> CommandResult {
    let form = args.target.form()?;
    let session = context.session()?;
    let time = args.target.time;
    match form {
        Form::Everything => list::run(context, &list::Args::default()),
        Form::One(scope, source) => one(context, &session, scope, &source, time),
        Form::EveryDevice(variable) => {
            several(context, &session, &source::every_device(context, &session, variable)?, time)
        }
        Form::Word(word) => match source::meaning(context, &session, word)? {
            Meaning::Variable(sources) => several(context, &session, &sources, time),
            Meaning::Device(device) => match source::choose(context, &device)? {
                Some(source) => one(context, &session, DeviceScope::Account, &source, time),
                None => Ok(context.ui.report(&VariableList(vec![Row::from(*device)]))?),
            },
        },
    }
}

fn one(
    context: &Context,
    session: &Session<'_>,
    scope: DeviceScope<'_>,
    source: &Source,
    time: bool,
) -> CommandResult {
    let spinner = context.ui.spinner(message(scope, source));
    let reading = context.block_on(Reading::take(session, scope, source, Timestamp::now()))?;
    drop(spinner);
    Ok(context.ui.report(&Single { reading, layout: Layout::once(context.ui, false, time) })?)
}

fn message(scope: DeviceScope<'_>, Source { device, variable }: &Source) -> String {
    let message = format!("Fetching variable {variable} from device {device}");
    match scope {
        DeviceScope::Account => message,
        DeviceScope::Product(product) => format!("{message} in product {product}"),
    }
}

/// Asks several devices at a time. One that does not answer does not stop the others.
fn several(context: &Context, session: &Session<'_>, sources: &[Source], time: bool) -> CommandResult {
    let now = Timestamp::now();
    let readings = stream::iter(sources)
        .map(|source| Reading::take(session, DeviceScope::Account, source, now))
        .buffered(CONCURRENCY);
    let outcomes: Vec<CommandResult<Reading>> =
        context.block_on(async { Ok::<_, CommandError>(readings.collect().await) })?;
    let layout = Layout::once(context.ui, sources.len() > 1, time);
    let mut failure = None;
    let mut readings = Vec::new();
    for (source, outcome) in sources.iter().zip(outcomes) {
        readings.push(outcome.unwrap_or_else(|error| {
            context.ui.warn(escape_controls(&format!("{}: {}", source.device, error.message())));
            let reading = Reading::failed(source, now, &error);
            failure.get_or_insert(error);
            reading
        }));
    }
    context.ui.report(&Several { readings, layout })?;
    failure.map_or(Ok(()), |first| Err(summary(&first)))
}

/// What is said in the end about failures that have been told one by one: the kind and the advice are the first one's.
fn summary(first: &CommandError) -> CommandError {
    let error = CommandError::new(first.kind(), "Some variables could not be read");
    first.hints().iter().fold(error, |error, hint| error.hint(hint))
}
