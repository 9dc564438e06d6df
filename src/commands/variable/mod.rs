//! `particle variable`: what devices tell of themselves.

pub mod get;
mod layout;
mod list;
pub mod monitor;
mod reading;
mod source;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Read variables of your devices
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: VariableCommand,
}

#[derive(Debug, Subcommand)]
enum VariableCommand {
    Get(get::Args),
    List(list::Args),
    Monitor(monitor::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        VariableCommand::Get(args) => get::run(context, &args),
        VariableCommand::List(args) => list::run(context, &args),
        VariableCommand::Monitor(args) => monitor::run(context, &args),
    }
}
