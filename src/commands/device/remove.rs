//! `particle device remove`, `particle cloud remove`

use super::failed;
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, Report},
};
use serde::Serialize;

/// Remove a device from your account, so that anybody can claim it
///
/// Asks first; `--yes` answers. Removing a cellular device does not stop the billing of its SIM: pause or release the
/// SIM, too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle device remove 0123456789abcdef01234567 --yes")]
pub struct Args {
    /// Id or name of the device
    device: String,
}

#[derive(Serialize)]
struct Removed<'a> {
    device: &'a str,
    id: &'a str,
}

impl Report for Removed<'_> {
    fn render(&self, page: &mut Page) {
        page.line("Okay!");
    }
}

/// Releases the device.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let device = args.device.as_str();
    let failed = |error| failed("Didn't remove the device", device, error);
    let session = context.session()?;
    let found = context.block_on(session.devices().get(device)).map_err(failed)?;
    if found.platform().is_some_and(|platform| platform.radio.cellular) {
        context.ui.note(
            "Removing a cellular device does not stop its billing: pause or release its SIM, too \
             at https://console.particle.io.",
        );
    }
    let question = "Are you sure you want to release ownership of this device?";
    if !context.ui.confirm(question, false, "--yes")? {
        return Err(failed(CommandError::new(Kind::Failed, "Not confirmed")));
    }
    context.ui.line(format!("releasing device {}", context.ui.foreign(device)))?;
    context.block_on(session.devices().release(&found.id)).map_err(failed)?;
    Ok(context.ui.report(&Removed { device, id: &found.id })?)
}
