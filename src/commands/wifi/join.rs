//! `particle wifi join`

use super::{DeviceArgs, FILE_HELP, file, network, radio::Radio};
use crate::{
    commands::{CommandResult, Context},
    platform::DeviceId,
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::PathBuf;

/// Let a device join a Wi-Fi network
///
/// Credentials are asked for, or taken from a file; with `--ssid`, the device joins a network that it knows already.
#[derive(clap::Args, Debug)]
#[command(after_help = FILE_HELP)]
pub struct Args {
    #[command(flatten)]
    device: DeviceArgs,
    /// Take the credentials from this JSON file instead of asking for them
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Join this network, which the device knows already
    #[arg(long, value_name = "SSID", conflicts_with = "file")]
    ssid: Option<String>,
}

#[derive(Serialize)]
struct Joined<'a> {
    device: &'a DeviceId,
    network: &'a str,
}

impl Report for Joined<'_> {
    fn render(&self, page: &mut Page) {
        let network = page.foreign(self.network).into_owned();
        page.line(format_args!("Wi-Fi network '{network}' configured successfully. Attempting to join..."));
        page.line("Use particle wifi current to check the current network.");
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let file = args.file.as_deref().map(file::read).transpose()?;
    let radio = Radio::choose(context, args.device.device.as_deref())?;
    let report = |network: &str| context.ui.report(&Joined { device: radio.device(), network });
    if let Some(ssid) = &args.ssid {
        radio.join_known(ssid)?;
        return Ok(report(ssid)?);
    }
    let network = match &file {
        Some(file) => network::from_file(file, &radio)?,
        None => network::ask(context, &radio)?,
    };
    radio.join(&network)?;
    Ok(report(&network.ssid)?)
}
