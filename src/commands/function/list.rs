//! `particle function list`

use crate::{
    commands::{
        CommandResult, Context,
        arguments::ProductArgs,
        inventory::{self, Row},
    },
    ui::{Page, Report},
};
use serde::Serialize;

/// List the functions of your devices that are online
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    product: ProductArgs,
}

#[derive(Serialize)]
#[serde(transparent)]
struct FunctionList(Vec<Row>);

impl Report for FunctionList {
    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.line("No devices found.");
        }
        for row in &self.0 {
            row.render_device(page);
            row.render_functions(page);
        }
    }
}

/// Fetches and shows the functions.
pub fn run(context: &Context, args: &Args) -> CommandResult {
    context.ui.note("polling server to see what devices are online, and what functions are available");
    let devices = inventory::fetch(context, &context.session()?, args.product.scope())?;
    Ok(context.ui.report(&FunctionList(devices.into_iter().map(Row::from).collect()))?)
}
