//! `particle nyan`

use super::{
    CommandError, CommandResult, Context, Kind,
    arguments::ProductArgs,
    device,
    outcome::{Outcome, first_failure},
};
use crate::{
    cloud::{Device, DeviceScope, Session},
    ui::{Page, Report},
};
use clap::ValueEnum;
use futures_util::{StreamExt, stream};
use serde::Serialize;

/// Number of devices that are signalled at the same time.
const CONCURRENCY: usize = 10;

/// Make your device shout rainbows
///
/// Without a device, or with `all`, every device of your account that is online.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle nyan                   every device that is online
  particle nyan off               no more rainbows, anywhere
  particle nyan my_device         one device
  particle nyan my_device off
  particle nyan all on")]
pub struct Args {
    /// Id or name of the device, or `all`
    #[arg(value_name = "DEVICE")]
    device: Option<String>,
    /// Whether to start or to stop
    #[arg(value_name = "ON_OFF")]
    switch: Option<Switch>,
    #[command(flatten)]
    product: ProductArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Switch {
    #[default]
    On,
    Off,
}

/// Who is to shout, or not to.
#[derive(Debug, PartialEq, Eq)]
enum Plan<'a> {
    All(Switch),
    One(&'a str, Switch),
}

impl Args {
    fn plan(&self) -> Plan<'_> {
        let switch = self.switch.unwrap_or_default();
        match (self.device.as_deref(), self.switch) {
            (None | Some("all"), _) => Plan::All(switch),
            // A device of such a name is meant only where another word follows.
            (Some("on"), None) => Plan::All(Switch::On),
            (Some("off"), None) => Plan::All(Switch::Off),
            (Some(device), _) => Plan::One(device, switch),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Signals {
    outcomes: Vec<Outcome>,
    #[serde(skip)]
    switch: Switch,
}

impl Report for Signals {
    fn render(&self, page: &mut Page) {
        let does = match self.switch {
            Switch::On => "is shouting rainbows",
            Switch::Off => "stopped shouting rainbows",
        };
        for outcome in self.outcomes.iter().filter(|outcome| outcome.done) {
            page.line(format_args!("{} {does}", page.foreign(&outcome.device)));
        }
    }
}

/// Signals the devices.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let (switch, results) = match args.plan() {
        Plan::One(device, switch) => {
            let scope = args.product.scope_of(device)?;
            let session = context.session()?;
            let result = context.block_on(session.devices().signal(scope, device, switch == Switch::On));
            let result = result.map_err(|error| device::failed("Signaling failed", device, error));
            (switch, vec![(device.to_owned(), result)])
        }
        Plan::All(_) if args.product.product.is_some() => {
            let message = "with --product, which device is to shout rainbows?";
            return Err(CommandError::new(Kind::Usage, message));
        }
        Plan::All(switch) => (switch, signal_all(context, switch)?),
    };
    context.ui.report(&Signals { outcomes: results.iter().map(Outcome::of).collect(), switch })?;
    first_failure(context, results)
}

/// Signals every device that is online.
fn signal_all(context: &Context, switch: Switch) -> CommandResult<Vec<(String, CommandResult)>> {
    let session = context.session()?;
    let devices = context.block_on(session.devices().list())?;
    if devices.is_empty() {
        return Err(CommandError::new(Kind::NoDevice, "No devices found."));
    }
    let total = devices.len();
    let online: Vec<_> = devices.into_iter().filter(Device::is_online).collect();
    if online.is_empty() {
        return Err(CommandError::new(Kind::Offline, format!("None of your {total} devices is online.")));
    }
    context.block_on(async { Ok::<_, CommandError>(signal_each(&session, online, switch).await) })
}

async fn signal_each(
    session: &Session<'_>,
    devices: Vec<Device>,
    switch: Switch,
) -> Vec<(String, CommandResult)> {
    let signals = stream::iter(devices).map(|device| async move {
        let result = session.devices().signal(DeviceScope::Account, &device.id, switch == Switch::On).await;
        let label = device.given_name().unwrap_or(&device.id).to_owned();
        (label, result.map_err(CommandError::from))
    });
    signals.buffered(CONCURRENCY).collect().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(words: &[&str]) -> (String, Switch) {
        let switch = words.get(1).map(|word| Switch::from_str(word, true).unwrap());
        let device = words.first().map(|word| (*word).to_owned());
        match (Args { device, switch, product: ProductArgs::default() }).plan() {
            Plan::All(switch) => ("everyone".to_owned(), switch),
            Plan::One(device, switch) => (device.to_owned(), switch),
        }
    }

    #[test]
    fn every_documented_form_is_understood() {
        let everyone = |switch| ("everyone".to_owned(), switch);
        assert_eq!(plan(&[]), everyone(Switch::On));
        assert_eq!(plan(&["on"]), everyone(Switch::On));
        assert_eq!(plan(&["off"]), everyone(Switch::Off));
        assert_eq!(plan(&["all"]), everyone(Switch::On));
        assert_eq!(plan(&["all", "off"]), everyone(Switch::Off));
        assert_eq!(plan(&["kitchen"]), ("kitchen".to_owned(), Switch::On));
        assert_eq!(plan(&["kitchen", "off"]), ("kitchen".to_owned(), Switch::Off));
    }

    #[test]
    fn a_device_called_on_can_be_signalled() {
        assert_eq!(plan(&["on", "off"]), ("on".to_owned(), Switch::Off));
    }
}
