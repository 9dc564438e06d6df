//! `particle mesh list`

use crate::{
    cloud::{Device, Network, Session},
    commands::{CommandError, CommandResult, Context, Kind, inventory::name_key},
    ui::{Page, Report},
};
use serde::Serialize;

/// List the networks of your account and the devices in them
///
/// A new network is listed once its device has been online.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Id or name of a network; without it all are listed
    network: Option<String>,
    /// Leave the devices out
    #[arg(short, long)]
    networks_only: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct NetworkList(Vec<NetworkRow>);

#[derive(Serialize)]
struct NetworkRow {
    id: String,
    name: String,
    /// Absent where they were not asked for.
    devices: Option<Vec<DeviceRow>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceRow {
    id: String,
    name: Option<String>,
    platform: Option<&'static str>,
    platform_id: Option<u16>,
    #[serde(skip)]
    kind: String,
}

impl From<Device> for DeviceRow {
    fn from(device: Device) -> Self {
        let kind = match (device.platform(), device.platform_id()) {
            (Some(platform), _) => platform.display_name.to_owned(),
            (None, Some(number)) => format!("Platform {number}"),
            (None, None) => "unknown".to_owned(),
        };
        Self {
            name: device.given_name().map(str::to_owned),
            platform: device.platform().map(|platform| platform.name),
            platform_id: device.platform_id().map(|id| id.0),
            id: device.id,
            kind,
        }
    }
}

impl Report for NetworkList {
    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.line("No networks found.");
        }
        for network in &self.0 {
            page.line(page.foreign(&network.name).into_owned());
            let devices = network.devices.as_deref().unwrap_or_default();
            if !devices.is_empty() {
                page.line("  devices:");
            }
            for device in devices {
                let name = page.foreign(device.name.as_deref().unwrap_or("<no name>"));
                page.line(format!("    {name} [{}] ({})", page.foreign(&device.id), device.kind));
            }
        }
    }
}

/// Fetches and shows the networks.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let session = context.session()?;
    let networks = match &args.network {
        Some(network) => vec![find(context, &session, network)?],
        None => all(context, &session)?,
    };
    let _progress = context.ui.spinner("Retrieving network devices...");
    let mut rows = Vec::with_capacity(networks.len());
    for Network { id, name } in networks {
        let devices = match args.networks_only {
            true => None,
            false => Some(devices(context, &session, &id)?),
        };
        rows.push(NetworkRow { id, name, devices });
    }
    Ok(context.ui.report(&NetworkList(rows))?)
}

fn find(context: &Context<'_>, session: &Session<'_>, network: &str) -> CommandResult<Network> {
    let _progress = context.ui.spinner("Getting network information...");
    context.block_on(session.networks().get(network)).map_err(|error: CommandError| match error.kind() {
        Kind::NotFound => CommandError::new(Kind::NotFound, format!("Network not found: {network}"))
            .hint("`particle mesh list` shows the networks of your account"),
        _ => error,
    })
}

fn all(context: &Context<'_>, session: &Session<'_>) -> CommandResult<Vec<Network>> {
    let _progress = context.ui.spinner("Retrieving networks...");
    let mut networks = context.block_on(session.networks().list())?;
    networks.sort_by_cached_key(|network| (network.name.to_lowercase(), network.id.clone()));
    Ok(networks)
}

fn devices(context: &Context<'_>, session: &Session<'_>, network: &str) -> CommandResult<Vec<DeviceRow>> {
    let mut devices = context.block_on(session.networks().devices(network))?;
    devices.sort_by_cached_key(name_key);
    Ok(devices.into_iter().map(DeviceRow::from).collect())
}
