//! `particle sandbox press DEVICE BUTTON`

use super::control;
use crate::{
    commands::{CommandResult, Context},
    sandbox::{Location, bench::Button},
    ui::{Page, Report},
};
use serde::Serialize;

/// Press a device's buttons: `dfu`, `listen` and `safe` hold MODE as long as it takes, `reset` is RESET alone
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Device id or name
    device: String,
    /// What to press
    button: Button,
}

#[derive(Serialize)]
struct Pressed {
    device: String,
    button: Button,
}

impl Report for Pressed {
    fn render(&self, page: &mut Page) {
        page.line(format_args!(
            "{} {}",
            page.foreign(&self.device),
            match self.button {
                Button::Dfu => "blinks yellow: it is in DFU mode",
                Button::Listen => "blinks dark blue: it is in listening mode",
                Button::Safe => "breathes magenta: it is in safe mode",
                Button::Reset => "was reset",
            }
        ));
    }
}

/// Presses the button.
pub fn run(context: &Context, location: &Location, args: Args) -> CommandResult {
    let Args { device, button } = args;
    control(context, location, |sandbox| context.block_on(sandbox.press(&device, button)))?;
    Ok(context.ui.report(&Pressed { device, button })?)
}
