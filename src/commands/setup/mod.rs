//! `particle setup`: account, Wi-Fi, claiming and a name, one after the other.

mod account;
mod attached;
mod enterprise;
mod finish;
mod host;
mod network;
mod network_file;
mod over_softap;
mod report;

use super::{CommandResult, Context, attached::heed_interrupts};
use crate::softap::DeviceAddress;
use std::path::PathBuf;

/// Set up a Photon or P1: account, Wi-Fi, claiming and a name
///
/// The device has to be in listening mode: hold its MODE or SETUP button until its light blinks blue. Of a device on
/// the cable that is set up in another way, it says how. Without a terminal, give --file and --yes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Look for a device by Wi-Fi, whatever is attached by USB
    #[arg(long)]
    wifi: bool,
    /// Accepted for compatibility: networks are always looked for, unless --manual is given
    #[arg(long, hide = true, conflicts_with = "manual")]
    scan: bool,
    /// Leave this computer's Wi-Fi alone: you change between networks yourself
    #[arg(long)]
    manual: bool,
    /// Where the device's own network is reached, if not at 192.168.0.1; this computer's Wi-Fi is left alone
    #[arg(long, value_name = "HOST[:PORT]")]
    softap: Option<DeviceAddress>,
    /// Read the network and what opens it from this JSON file, as `serial wifi --file` does
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// What to call the device
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Sets a device up.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let network = args.file.as_deref().map(network_file::read).transpose()?;
    context.ui.note("> Setup is easy! Let's get started...");
    if !args.wifi
        && args.softap.is_none()
        && let Some(notice) = attached::advice(context)?
    {
        return Ok(context.ui.report(&notice)?);
    }
    let account = account::choose(context)?;
    over_softap::run(context, &account, &args, network)
}
