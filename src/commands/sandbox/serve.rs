//! `particle sandbox`: running one in the foreground.

use crate::{
    clock::Stop,
    commands::{CommandError, CommandResult, Context, Kind},
    sandbox::{Addresses, Location, Sandbox, SandboxError, StartOptions, StateLock},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{path::PathBuf, time::Duration};

/// How to run the sandbox.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// TCP port of the cloud; without it any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Length of every pause of the devices, 1 being true to the hardware; kept in the state
    #[arg(long, value_name = "FACTOR", value_parser = time_scale)]
    time_scale: Option<f64>,
}

/// What a person or a script needs to know to use a sandbox that has started.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    event: &'static str,
    #[serde(flatten)]
    addresses: &'a Addresses,
    state: PathBuf,
    profile: PathBuf,
}

impl Report for Ready<'_> {
    fn render(&self, page: &mut Page) {
        page.line(format_args!("Cloud    {}", self.addresses.api_url));
        page.line(format_args!("State    {}", self.state.display()));
    }
}

/// Runs the sandbox until it is interrupted.
pub fn run(context: &Context, location: Location, args: Args) -> CommandResult {
    let options = StartOptions { api_port: args.port, time_scale: args.time_scale, ..Default::default() };
    context.clock.stop_on_signals().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    let lock = StateLock::try_take(&location)?.ok_or_else(|| in_use(&location))?;
    let sandbox = Sandbox::start(lock, &options)?;
    sandbox.announce()?;
    announce(context, &sandbox)?;
    let outcome = wait(context);
    sandbox.stop()?;
    outcome
}

fn announce(context: &Context, sandbox: &Sandbox) -> CommandResult {
    let location = sandbox.location();
    let ready = Ready {
        event: "ready",
        addresses: sandbox.addresses(),
        state: location.state_file().to_owned(),
        profile: location.profile_folder(),
    };
    if context.ui.is_json() {
        return Ok(context.ui.json_line(&ready)?);
    }
    context.ui.report(&ready)?;
    context.ui.note("Running until Ctrl-C. In another terminal: particle --sandbox COMMAND");
    Ok(())
}

/// Ctrl-C is how a sandbox is meant to end.
fn wait(context: &Context) -> CommandResult {
    loop {
        match context.clock.pause(Duration::from_secs(3600)) {
            Ok(()) => {}
            Err(Stop::Interrupted) => return Ok(()),
            Err(stop) => return Err(stop.into()),
        }
    }
}

fn in_use(location: &Location) -> CommandError {
    let error = SandboxError::InUse { path: location.state_file().to_owned() };
    CommandError::from(error).hint("stop that one, or run this one on another file with --state FILE")
}

fn time_scale(text: &str) -> Result<f64, String> {
    let scale: Option<f64> = text.parse().ok().filter(|scale| (0.0..=100.0).contains(scale));
    scale.ok_or_else(|| "a number from 0 to 100".to_owned())
}
