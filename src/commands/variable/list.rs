//! `particle variable list`

use crate::{
    commands::{
        CommandResult, Context,
        arguments::ProductArgs,
        inventory::{self, Row},
    },
    ui::{Page, Report},
};
use serde::Serialize;

/// List the variables of your devices that are online
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    product: ProductArgs,
}

/// Devices with their variables.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct VariableList(pub Vec<Row>);

impl Report for VariableList {
    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            page.line("No devices found.");
        }
        for row in &self.0 {
            row.render_device(page);
            row.render_variables(page);
        }
    }
}

/// Fetches and shows the variables.
pub fn run(context: &Context, args: &Args) -> CommandResult {
    context.ui.note("polling server to see what devices are online, and what variables are available");
    let devices = inventory::fetch(context, &context.session()?, args.product.scope())?;
    Ok(context.ui.report(&VariableList(devices.into_iter().map(Row::from).collect()))?)
}
