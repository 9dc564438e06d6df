//! `particle device`

pub mod add;
pub mod doctor;
pub mod remove;
pub mod rename;

use super::{CommandError, CommandResult, Context, Kind};
use clap::Subcommand;

/// Add devices to your account, name them and give them away
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: DeviceCommand,
}

#[derive(Debug, Subcommand)]
enum DeviceCommand {
    Add(add::Args),
    Doctor(doctor::Args),
    Rename(rename::Args),
    Remove(remove::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        DeviceCommand::Add(args) => add::run(context, args),
        DeviceCommand::Doctor(args) => doctor::run(context, args),
        DeviceCommand::Rename(args) => rename::run(context, args),
        DeviceCommand::Remove(args) => remove::run(context, args),
    }
}

/// A failure to do `what` with the account's device `device`. The cloud's own words for a device it does not have speak
/// of permissions and paths.
pub(super) fn failed(what: &str, device: &str, error: CommandError) -> CommandError {
    if error.kind() == Kind::NotFound {
        CommandError::new(Kind::NotFound, format!("Device not found: {device}"))
            .hint("`particle list` shows the devices of your account")
    } else {
        error.context(what)
    }
}
