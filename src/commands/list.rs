//! `particle list`

use super::{CommandResult, Context};
use crate::{
    cloud::{CloudError, Device, Session},
    platform::Platform,
    ui::{Page, Report},
};
use anstyle::{AnsiColor, Style};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::{Map, Value};

/// Number of devices that are asked for details at the same time.
const CONCURRENCY: usize = 10;

/// List your devices, and the variables and functions of those that are online
///
/// Devices that are offline come first, each group sorted by name.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Show only these: `online`, `offline`, a platform (`photon`, `boron`, ...), a device id, or a name
    filter: Option<String>,
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

/// One device of the list. Variables and functions are null where they are not known.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    name: Option<String>,
    online: bool,
    platform: Option<&'static str>,
    platform_id: Option<u16>,
    product_id: Option<i64>,
    variables: Option<Map<String, Value>>,
    functions: Option<Vec<String>>,
    #[serde(skip)]
    kind: String,
}

impl From<Device> for Row {
    fn from(device: Device) -> Self {
        Self {
            kind: kind(&device),
            name: device.given_name().map(str::to_owned),
            online: device.is_online(),
            platform: device.platform().map(|platform| platform.name),
            platform_id: device.platform_id().map(|id| id.0),
            product_id: device.product_id,
            id: device.id,
            variables: device.variables,
            functions: device.functions,
        }
    }
}

/// What stands in parentheses behind a device: the board, or the product for a board that is not known here.
fn kind(device: &Device) -> String {
    match (device.platform(), device.product_id, device.platform_id()) {
        (Some(platform), _, _) => platform.display_name.to_owned(),
        (None, Some(product), _) => format!("Product {product}"),
        (None, None, Some(platform)) => format!("Platform {platform}"),
        (None, None, None) => "unknown".to_owned(),
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
        self.rows.iter().for_each(|row| render_row(row, page));
    }
}

fn render_row(row: &Row, page: &mut Page) {
    let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
    let style = if row.online { cyan.bold() } else { cyan.dimmed() };
    let name = page.foreign(row.name.as_deref().unwrap_or("<no name>"));
    let (id, state) = (page.foreign(&row.id), if row.online { "online" } else { "offline" });
    page.line(format!("{style}{name}{style:#} [{id}] ({}) is {state}", row.kind));
    let variables: Vec<_> = row.variables.iter().flatten().collect();
    if !variables.is_empty() {
        page.line("  Variables:");
    }
    for (name, kind) in variables {
        let kind = kind.as_str().unwrap_or("unknown");
        page.line(format!("    {} ({})", page.foreign(name), page.foreign(kind)));
    }
    let functions: Vec<_> = row.functions.iter().flatten().collect();
    if !functions.is_empty() {
        page.line("  Functions:");
    }
    for name in functions {
        // The space at the end is the Node tool's.
        page.line(format!("    int {} (String args) ", page.foreign(name)));
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
    devices.sort_by_cached_key(|device| {
        let name = device.given_name().unwrap_or_default();
        (device.is_online(), name.to_lowercase(), device.id.clone())
    });
    let (devices, missing) = context.block_on(with_details(&session, devices))?;
    drop(spinner);
    warn_of_missing(context, &missing);
    if devices.is_empty() && total > 0 {
        context.ui.note(format!("None of your {total} devices matches {description:?}."));
    }
    let rows: Vec<Row> = devices.into_iter().map(Row::from).collect();
    Ok(context.ui.report(&DeviceList { filtered: rows.len() < total, rows })?)
}

/// A device whose details could not be had.
struct Missing {
    device: String,
    error: CloudError,
}

/// Adds variables and functions to the devices that are online. The order stays.
async fn with_details(
    session: &Session<'_>,
    devices: Vec<Device>,
) -> Result<(Vec<Device>, Vec<Missing>), CloudError> {
    let mut missing = Vec::new();
    let mut complete = Vec::with_capacity(devices.len());
    let mut answers = stream::iter(devices)
        .map(|device| async {
            let details =
                if device.is_online() { Some(session.devices().get(&device.id).await) } else { None };
            (device, details)
        })
        .buffered(CONCURRENCY);
    while let Some((mut device, details)) = answers.next().await {
        match details {
            Some(Ok(details)) => {
                device.variables = details.variables;
                device.functions = details.functions;
            }
            Some(Err(error)) => {
                let device = device.given_name().unwrap_or(&device.id).to_owned();
                missing.push(Missing { device, error });
            }
            None => {}
        }
        complete.push(device);
    }
    drop(answers);
    Ok((complete, missing))
}

/// One line however many there are: they mostly fail for the same reason.
fn warn_of_missing(context: &Context, missing: &[Missing]) {
    let Some(first) = missing.first() else { return };
    let names: Vec<_> = missing.iter().map(|missing| context.ui.foreign(&missing.device)).collect();
    context.ui.warn(format!(
        "variables and functions of {} could not be fetched: {}",
        names.join(", "),
        first.error
    ));
}
