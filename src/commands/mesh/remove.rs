//! `particle mesh remove`

use super::{
    device::MeshDevice,
    membership::{confirm, end, record},
};
use crate::{
    commands::{CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;

/// Remove a device from its network
///
/// The device has to be yours and on the cable.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example: particle mesh remove my_xenon")]
pub struct Args {
    /// Id or name of the device
    device: String,
}

#[derive(Serialize)]
struct Removed {
    device: String,
    /// False for a device that was in no network.
    removed: bool,
}

impl Report for Removed {
    fn render(&self, page: &mut Page) {
        page.line(if self.removed { "Done." } else { "This device is not a member of any mesh network." });
    }
}

/// Takes the device out of its network.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let session = context.session()?;
    let record = record(context, &session, &args.device)?;
    let removed = record.network.is_some();
    if removed {
        let mut device = MeshDevice::open(context, &record.id)?;
        confirm(context, "Are you sure you want to remove this device from the network?")?;
        end(context, &session, &mut device)?;
    }
    Ok(context.ui.report(&Removed { device: record.id, removed })?)
}
