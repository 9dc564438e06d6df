//! `particle cloud`: commands of the account and its devices under the names they have there.

use super::{CommandResult, Context, compile, device, flash, list, login, logout, nyan};
use clap::Subcommand;

/// Work with your account and its devices in the cloud
///
/// These commands also stand for themselves: `particle cloud list` is `particle list`, `particle cloud claim` is
/// `particle device add`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: CloudCommand,
}

#[derive(Debug, Subcommand)]
enum CloudCommand {
    Login(login::Args),
    Logout(logout::Args),
    List(list::Args),
    Compile(compile::Args),
    Flash(flash::Args),
    Claim(device::add::Args),
    Name(device::rename::Args),
    Remove(device::remove::Args),
    Nyan(nyan::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        CloudCommand::Login(args) => login::run(context, args),
        CloudCommand::Logout(args) => logout::run(context, args),
        CloudCommand::List(args) => list::run(context, args),
        CloudCommand::Compile(args) => compile::run(context, args),
        CloudCommand::Flash(args) => flash::run(context, args),
        CloudCommand::Claim(args) => device::add::run(context, args),
        CloudCommand::Name(args) => device::rename::run(context, args),
        CloudCommand::Remove(args) => device::remove::run(context, args),
        CloudCommand::Nyan(args) => nyan::run(context, args),
    }
}
