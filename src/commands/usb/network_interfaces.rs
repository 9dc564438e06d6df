//! `particle usb network-interfaces`

use super::targets::{self, TargetArgs};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Operator, Target},
        outcome::first_failure,
    },
    platform::Generation,
    ui::{Page, Report},
    usb::control::messages::{INTERFACE_FLAGS, Interface, InterfaceAddress},
};
use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr};

/// Show the network interfaces of devices
///
/// Devices of generation 3 and later tell them.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let answers = targets::ask_each(context, &args.targets, ask)?;
    let mut told = Vec::new();
    let mut results = Vec::new();
    for (device, answer) in answers {
        let result = answer.map(|answer| told.push(answer));
        results.push((device, result));
    }
    context.ui.report(&Devices(told))?;
    first_failure(context, results)
}

fn ask(operator: &Operator, target: &Target) -> CommandResult<Device> {
    target.refuse_in_dfu()?;
    let name = target.platform().display_name;
    let interfaces = operator.control(&target.attached).and_then(|mut channel| channel.network_interfaces());
    let interfaces = interfaces.map_err(|error| {
        let error = match target.platform().generation {
            Generation::Three | Generation::Four => error.into(),
            _ if error.is_not_supported() => CommandError::new(
                Kind::Device,
                format!("the firmware of {} does not tell", target.platform().with_article()),
            ),
            _ => CommandError::from(error),
        };
        error.context(format!("Error getting network interfaces ({name} / {})", target.id))
    })?;
    let interfaces = interfaces.iter().map(Shown::from).collect();
    Ok(Device { device: target.id.to_string(), platform: target.platform().name, interfaces, name })
}

#[derive(Serialize)]
#[serde(transparent)]
struct Devices(Vec<Device>);

#[derive(Serialize)]
struct Device {
    device: String,
    platform: &'static str,
    interfaces: Vec<Shown>,
    #[serde(skip)]
    name: &'static str,
}

/// An interface as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    index: u32,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    flags: u32,
    flag_names: Vec<&'static str>,
    mtu: u32,
    ipv4: Vec<String>,
    ipv6: Vec<String>,
    hardware_address: Option<String>,
}

impl From<&Interface> for Shown {
    fn from(interface: &Interface) -> Self {
        let addresses = |addresses: &[InterfaceAddress]| addresses.iter().filter_map(with_prefix).collect();
        let hardware: Vec<_> = interface.hardware_address.iter().map(|byte| format!("{byte:02x}")).collect();
        let named = INTERFACE_FLAGS.iter().filter(|(bit, _)| interface.flags & bit != 0);
        Self {
            index: interface.index,
            name: interface.name.clone(),
            kind: interface.kind().name(),
            flags: interface.flags,
            flag_names: named.map(|(_, name)| *name).collect(),
            mtu: interface.mtu,
            ipv4: interface.ipv4.as_ref().map(|config| addresses(&config.addresses)).unwrap_or_default(),
            ipv6: interface.ipv6.as_ref().map(|config| addresses(&config.addresses)).unwrap_or_default(),
            hardware_address: (!hardware.is_empty()).then(|| hardware.join(":")),
        }
    }
}

/// `192.168.1.5/24`. `None` for what is no address.
fn with_prefix(address: &InterfaceAddress) -> Option<String> {
    Some(format!("{}/{}", address.ip()?, address.prefix_length))
}

impl Report for Devices {
    fn render(&self, page: &mut Page) {
        for device in &self.0 {
            page.line(format_args!("Device ID: {} ({})", device.device, device.name));
            if device.interfaces.is_empty() {
                page.line("No network interfaces found.");
            }
            for interface in &device.interfaces {
                interface.render(page);
            }
        }
    }
}

impl Shown {
    /// In the manner of `ifconfig`.
    fn render(&self, page: &mut Page) {
        let name = page.foreign(&self.name).into_owned();
        let flags = self.flag_names.join(",");
        page.line(format_args!("\t{name}({}): flags={}<{flags}> mtu {}", self.kind, self.flags, self.mtu));
        for address in &self.ipv4 {
            if let Some((address, prefix)) = address.split_once('/') {
                page.line(format_args!("\t\tinet {address} netmask {}", netmask(prefix)));
            }
        }
        for address in &self.ipv6 {
            if let Some((address, prefix)) = address.split_once('/') {
                page.line(format_args!("\t\tinet6 {address} prefixlen {prefix}"));
            }
        }
        if let Some(address) = &self.hardware_address {
            page.line(format_args!("\t\tether {address}"));
        }
    }
}

/// The netmask with this many bits.
fn netmask(prefix_length: &str) -> IpAddr {
    let length: u32 = prefix_length.parse().unwrap_or(32);
    Ipv4Addr::from(u32::MAX.checked_shl(32 - length.min(32)).unwrap_or(0)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn netmasks_of_every_length() {
        let masks = ["0", "8", "25", "32", "99"].map(|length| netmask(length).to_string());
        assert_eq!(masks, ["0.0.0.0", "255.0.0.0", "255.255.255.128", "255.255.255.255", "255.255.255.255"]);
    }
}
