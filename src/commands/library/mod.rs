//! `particle library`: code that projects share.

mod create;
mod migrate;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Work with libraries
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(create::Args),
    Migrate(migrate::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        Command::Create(args) => create::run(context, args),
        Command::Migrate(args) => migrate::run(context, args),
    }
}
