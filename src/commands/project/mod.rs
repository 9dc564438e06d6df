//! `particle project`: the folder that a program is developed in.

mod create;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Work with projects
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(create::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        Command::Create(args) => create::run(context, args),
    }
}
