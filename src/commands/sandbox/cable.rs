//! `particle sandbox plug DEVICE`, `particle sandbox unplug DEVICE`

use super::control;
use crate::{
    commands::{CommandResult, Context},
    sandbox::Location,
    ui::{Page, Report},
};
use serde::Serialize;

/// Whose cable.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Device id or name
    device: String,
}

#[derive(Serialize)]
struct Cable {
    device: String,
    plugged: bool,
}

impl Report for Cable {
    fn render(&self, page: &mut Page) {
        let state = if self.plugged { "plugged in" } else { "unplugged" };
        page.line(format_args!("{} is {state}", page.foreign(&self.device)));
    }
}

/// Puts the cable in, or pulls it.
pub fn run(context: &Context, location: &Location, args: Args, plugged: bool) -> CommandResult {
    let device = args.device;
    control(context, location, |sandbox| context.block_on(sandbox.set_plugged(&device, plugged)))?;
    Ok(context.ui.report(&Cable { device, plugged })?)
}
