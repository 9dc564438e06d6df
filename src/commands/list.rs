//! `particle list`

use super::{
    CommandResult, Context,
    inventory::{self, Row},
};
use crate::{
    cloud::{Device, DeviceScope},
    platform::Platform,
    ui::{Page, Report},
};
use serde::Serialize;

/// Most devices that are asked for details, one request each, without `--details`.
const DETAILED: usize = 1000;

/// List your devices, and the variables and functions of those that are online
///
/// Devices that are offline come first, each group sorted by name. With more than 1000 devices online, the variables
/// and functions of the first 1000 are shown.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Show only these: `online`, `offline`, a platform (`photon`, `boron`, ...), a device id, or a name
    filter: Option<String>,
    /// Show the variables and functions of every device that is online, however many there are
    #[arg(long)]
    details: bool,
}

/// Which devices to show.
enum Filter {
    All,
    Online(bool),
    Platform(&'static Platform),
    Device(String),
}

impl Filter {
    fn new(text: Option<String>) -> Self {
        match text {
            None => Filter::All,
            Some(text) if text == "online" => Filter::Online(true),
            Some(text) if text == "offline" => Filter::Online(false),
            Some(text) => match Platform::by_name(&text) {
                Some(platform) => Filter::Platform(platform),
                None => Filter::Device(text),
            },
        }
    }

    fn admits(&self, device: &Device) -> bool {
        match self {
            Filter::All => true,
            Filter::Online(online) => device.is_online() == *online,
            Filter::Platform(platform) => device.platform_id() == Some(platform.id),
            Filter::Device(id_or_name) => device.answers_to(id_or_name),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct DeviceList {
    rows: Vec<Row>,
    /// Whether there would be more without the filter.
    #[serde(skip)]
    filtered: bool,
}

impl Report for DeviceList {
    fn render(&self, page: &mut Page) {
        if self.rows.is_empty() && !self.filtered {
            page.line("No devices found.");
        }
        for row in &self.rows {
            row.render_device(page);
            row.render_variables(page);
            row.render_functions(page);
        }
    }
}

/// Fetches and shows the list.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    let spinner = context.ui.spinner("Retrieving devices... (this might take a few seconds)");
    let devices = context.block_on(session.devices().list())?;
    let total = devices.len();
    let description = args.filter.clone().unwrap_or_default();
    let filter = Filter::new(args.filter);
    let mut devices: Vec<Device> = devices.into_iter().filter(|device| filter.admits(device)).collect();
    devices.sort_by_cached_key(|device| (device.is_online(), inventory::name_key(device)));
    let rest = if args.details { Vec::new() } else { split_rest(&mut devices) };
    let (mut devices, missing) =
        context.block_on(inventory::with_details(&session, DeviceScope::Account, devices))?;
    drop(spinner);
    inventory::warn_of_missing(context, &missing);
    if !rest.is_empty() {
        let count = rest.len();
        context
            .ui
            .note(format!("Variables and functions of {count} more devices: --details fetches them, too."));
    }
    devices.extend(rest);
    if devices.is_empty() && total > 0 {
        context.ui.note(format!("None of your {total} devices matches {description:?}."));
    }
    let rows: Vec<Row> = devices.into_iter().map(Row::from).collect();
    Ok(context.ui.report(&DeviceList { filtered: rows.len() < total, rows })?)
}

/// Takes away the devices that are too many to be asked for details. In the order of lists those that are offline, and
/// are not asked, come first.
fn split_rest(devices: &mut Vec<Device>) -> Vec<Device> {
    let offline = devices.iter().filter(|device| !device.is_online()).count();
    devices.split_off(devices.len().min(offline + DETAILED))
}
