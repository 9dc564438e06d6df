//! `particle token`: the access tokens of an account.

mod create;
mod list;
mod owner;
mod revoke;

use super::{CommandResult, Context};
use clap::Subcommand;

/// List, create and revoke access tokens
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    List(list::Args),
    Create(create::Args),
    Revoke(revoke::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        TokenCommand::List(args) => list::run(context, args),
        TokenCommand::Create(args) => create::run(context, args),
        TokenCommand::Revoke(args) => revoke::run(context, args),
    }
}
