//! `particle wifi list`

use super::{DeviceArgs, radio::Radio};
use crate::{
    commands::{CommandResult, Context},
    ui::{Page, Report},
    usb::control::{ControlChannel, messages::KnownNetwork},
};
use serde::Serialize;

/// List the Wi-Fi networks that a device knows
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    device: DeviceArgs,
}

/// A network as it is shown.
#[derive(Serialize)]
struct Listed {
    network: String,
    security: &'static str,
    current: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Listed>);

impl Report for List {
    fn render(&self, page: &mut Page) {
        page.line("List of Wi-Fi networks on the device:\n");
        if self.0.is_empty() {
            page.line("No Wi-Fi networks found.");
        }
        for Listed { network, security, current } in &self.0 {
            let network = page.foreign(network).into_owned();
            let current = if *current { " - current network" } else { "" };
            page.line(format_args!("- {network} ({security}){current}"));
        }
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let radio = Radio::choose(context, args.device.device.as_deref())?;
    let (known, current) = {
        let _progress = context.ui.spinner("Listing Wi-Fi networks");
        radio.perform("list Wi-Fi networks", |channel: &mut ControlChannel| {
            let known = channel.known_wifi()?;
            match channel.current_wifi() {
                Err(error) if error.is_not_supported() => Ok((known, None)),
                current => Ok((known, current?)),
            }
        })?
    };
    let listed = known.into_iter().map(|network: KnownNetwork| Listed {
        security: network.security().name(),
        current: current.as_ref().is_some_and(|current| current.ssid == network.ssid),
        network: network.ssid,
    });
    Ok(context.ui.report(&List(listed.collect()))?)
}
