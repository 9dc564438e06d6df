//! `particle device rename`, `particle cloud name`

use super::failed;
use crate::{
    commands::{CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;

/// Give a device of your account another name
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle device rename 0123456789abcdef01234567 \"pirate frosting\"")]
pub struct Args {
    /// Id or name of the device
    device: String,
    /// Its new name
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    name: String,
}

#[derive(Serialize)]
struct Renamed<'a> {
    device: &'a str,
    name: &'a str,
}

impl Report for Renamed<'_> {
    fn render(&self, page: &mut Page) {
        let (device, name) = (page.foreign(self.device), page.foreign(self.name));
        page.line(format_args!("Successfully renamed device {device} to: {name}"));
    }
}

/// Renames the device.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let Args { device, name } = &args;
    let session = context.session()?;
    context.ui.line(format!("Renaming device {}", context.ui.foreign(device)))?;
    context
        .block_on(session.devices().rename(device, name))
        .map_err(|error| failed(&format!("Failed to rename {device}"), device, error))?;
    Ok(context.ui.report(&Renamed { device, name })?)
}
