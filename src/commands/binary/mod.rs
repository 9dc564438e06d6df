//! `particle binary`: what is in firmware files.

mod input;
mod inspect;
mod list_assets;
mod report;
mod strip_assets;
mod text;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Look into firmware binaries and bundles
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Inspect(inspect::Args),
    ListAssets(list_assets::Args),
    StripAssets(strip_assets::Args),
}

/// Runs one of the commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        Command::Inspect(args) => inspect::run(context, &args),
        Command::ListAssets(args) => list_assets::run(context, &args),
        Command::StripAssets(args) => strip_assets::run(context, &args),
    }
}
