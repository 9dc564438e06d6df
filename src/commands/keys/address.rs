//! `particle keys address`

use super::slots::{slots_for, with_slots};
use crate::{
    commands::{
        CommandResult, Context,
        attached::{self, After, Filter},
    },
    keys::server::ServerSlotImage,
    platform::{DeviceId, Protocol},
    ui::{Page, Report},
};
use serde::Serialize;

/// Show which server a device connects to
///
/// Prints the protocol, host and port that are stored beside the server's key.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id or name of the device, if several are attached
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
    /// Show the address for this way of talking to the cloud
    #[arg(long)]
    protocol: Option<Protocol>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    device: DeviceId,
    protocol: Protocol,
    host: String,
    port: u16,
}

impl Report for Address {
    fn render(&self, page: &mut Page) {
        let Self { protocol, host, port, .. } = self;
        page.line("");
        page.line(format_args!("{protocol}://{}:{port}", page.foreign(host)));
    }
}

/// Reads the address.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let device = attached::select(context, args.device.as_deref(), Filter::WithDfu)?;
    let (protocol, bytes) = with_slots(context, &device, After::Restore, |slots| {
        let protocol = slots.protocol(args.protocol)?;
        Ok((protocol, slots.server(protocol)?))
    })?;
    let slot = slots_for(device.platform(), protocol)?.server;
    let address = ServerSlotImage::address(&slot, &bytes)?;
    Ok(context.ui.report(&Address {
        device: device.id,
        protocol,
        host: address.effective_host(protocol),
        port: address.effective_port(protocol),
    })?)
}
