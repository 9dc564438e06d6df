//! `particle sandbox press DEVICE BUTTON`

use super::control;
use crate::{
    commands::{CommandResult, Context},
    sandbox::{Location, bench::Button},
    ui::{Page, Report},
};
use serde::Serialize;

/// Press a device's buttons: `reset` is RESET alone, the others hold MODE as long as it takes
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
                Button::Factory =>
                    "blinked white: it has its factory image, if there is one, and no networks",
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
