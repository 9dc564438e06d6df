//! `particle product`: products and what belongs to them.

mod device;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Work with the products you are on the team of
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: ProductCommand,
}

#[derive(Debug, Subcommand)]
enum ProductCommand {
    Device(device::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        ProductCommand::Device(args) => device::run(context, args),
    }
}
