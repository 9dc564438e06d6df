//! `particle product device`: the devices of a product.

mod add;
mod identifiers;
mod list;
mod remove;

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    platform::DeviceId,
};
use clap::Subcommand;

/// Add devices to a product, list them, or take them out
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: DeviceCommand,
}

#[derive(Debug, Subcommand)]
enum DeviceCommand {
    Add(add::Args),
    List(list::Args),
    Remove(remove::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        DeviceCommand::Add(args) => add::run(context, args),
        DeviceCommand::List(args) => list::run(context, args),
        DeviceCommand::Remove(args) => remove::run(context, args),
    }
}

/// A device typed where names will not do.
fn typed_id(typed: &str) -> CommandResult<DeviceId> {
    typed.parse().map_err(|_| {
        let message = format!("`deviceID` parameter must be an id - received: {typed}");
        CommandError::new(Kind::Usage, message).hint("an id has 24 hexadecimal digits")
    })
}
