//! `particle usb`: devices attached by USB.

pub(super) mod cloud_status;
mod configure;
mod dfu;
mod filter;
mod list;
mod network_interfaces;
mod reset;
mod safe_mode;
mod send_request;
mod setup_done;
mod start_listening;
mod stop_listening;
mod targets;

use super::{CommandResult, Context};
use clap::Subcommand;

/// List and control the devices connected by USB
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: UsbCommand,
}

#[derive(Debug, Subcommand)]
enum UsbCommand {
    List(list::Args),
    #[command(alias = "listen")]
    StartListening(start_listening::Args),
    StopListening(stop_listening::Args),
    SafeMode(safe_mode::Args),
    Dfu(dfu::Args),
    Reset(reset::Args),
    CloudStatus(cloud_status::Args),
    NetworkInterfaces(network_interfaces::Args),
    SendRequest(send_request::Args),
    SetupDone(setup_done::Args),
    Configure(configure::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    match args.command {
        UsbCommand::List(args) => list::run(context, args),
        UsbCommand::StartListening(args) => start_listening::run(context, args),
        UsbCommand::StopListening(args) => stop_listening::run(context, args),
        UsbCommand::SafeMode(args) => safe_mode::run(context, args),
        UsbCommand::Dfu(args) => dfu::run(context, args),
        UsbCommand::Reset(args) => reset::run(context, args),
        UsbCommand::CloudStatus(args) => cloud_status::run(context, args),
        UsbCommand::NetworkInterfaces(args) => network_interfaces::run(context, &args),
        UsbCommand::SendRequest(args) => send_request::run(context, &args),
        UsbCommand::SetupDone(args) => setup_done::run(context, &args),
        UsbCommand::Configure(args) => configure::run(context, args),
    }
}
