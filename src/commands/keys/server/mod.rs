//! `particle keys server`

mod arguments;
mod plan;

use super::{
    backup,
    file_names::Stem,
    slots::{key_layout, slots_for, with_slots},
};
use crate::{
    atomic_file::Access,
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{self, After, Filter},
        keys::files::{self, Existing},
    },
    keys::server::{ServerAddress, ServerSlotImage, default_image},
    platform::{DeviceId, PLATFORMS, Platform, Protocol, ServerSlot},
    ui::{Page, Report},
};
use arguments::Places;
use plan::{KeySource, Plan};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Change which server a device connects to
///
/// Writes the server's public key and address to the device; without FILE, those of Particle's cloud. FILE is a public
/// key as PEM or DER, or a file this command made. The device stays in DFU mode (blinking yellow) if it was in it.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "particle keys server [FILE [HOST [PORT]] [OUTPUT]] [OPTIONS]",
    after_help = "Examples:\n  particle keys server\n  particle keys server my_server.der 192.168.1.10 9000 \
                  --protocol udp\n  particle keys server my_server.pub.pem --host my.server --deviceType photon"
)]
pub struct Args {
    /// The server's public key
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The server's IPv4 address or domain name, its port, and a file to write instead of a device
    #[arg(value_name = "HOST PORT OUTPUT", num_args = 0..=3, requires = "file")]
    places: Vec<String>,
    /// The server's IPv4 address or domain name
    #[arg(long)]
    host: Option<String>,
    /// The server's port
    #[arg(long)]
    port: Option<u16>,
    /// Change the server for this way of talking to the cloud
    #[arg(long)]
    protocol: Option<Protocol>,
    /// Touch no device: only make the file for a device of this kind
    #[arg(
        long = "deviceType",
        alias = "device-type",
        value_name = "PLATFORM",
        value_parser = platform
    )]
    device_type: Option<&'static Platform>,
    /// Id or name of the device, if several are attached
    #[arg(long, value_name = "DEVICE", conflicts_with = "device_type")]
    device: Option<String>,
    /// Replace a file that exists
    #[arg(long)]
    force: bool,
    /// Do not read the key back to compare
    #[arg(long)]
    no_verify: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServerKeys {
    device: Option<DeviceId>,
    protocol: Protocol,
    host: String,
    port: u16,
    file: Option<PathBuf>,
    backup: Option<PathBuf>,
}

impl Report for ServerKeys {
    fn render(&self, page: &mut Page) {
        page.line(match self.device {
            Some(_) => "Okay!  New keys in place, your device will not restart.",
            // The spelling is what scripts know.
            None => "Okay!  Formated server key file generated for this type of device.",
        });
    }
}

/// Gives a device the key and the address of Particle's cloud.
pub(in crate::commands) fn restore(context: &Context, device: &DeviceId) -> CommandResult {
    let plan = Plan {
        key: KeySource::Particle,
        address: None,
        output: None,
        existing: Existing::Keep,
        verify: true,
    };
    let report = change_device(context, &plan, Some(device.as_str()), None)?;
    Ok(context.ui.show(&report)?)
}

/// Changes the server.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let places = Places::sort_out(&args.places, args.host.as_deref(), args.port)?;
    let plan = Plan {
        key: KeySource::load(args.file.as_deref())?,
        address: places.address()?,
        output: places.output,
        existing: Existing::forced(args.force),
        verify: !args.no_verify,
    };
    let report = match args.device_type {
        Some(platform) => make_file(context, &plan, platform, args.protocol)?,
        None => change_device(context, &plan, args.device.as_deref(), args.protocol)?,
    };
    Ok(context.ui.report(&report)?)
}

/// Makes the file for a kind of device, without one.
fn make_file(
    context: &Context,
    plan: &Plan,
    platform: &'static Platform,
    protocol: Option<Protocol>,
) -> CommandResult<ServerKeys> {
    let KeySource::File { path, .. } = &plan.key else {
        return Err(CommandError::new(
            Kind::Usage,
            "`filename` parameter is required when `--deviceType` is set",
        ));
    };
    let protocol = match protocol {
        Some(protocol) => protocol,
        None => key_layout(platform)?.default_protocol(),
    };
    let slot = slots_for(platform, protocol)?.server;
    let image = plan.image(protocol, &slot)?;
    let output = plan.output.clone().unwrap_or_else(|| plan.generated_name(path, protocol));
    files::write(&output, &image, Access::Everyone, plan.existing)?;
    let address = ServerSlotImage::address(&slot, &image)?;
    let (host, port) = effect(context, protocol, &address, plan);
    Ok(ServerKeys { device: None, protocol, host, port, file: Some(output), backup: None })
}

/// Writes the key and address to the device, and to a file if one was named.
fn change_device(
    context: &Context,
    plan: &Plan,
    device: Option<&str>,
    protocol: Option<Protocol>,
) -> CommandResult<ServerKeys> {
    let device = attached::select(context, device, Filter::WithDfu)?;
    let (protocol, address, backup) = with_slots(context, &device, After::Restore, |slots| {
        let protocol = slots.protocol(protocol)?;
        let slot = slots_for(device.platform(), protocol)?.server;
        let image = plan.image(protocol, &slot)?;
        if let Some(output) = &plan.output {
            files::write(output, &image, Access::Everyone, plan.existing)?;
        }
        let old = slots.server(protocol)?;
        let backup = if old == image || old == default_image(protocol, &slot)? {
            None
        } else {
            backup::keep(&Stem::of_server_key(device.id.as_str()), protocol, &old)?
        };
        tell_old(context, protocol, &slot, &old, backup.as_deref());
        slots.set_server(protocol, &image, plan.verify)?;
        Ok((protocol, ServerSlotImage::address(&slot, &image)?, backup))
    })?;
    let (host, port) = effect(context, protocol, &address, plan);
    Ok(ServerKeys { device: Some(device.id), protocol, host, port, file: plan.output.clone(), backup })
}

/// Says what the device had before, and how to get it back.
fn tell_old(context: &Context, protocol: Protocol, slot: &ServerSlot, old: &[u8], backup: Option<&Path>) {
    if let Ok(address) = ServerSlotImage::address(slot, old) {
        let (host, port) = (address.effective_host(protocol), address.effective_port(protocol));
        context.ui.note(format!("The server was {protocol}://{host}:{port}"));
    }
    if let Some(backup) = backup.map(Path::display) {
        context.ui.note(format!(
            "Saved its key and address to {backup}; `particle keys server {backup}` restores them"
        ));
    }
}

/// What firmware will make of an address: host and port. Says where that may be a surprise.
fn effect(context: &Context, protocol: Protocol, address: &ServerAddress, plan: &Plan) -> (String, u16) {
    let (host, port) = (address.effective_host(protocol), address.effective_port(protocol));
    if plan.forgets_the_address(address) {
        context.ui.note(format!("No address was given, so the device will connect to {host}"));
    }
    if protocol == Protocol::Udp && port != protocol.default_port() {
        let own = protocol.default_port();
        context.ui.warn(format!(
            "firmware ignores the port for udp and uses {own}; only an Electron with Device OS 1.0.1 or older uses \
             {port}"
        ));
    }
    (host, port)
}

fn platform(name: &str) -> Result<&'static Platform, String> {
    let known = Platform::by_name(name).filter(|platform| platform.keys.is_some());
    known.ok_or_else(|| {
        let names: Vec<_> = PLATFORMS
            .iter()
            .filter(|platform| platform.keys.is_some())
            .map(|platform| platform.name)
            .collect();
        format!("no kind of device with keys is called that; there are {}", names.join(", "))
    })
}
