//! `particle product device list`

use crate::{
    cloud::{ProductDevice, ProductDevices, Selection},
    commands::{CommandResult, Context, inventory::Row},
    ui::{Page, Report},
};
use serde::Serialize;

/// Devices on a page where all pages are wanted: the most that the cloud gives.
const LONGEST_PAGE: u32 = 100;

/// List the devices of a product, or show one of them
///
/// The list is printed page by page as it comes. With --page or --limit it is that one page, as in the Node tool.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle product device list 12345 --groups kitchen garden")]
pub struct Args {
    /// Id or slug of the product
    product: String,
    /// Id of the one device to show
    #[arg(value_name = "DEVICE_ID")]
    device: Option<String>,
    /// Only devices with this in their names
    #[arg(short, long)]
    name: Option<String>,
    /// Only devices in one of these groups
    #[arg(short, long, num_args = 1.., value_delimiter = ',', value_name = "GROUP")]
    groups: Vec<String>,
    /// Only this page
    #[arg(short, long, value_parser = clap::value_parser!(u32).range(1..))]
    page: Option<u32>,
    /// Only one page, with so many devices
    #[arg(short, long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// A device as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    #[serde(flatten)]
    row: Row,
    groups: Vec<String>,
    development: bool,
    quarantined: bool,
    serial_number: Option<String>,
    last_heard: Option<String>,
}

impl From<ProductDevice> for Member {
    fn from(device: ProductDevice) -> Self {
        Self {
            row: device.device.into(),
            groups: device.groups,
            development: device.development,
            quarantined: device.quarantined,
            serial_number: device.serial_number,
            last_heard: device.last_heard,
        }
    }
}

impl Report for Member {
    fn render(&self, page: &mut Page) {
        self.row.render_device(page);
        self.row.render_variables(page);
        self.row.render_functions(page);
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Members(Vec<Member>);

impl Report for Members {
    fn render(&self, page: &mut Page) {
        self.0.iter().for_each(|member| member.render(page));
    }
}

/// Fetches and shows the list, or the one device.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    let products = session.product_devices(&args.product);
    match &args.device {
        Some(device) => show_one(context, &products, device),
        None => show_list(context, &products, &args),
    }
}

fn show_one(context: &Context, products: &ProductDevices<'_>, device: &str) -> CommandResult {
    let spinner = context.ui.spinner(format!("Fetching device {device} detail"));
    let device = context
        .block_on(products.get(device))
        .map_err(|error| error.context("Error showing product device detail"))?;
    drop(spinner);
    Ok(context.ui.report(&Member::from(device))?)
}

/// Text is printed while further pages are fetched; a JSON document is complete or not printed.
fn show_list(context: &Context, products: &ProductDevices<'_>, args: &Args) -> CommandResult {
    let single = args.page.is_some() || args.limit.is_some();
    let selection = Selection {
        name: args.name.clone(),
        groups: args.groups.clone(),
        page_length: if single { args.limit } else { Some(LONGEST_PAGE) },
    };
    let mut members = Members(Vec::new());
    let mut empty = true;
    for number in args.page.unwrap_or(1).. {
        let page = {
            let _spinner = context.ui.spinner(format!("Fetching product {} device list", args.product));
            let page = context.block_on(products.page(number, &selection));
            page.map_err(|error| error.context("Error listing product devices"))?
        };
        let last = single || !page.has_next(number);
        empty &= page.devices.is_empty();
        members.0.extend(page.devices.into_iter().map(Member::from));
        if !context.ui.is_json() {
            context.ui.report(&members)?;
            members.0.clear();
        }
        if last {
            break;
        }
    }
    if context.ui.is_json() {
        context.ui.report(&members)?;
    } else if empty {
        context.ui.line("No devices found.")?;
    }
    Ok(())
}
