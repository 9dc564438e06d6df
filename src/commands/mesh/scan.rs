//! `particle mesh scan`

use super::device::MeshDevice;
use crate::{
    commands::{CommandResult, Context},
    ui::{Page, Report},
    usb::control::{ControlChannel, messages::mesh::NetworkInfo},
};
use serde::Serialize;

/// Let a device look for networks
///
/// The device has to be on the cable.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Id or name of the device
    device: String,
}

/// A network as it can be seen from outside.
#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
pub(super) struct SeenNetwork {
    pub(super) name: String,
    pan_id: u32,
    ext_pan_id: String,
    channel: u32,
}

impl From<NetworkInfo> for SeenNetwork {
    fn from(info: NetworkInfo) -> Self {
        Self { name: info.name, pan_id: info.pan_id, ext_pan_id: info.ext_pan_id, channel: info.channel }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct SeenNetworks(Vec<SeenNetwork>);

impl Report for SeenNetworks {
    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.line("No networks found.");
        }
        for network in &self.0 {
            page.line(page.foreign(&network.name).into_owned());
        }
    }
}

/// Lets the device look around.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let mut device = MeshDevice::open(context, &args.device)?;
    let networks = {
        let _progress = context.ui.spinner("Scanning for networks...");
        device.ask(ControlChannel::mesh_networks_in_range)?
    };
    let mut networks: Vec<SeenNetwork> = networks.into_iter().map(SeenNetwork::from).collect();
    networks.sort_by(|one, other| {
        one.name.to_lowercase().cmp(&other.name.to_lowercase()).then_with(|| one.cmp(other))
    });
    // Before Device OS 1.2.0 a network may be reported several times.
    networks.dedup();
    Ok(context.ui.report(&SeenNetworks(networks))?)
}
