//! `particle mesh`: mesh networks of devices.

mod add;
mod create;
mod device;
mod info;
mod list;
mod membership;
mod password;
mod remove;
mod scan;

use super::{CommandResult, Context};
use clap::Subcommand;

/// Make mesh networks, and get devices in and out
///
/// Particle has given mesh networks up. They are made of Argons, Borons, Xenons and the modules of those families, with
/// Device OS 0.9.0 to 1.5.2.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: MeshCommand,
}

#[derive(Debug, Subcommand)]
enum MeshCommand {
    Create(create::Args),
    Add(add::Args),
    Remove(remove::Args),
    List(list::Args),
    Info(info::Args),
    Scan(scan::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    match args.command {
        MeshCommand::Create(args) => create::run(context, &args),
        MeshCommand::Add(args) => add::run(context, &args),
        MeshCommand::Remove(args) => remove::run(context, &args),
        MeshCommand::List(args) => list::run(context, &args),
        MeshCommand::Info(args) => info::run(context, &args),
        MeshCommand::Scan(args) => scan::run(context, &args),
    }
}
