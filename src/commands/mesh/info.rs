//! `particle mesh info`

use super::{device::MeshDevice, scan::SeenNetwork};
use crate::{
    commands::{CommandResult, Context},
    platform::DeviceId,
    ui::{Page, Report},
    usb::control::ControlChannel,
};
use serde::Serialize;

/// Ask a device which network it is in
///
/// The device has to be on the cable; the cloud is not asked.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Id or name of the device
    device: String,
}

#[derive(Serialize)]
struct Membership {
    device: DeviceId,
    network: Option<OwnNetwork>,
}

#[derive(Serialize)]
struct OwnNetwork {
    /// The cloud's id.
    id: String,
    #[serde(flatten)]
    network: SeenNetwork,
}

impl Report for Membership {
    fn render(&self, page: &mut Page) {
        match &self.network {
            Some(own) => {
                let name = page.foreign(&own.network.name).into_owned();
                page.line(format!("This device is a member of {name}."));
            }
            None => page.line("This device is not a member of any mesh network."),
        }
    }
}

/// Asks the device.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let mut device = MeshDevice::open(context, &args.device)?;
    let network = device.ask(ControlChannel::mesh_network)?;
    let network = network.map(|info| OwnNetwork { id: info.network_id.clone(), network: info.into() });
    Ok(context.ui.report(&Membership { device: device.id().clone(), network })?)
}
