//! `particle serial mac`

use super::{
    dialogue,
    subject::{self, SubjectArgs},
};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind, attached::heed_interrupts},
    platform::{DeviceId, Generation, Platform},
    serial::{ListeningConsole, MacAddress},
    ui::{Page, Report},
    usb::control::{
        ControlChannel, ControlError, REQUEST_LIMIT, RequestType,
        messages::{GetNetworkInterface, InterfaceKind, NetworkInterfaceReply, NetworkInterfacesReply},
    },
};
use serde::Serialize;

/// Show the MAC address of a device
///
/// The device is asked over USB; a Photon or a P1 has to be in listening mode (blinking blue).
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
}

/// An address, and what it is the address of.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    id: Option<DeviceId>,
    mac_address: String,
    /// Null where the console told, which does not say.
    interface: Option<&'static str>,
}

impl Report for Address {
    fn render(&self, page: &mut Page) {
        page.line("");
        page.line(format_args!("Your device MAC address is {}", self.mac_address));
        if let Some(interface) = self.interface {
            page.line(format_args!("Interface is {interface}"));
        }
    }
}

/// What a device tells: nothing where it has no such interface.
type Told = Option<(MacAddress, Option<&'static str>)>;

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let subject = subject::choose(context, &args.subject)?;
    if subject.platform().is_some_and(|platform| platform.generation == Generation::One) {
        return Err(CommandError::new(Kind::Device, "Unable to get MAC address of a Core"));
    }
    let platform = subject.platform();
    let told = dialogue::ask(
        context,
        &subject,
        |channel, _| ask_by_request(channel),
        |console| ask_console(console, platform),
    );
    let told = told.map_err(|error| error.context("Could not get MAC address"))?;
    let (address, interface) =
        told.ok_or_else(|| CommandError::new(Kind::Device, "Your device does not have a MAC address"))?;
    let mac_address = address.to_string();
    Ok(context.ui.report(&Address { id: subject.id().cloned(), mac_address, interface })?)
}

/// The first interface that is of Wi-Fi or Ethernet and has an address.
fn ask_by_request(channel: &mut ControlChannel) -> Result<Told, ControlError> {
    let list: NetworkInterfacesReply =
        channel.call(RequestType::LIST_NETWORK_INTERFACES, &(), REQUEST_LIMIT)?;
    for entry in list.interfaces {
        let name = match entry.kind() {
            InterfaceKind::Wifi => "Wifi",
            InterfaceKind::Ethernet => "Ethernet",
            _ => continue,
        };
        let question = GetNetworkInterface { index: entry.index };
        let reply: NetworkInterfaceReply =
            channel.call(RequestType::GET_NETWORK_INTERFACE, &question, REQUEST_LIMIT)?;
        let address =
            reply.interface.and_then(|interface| MacAddress::from_bytes(&interface.hardware_address));
        if let Some(address) = address {
            return Ok(Some((address, Some(name))));
        }
    }
    Ok(None)
}

fn ask_console(console: &mut ListeningConsole<'_>, platform: Option<&Platform>) -> CommandResult<Told> {
    // Such a console does not know the question, and would be waited for in vain.
    if platform.is_some_and(|platform| !platform.radio.wifi) {
        return Ok(None);
    }
    Ok(Some((console.mac_address()?, None)))
}
