//! What the cloud knows of devices and their networks.

use super::device::MeshDevice;
use crate::{
    cloud::{Device, Network, Session},
    commands::{CommandError, CommandResult, Context, Kind, device::failed},
    usb::control::ControlChannel,
};
use serde::Serialize;

/// A network in a report.
#[derive(Serialize)]
pub(super) struct NetworkReport {
    pub(super) id: String,
    pub(super) name: String,
}

impl From<Network> for NetworkReport {
    fn from(network: Network) -> Self {
        Self { id: network.id, name: network.name }
    }
}

/// The account's device with this id or name.
pub(super) fn record(context: &Context<'_>, session: &Session<'_>, device: &str) -> CommandResult<Device> {
    let _progress = context.ui.spinner("Getting device information...");
    context
        .block_on(session.devices().get(device))
        .map_err(|error| failed("Unable to get device information", device, error))
}

/// The same, where the account need not have the device.
pub(super) fn record_if_claimed(
    context: &Context<'_>,
    session: &Session<'_>,
    device: &str,
) -> CommandResult<Option<Device>> {
    match record(context, session, device) {
        Ok(device) => Ok(Some(device)),
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Permission) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks for leave to take a device out of a network.
pub(super) fn confirm(context: &Context<'_>, question: &str) -> CommandResult {
    match context.ui.confirm(question, false, "--yes")? {
        true => Ok(()),
        false => Err(CommandError::new(Kind::Failed, "Cancelled")),
    }
}

/// Takes a device out of its network. The cloud comes last: its word is what commands go by, so one that is typed again
/// after a failure goes on where this one ended.
pub(super) fn end(context: &Context<'_>, session: &Session<'_>, device: &mut MeshDevice) -> CommandResult {
    let progress = context.ui.spinner("Clearing the network credentials...");
    device
        .in_listening_mode(|device| device.ask(ControlChannel::leave_mesh_network))
        .map_err(|error| error.context("Unable to clear the network credentials"))?;
    progress.message("Removing the device from the network...");
    context.block_on(session.networks().remove_device_from_any(device.id().as_str())).map_err(|error| {
        error
            .context("The device has left its network, but the cloud still takes it for a member")
            .hint("type the same command again")
    })
}
