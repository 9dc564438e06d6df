//! `particle keys`: the keys that devices and the cloud know each other by.

mod address;
mod backup;
pub(super) mod doctor;
mod file_names;
mod files;
mod load;
mod new;
mod protocol;
mod save;
mod send;
pub(super) mod server;
pub(super) mod slots;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Manage the keys that devices and the cloud know each other by
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Load(load::Args),
    Save(save::Args),
    Send(send::Args),
    Doctor(doctor::Args),
    Server(server::Args),
    Address(address::Args),
    Protocol(protocol::Args),
}

/// Runs one of the commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        Command::New(args) => new::run(context, args),
        Command::Load(args) => load::run(context, args),
        Command::Save(args) => save::run(context, args),
        Command::Send(args) => send::run(context, args),
        Command::Doctor(args) => doctor::run(context, args),
        Command::Server(args) => server::run(context, args),
        Command::Address(args) => address::run(context, args),
        Command::Protocol(args) => protocol::run(context, args),
    }
}
