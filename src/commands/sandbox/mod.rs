//! `particle sandbox`, and `particle --sandbox COMMAND`.

mod cable;
mod demo;
mod options;
mod overview;
mod press;
mod reset;
mod serve;
mod status;
mod transfer;

use super::{CommandError, CommandResult, Context, Kind};
use crate::{
    clock::Clock,
    environment::Environment,
    sandbox::{Attachment, ControlClient, Location},
};
use clap::Subcommand;
use std::{ffi::OsString, path::PathBuf};

/// The environment variable that names the state file where no option does.
pub(super) const STATE_VARIABLE: &str = "PARTICLE_SANDBOX_STATE";

/// Run a cloud and a bench of devices on this computer, to try things without an account or a device
///
/// In another terminal, `particle --sandbox COMMAND` uses them. Without a running sandbox, `particle --sandbox COMMAND`
/// starts one for the time of the command; what happens in it is kept either way.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File that holds everything in the sandbox
    #[arg(long, global = true, value_name = "FILE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    serve: options::ServeArgs,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Status(status::Args),
    Press(press::Args),
    /// Put a device's cable in
    Plug(cable::Args),
    /// Pull a device's cable
    Unplug(cable::Args),
    Transfer(transfer::Args),
    Reset(reset::Args),
    Demo(demo::Args),
}

/// Carries out the subcommand, or runs the sandbox until it is interrupted.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let location = location(args.state, &context.environment)?;
    if args.action.is_some() && args.serve != options::ServeArgs::default() {
        let message = "only --state may stand between `sandbox` and its subcommand";
        return Err(CommandError::new(Kind::Usage, message));
    }
    match args.action {
        None => serve::run(context, &location, args.serve),
        Some(Action::Status(args)) => status::run(context, &location, args),
        Some(Action::Press(args)) => press::run(context, &location, args),
        Some(Action::Plug(args)) => cable::run(context, &location, args, true),
        Some(Action::Unplug(args)) => cable::run(context, &location, args, false),
        Some(Action::Transfer(args)) => transfer::run(context, &location, args),
        Some(Action::Demo(args)) => demo::run(context, args),
        Some(Action::Reset(args)) => reset::run(context, &location, args),
    }
}

/// Joins or starts the sandbox that `--sandbox` names (with nothing in it: the one a bare `particle sandbox` runs).
///
/// Also gives the environment a command is to see: in the sandbox its `PARTICLE_*` variables are the sandbox's own, so
/// that neither the account nor the devices of this user are touched.
pub fn attach(
    file: OsString,
    environment: &Environment,
    clock: &Clock,
) -> CommandResult<(Attachment, Environment)> {
    let location = location(Some(file.into()), environment)?;
    let attachment = Attachment::open(&location, clock)?;
    let environment = attachment.addresses().client_environment(&location, environment);
    Ok((attachment, environment))
}

/// Which sandbox is meant: the one named, or that of the environment, or this user's own.
fn location(file: Option<PathBuf>, environment: &Environment) -> CommandResult<Location> {
    let file = file.filter(|file| !file.as_os_str().is_empty()).or_else(|| environment.path(STATE_VARIABLE));
    Ok(match file {
        Some(file) => Location::of_file(&file)?,
        None => Location::of_user()?,
    })
}

/// Does something with a sandbox by its control routes, whoever runs it.
fn control<T>(
    context: &Context,
    location: &Location,
    action: impl FnOnce(&ControlClient) -> CommandResult<T>,
) -> CommandResult<T> {
    let sandbox = Attachment::open(location, &context.clock)?;
    let outcome = ControlClient::new(sandbox.addresses()).map_err(Into::into);
    let outcome = outcome.and_then(|client| action(&client));
    sandbox.close()?;
    outcome
}
