//! `particle version`

use super::{CommandResult, Context};
use crate::ui::{Page, Report};
use serde::Serialize;

/// Show the version of this program
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Serialize)]
struct Version {
    version: &'static str,
}

impl Report for Version {
    fn render(&self, page: &mut Page) {
        page.line(self.version);
    }
}

/// Prints the bare number, as scripts expect it of the Node tool.
pub fn run(context: &Context, _args: Args) -> CommandResult {
    Ok(context.ui.report(&Version { version: env!("CARGO_PKG_VERSION") })?)
}
