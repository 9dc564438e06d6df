//! `particle keys protocol`

use super::slots::{Slots, key_layout, protocol_is_fixed, slots_for, with_slots};
use crate::{
    commands::{
        CommandResult, Context,
        attached::{self, After, Filter, Target},
    },
    keys::{device_reader, server::ServerSlotImage},
    platform::{DeviceId, Protocol},
    ui::{Page, Report},
};
use serde::Serialize;

/// Show or change how a device talks to the cloud
///
/// The Electron and the E Series can use tcp instead of udp; every other device uses one of the two for good.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle keys protocol tcp")]
pub struct Args {
    /// The protocol to change to; without it the present one is shown
    #[arg(value_name = "PROTOCOL")]
    change_to: Option<Protocol>,
    /// Same as PROTOCOL
    #[arg(long, conflicts_with = "change_to")]
    protocol: Option<Protocol>,
    /// Id or name of the device, if several are attached
    #[arg(long, value_name = "DEVICE")]
    device: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceProtocol {
    device: DeviceId,
    protocol: Protocol,
    changed: bool,
}

impl Report for DeviceProtocol {
    fn render(&self, page: &mut Page) {
        let Self { protocol, changed, .. } = self;
        if *changed {
            page.line(format_args!("Protocol changed to {protocol}"));
        } else {
            page.line(format_args!("Device protocol is set to {protocol}"));
        }
    }
}

/// Shows or changes the protocol.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let device = attached::select(context, args.device.as_deref(), Filter::WithDfu)?;
    let report = match args.change_to.or(args.protocol) {
        Some(protocol) => change(context, &device, protocol)?,
        None => show(context, &device)?,
    };
    Ok(context.ui.report(&report)?)
}

/// Asks the device only if its kind leaves a choice.
fn show(context: &Context, device: &Target) -> CommandResult<DeviceProtocol> {
    let layout = key_layout(device.platform())?;
    let protocol = match layout.transport_flag {
        None => layout.default_protocol(),
        Some(_) => with_slots(context, device, After::Restore, |slots| slots.protocol(None))?,
    };
    Ok(DeviceProtocol { device: device.id.clone(), protocol, changed: false })
}

fn change(context: &Context, device: &Target, protocol: Protocol) -> CommandResult<DeviceProtocol> {
    if key_layout(device.platform())?.flag_of_protocol(protocol).is_none() {
        return Err(protocol_is_fixed());
    }
    with_slots(context, device, After::Restore, |slots| {
        warn_of_bad_keys(context, device, slots, protocol)?;
        slots.set_protocol(protocol)
    })?;
    Ok(DeviceProtocol { device: device.id.clone(), protocol, changed: true })
}

/// Each transport has keys of its own, and those of the one that was never used may never have been set.
fn warn_of_bad_keys(
    context: &Context,
    device: &Target,
    slots: &mut Slots,
    protocol: Protocol,
) -> CommandResult {
    if let Err(error) = device_reader::read(protocol, &slots.private_key(protocol)?) {
        context.ui.warn(format!(
            "the device has no usable key for {protocol} ({error}); `particle keys doctor ID --protocol {protocol}` \
             makes one"
        ));
    }
    let server = slots_for(device.platform(), protocol)?.server;
    if let Err(error) = ServerSlotImage::parse(protocol, &server, &slots.server(protocol)?) {
        context.ui.warn(format!(
            "the device has no usable server key for {protocol} ({error}); `particle keys server --protocol \
             {protocol}` writes Particle's"
        ));
    }
    Ok(())
}
