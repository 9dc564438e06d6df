//! `particle wifi add`

use super::{DeviceArgs, FILE_HELP, file, network, radio::Radio};
use crate::{
    commands::{CommandResult, Context},
    platform::DeviceId,
    ui::{Page, Report},
    usb::control::{ControlChannel, ControlError, messages::WifiNetwork},
};
use serde::Serialize;
use std::path::PathBuf;

/// Tell a device of a Wi-Fi network
///
/// It keeps the credentials without joining the network. Versions of Device OS that cannot do that join the network at
/// once (all but 5.8.2, 5.9.0, and 6.2.0 and later).
#[derive(clap::Args, Debug)]
#[command(after_help = FILE_HELP)]
pub struct Args {
    #[command(flatten)]
    device: DeviceArgs,
    /// Take the credentials from this JSON file instead of asking for them
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Serialize)]
struct Added<'a> {
    device: &'a DeviceId,
    network: &'a str,
    joined: bool,
}

impl Report for Added<'_> {
    fn render(&self, page: &mut Page) {
        let network = page.foreign(self.network).into_owned();
        if self.joined {
            page.line(format_args!("Wi-Fi network '{network}' added and joined successfully."));
        } else {
            page.line(format_args!("Wi-Fi network '{network}' added successfully."));
            page.line("To join this network, run particle wifi join --ssid <SSID>");
        }
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let file = args.file.as_deref().map(file::read).transpose()?;
    let radio = Radio::choose(context, args.device.device.as_deref())?;
    let network = match &file {
        Some(file) => network::from_file(file, &radio)?,
        None => network::ask(context, &radio)?,
    };
    let joined = !keep(context, &radio, &network)?;
    if joined {
        context.ui.note("This Device OS keeps only networks that it joins.");
        radio.join(&network)?;
    }
    Ok(context.ui.report(&Added { device: radio.device(), network: &network.ssid, joined })?)
}

/// Keeps the credentials; false if the firmware knows no way to.
fn keep(context: &Context<'_>, radio: &Radio<'_>, network: &WifiNetwork) -> CommandResult<bool> {
    let _progress = context.ui.spinner(format!("Adding Wi-Fi network '{}'", network.ssid));
    radio.perform("add Wi-Fi network", |channel: &mut ControlChannel| match channel.keep_wifi(network) {
        Err(error) if error.is_not_supported() => Ok::<_, ControlError>(false),
        outcome => outcome.map(|()| true),
    })
}
