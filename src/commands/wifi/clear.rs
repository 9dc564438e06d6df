//! `particle wifi clear`

use super::{DeviceArgs, radio::Radio};
use crate::{
    commands::{CommandResult, Context},
    platform::DeviceId,
    ui::{Page, Report},
    usb::control::ControlChannel,
};
use serde::Serialize;

/// Let a device forget all Wi-Fi networks
///
/// It stays in the network it is in until it is reset.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    device: DeviceArgs,
}

#[derive(Serialize)]
struct Cleared<'a> {
    device: &'a DeviceId,
}

impl Report for Cleared<'_> {
    fn render(&self, page: &mut Page) {
        page.line("Wi-Fi networks cleared successfully.");
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let radio = Radio::choose(context, args.device.device.as_deref())?;
    {
        let _progress = context.ui.spinner("Clearing Wi-Fi networks");
        radio.perform("clear Wi-Fi networks", ControlChannel::forget_all_wifi)?;
    }
    Ok(context.ui.report(&Cleared { device: radio.device() })?)
}
