//! `particle wifi current`

use super::{DeviceArgs, radio::Radio};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, Report},
    usb::control::{ControlChannel, messages::CurrentNetworkReply},
};
use serde::Serialize;

/// Show the Wi-Fi network that a device is in
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    device: DeviceArgs,
}

#[derive(Serialize)]
struct Current {
    network: String,
    bssid: String,
    channel: i32,
    rssi: i32,
}

impl Report for Current {
    fn render(&self, page: &mut Page) {
        let network = page.foreign(&self.network).into_owned();
        page.line("Current Wi-Fi network:\n");
        page.line(format_args!("- SSID: {network}"));
        page.line(format_args!("  BSSID: {}", self.bssid));
        page.line(format_args!("  Channel: {}", self.channel));
        page.line(format_args!("  RSSI: {}", self.rssi));
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let radio = Radio::choose(context, args.device.device.as_deref())?;
    let current = {
        let _progress = context.ui.spinner("Fetching current Wi-Fi network");
        radio.perform("fetch current Wi-Fi network", ControlChannel::current_wifi)?
    };
    let Some(CurrentNetworkReply { ssid, bssid, channel, rssi }) = current else {
        let message = "Unable to fetch current Wi-Fi network: No Wi-Fi network connected";
        let hint = "`particle wifi list` shows the networks it knows, `particle wifi join` lets it join one";
        return Err(CommandError::new(Kind::Device, message).hint(hint));
    };
    let bssid = bssid.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":");
    Ok(context.ui.report(&Current { network: ssid, bssid, channel, rssi })?)
}
