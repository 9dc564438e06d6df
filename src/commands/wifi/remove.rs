//! `particle wifi remove`

use super::{DeviceArgs, radio::Radio};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    platform::DeviceId,
    ui::{Page, Report},
    usb::control::ControlChannel,
};
use serde::Serialize;

/// Let a device forget a Wi-Fi network
///
/// It stays in the network until it is reset.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    device: DeviceArgs,
    /// Name of the network
    #[arg(value_name = "SSID")]
    network: Option<String>,
    /// Same as SSID
    #[arg(long, value_name = "SSID", conflicts_with = "network")]
    ssid: Option<String>,
}

#[derive(Serialize)]
struct Removed<'a> {
    device: &'a DeviceId,
    network: &'a str,
}

impl Report for Removed<'_> {
    fn render(&self, page: &mut Page) {
        let network = page.foreign(self.network).into_owned();
        page.line(format_args!("Wi-Fi network {network} removed from device's list successfully."));
        page.line("To disconnect from the network, run particle usb reset.");
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let named = args.network.as_deref().or(args.ssid.as_deref());
    let ssid = named.ok_or_else(|| {
        CommandError::new(Kind::Usage, "Please provide a network name to remove using the --ssid flag.")
    })?;
    let radio = Radio::choose(context, args.device.device.as_deref())?;
    {
        let _progress = context.ui.spinner("Removing Wi-Fi networks");
        let known = radio.perform("list Wi-Fi networks", ControlChannel::known_wifi)?;
        // Firmware says yes to forgetting what it does not know.
        if known.iter().all(|network| network.ssid != ssid) {
            let error =
                CommandError::new(Kind::NotFound, format!("the device does not know a network {ssid}"));
            return Err(error.hint("`particle wifi list` shows those it knows"));
        }
        radio.perform("remove Wi-Fi network", |channel| channel.forget_wifi(ssid))?;
    }
    Ok(context.ui.report(&Removed { device: radio.device(), network: ssid })?)
}
