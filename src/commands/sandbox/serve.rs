//! `particle sandbox`: running one in the foreground.

use super::{options::ServeArgs, overview::Overview};
use crate::{
    clock::Stop,
    commands::{CommandError, CommandResult, Context, Kind},
    sandbox::{Addresses, ControlClient, Location, Sandbox, SandboxError, StateLock, control::Status},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{path::PathBuf, time::Duration};

/// What a person or a script needs to know to use a sandbox that has started.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready<'a> {
    event: &'static str,
    #[serde(flatten)]
    addresses: &'a Addresses,
    state: PathBuf,
    profile: PathBuf,
    #[serde(flatten)]
    contents: Overview,
}

impl Report for Ready<'_> {
    fn render(&self, page: &mut Page) {
        page.line(format_args!("Cloud    {}", self.addresses.api_url));
        page.line(format_args!("USB/IP   {}", self.addresses.usbip));
        page.line(format_args!("State    {}", self.state.display()));
        self.contents.render(page);
    }
}

/// Runs the sandbox until it is interrupted.
pub(super) fn run(context: &Context, location: &Location, args: ServeArgs) -> CommandResult {
    context.clock.stop_on_signals().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    let lock = StateLock::try_take(location)?.ok_or_else(|| in_use(location))?;
    if args.names_boards() && location.state_file().exists() {
        return Err(has_devices(location));
    }
    let sandbox = Sandbox::start(lock, &args.start_options())?;
    let outcome = announce(context, &sandbox).and_then(|()| wait(context));
    sandbox.stop()?;
    outcome
}

fn announce(context: &Context, sandbox: &Sandbox) -> CommandResult {
    let status: Status = context.block_on(ControlClient::new(sandbox.addresses())?.status())?;
    let location = sandbox.location();
    let ready = Ready {
        event: "ready",
        addresses: sandbox.addresses(),
        state: location.state_file().to_owned(),
        profile: location.profile_folder(),
        contents: Overview(status),
    };
    sandbox.announce()?;
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

/// Another process has the state.
pub(super) fn in_use(location: &Location) -> CommandError {
    let error = SandboxError::InUse { path: location.state_file().to_owned() };
    CommandError::from(error).hint("stop that one with Ctrl-C, or name another file with --state FILE")
}

fn has_devices(location: &Location) -> CommandError {
    let message = format!("{} has its devices already", location.state_file().display());
    CommandError::new(Kind::Usage, message)
        .hint("`particle sandbox reset --devices ...` replaces them, --state FILE makes another sandbox")
}
