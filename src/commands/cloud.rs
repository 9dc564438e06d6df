//! `particle cloud`: the account's commands under their longer names.

use super::{CommandResult, Context, list, login, logout};
use clap::Subcommand;

/// Work with your account and its devices in the cloud
///
/// These commands also stand for themselves: `particle cloud list` is `particle list`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: CloudCommand,
}

#[derive(Debug, Subcommand)]
enum CloudCommand {
    List(list::Args),
    Login(login::Args),
    Logout(logout::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        CloudCommand::List(args) => list::run(context, args),
        CloudCommand::Login(args) => login::run(context, args),
        CloudCommand::Logout(args) => logout::run(context, args),
    }
}
