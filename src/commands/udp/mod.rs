//! `particle udp`

mod listen;
mod send;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Send and receive UDP packets, to try out a network or a device's own protocol
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: UdpCommand,
}

#[derive(Debug, Subcommand)]
enum UdpCommand {
    Send(send::Args),
    Listen(listen::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        UdpCommand::Send(args) => send::run(context, args),
        UdpCommand::Listen(args) => listen::run(context, args),
    }
}
