//! `particle serial`: devices attached by a serial port.

pub(super) mod claim;
mod dialogue;
pub mod flash;
pub mod identify;
mod inspect;
mod inspection;
mod list;
mod mac;
mod monitor;
pub mod port;
pub(super) mod subject;
pub(super) mod wifi;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Work with devices over their serial ports
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: SerialCommand,
}

#[derive(Debug, Subcommand)]
enum SerialCommand {
    List(list::Args),
    Identify(identify::Args),
    Inspect(inspect::Args),
    Monitor(monitor::Args),
    Mac(mac::Args),
    Flash(flash::Args),
    Claim(claim::Args),
    Wifi(wifi::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    match args.command {
        SerialCommand::List(args) => list::run(context, args),
        SerialCommand::Identify(args) => identify::run(context, args),
        SerialCommand::Inspect(args) => inspect::run(context, args),
        SerialCommand::Monitor(args) => monitor::run(context, args),
        SerialCommand::Mac(args) => mac::run(context, args),
        SerialCommand::Flash(args) => flash::run(context, args),
        SerialCommand::Claim(args) => claim::run(context, args),
        SerialCommand::Wifi(args) => wifi::run(context, args),
    }
}
