//! `particle product device remove`

use super::typed_id;
use crate::{
    commands::{CommandResult, Context},
    platform::DeviceId,
    ui::{Page, Report},
};
use serde::Serialize;

/// Take a device out of a product
///
/// It stays its owner's, and can be added again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id or slug of the product
    product: String,
    /// Id of the device
    #[arg(value_name = "DEVICE_ID")]
    device: String,
}

#[derive(Serialize)]
struct Removed {
    device: DeviceId,
    product: String,
}

impl Report for Removed {
    fn render(&self, page: &mut Page) {
        let product = page.foreign(&self.product).into_owned();
        page.line(format_args!("Success! Removed device {} from product {product}", self.device));
        page.line("");
    }
}

/// Takes the device out.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let device = typed_id(&args.device)?;
    let session = context.session()?;
    let spinner = context.ui.spinner(format!("Removing device {device} from product {}", args.product));
    context
        .block_on(session.product_devices(&args.product).remove(device.as_str()))
        .map_err(|error| error.context("Error removing device from product"))?;
    drop(spinner);
    Ok(context.ui.report(&Removed { device, product: args.product })?)
}
