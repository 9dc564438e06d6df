//! `particle wifi`: the Wi-Fi networks of devices of generation 3 and later.

mod add;
mod clear;
mod current;
pub mod enterprise;
pub mod file;
mod join;
mod list;
pub mod network;
pub mod radio;
mod remove;

use super::{CommandResult, Context};
use clap::Subcommand;

/// What a file with credentials has to look like.
const FILE_HELP: &str = "\
A file of credentials looks like this:
  { \"network\": \"my_ssid\", \"security\": \"WPA2_PSK\", \"password\": \"my_password\", \"hidden\": false }
The security is NONE, WEP, WPA_PSK, WPA2_PSK, WPA3_PSK, WPA_WPA2_PSK or WPA2_WPA3_PSK; without it, the device looks.";

/// Set up the Wi-Fi networks of devices of generation 3 and later
///
/// The device is connected by USB. The Photon and the P1 are set up with `particle serial wifi`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: WifiCommand,
}

#[derive(Debug, Subcommand)]
enum WifiCommand {
    Add(add::Args),
    Join(join::Args),
    List(list::Args),
    Remove(remove::Args),
    Clear(clear::Args),
    Current(current::Args),
}

/// Which device a command is for.
#[derive(clap::Args, Debug)]
struct DeviceArgs {
    /// Id or name of the device, if several are attached
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
}

/// Runs one of the group's commands.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    match args.command {
        WifiCommand::Add(args) => add::run(context, &args),
        WifiCommand::Join(args) => join::run(context, &args),
        WifiCommand::List(args) => list::run(context, &args),
        WifiCommand::Remove(args) => remove::run(context, &args),
        WifiCommand::Clear(args) => clear::run(context, &args),
        WifiCommand::Current(args) => current::run(context, &args),
    }
}
