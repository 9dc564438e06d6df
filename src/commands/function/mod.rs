//! `particle function`: what devices can be told to do.

pub mod call;
mod list;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Call functions of your devices
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: FunctionCommand,
}

#[derive(Debug, Subcommand)]
enum FunctionCommand {
    Call(call::Args),
    List(list::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        FunctionCommand::Call(args) => call::run(context, args),
        FunctionCommand::List(args) => list::run(context, &args),
    }
}
