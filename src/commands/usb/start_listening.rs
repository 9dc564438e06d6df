//! `particle usb start-listening`

use super::targets::{self, TargetArgs};
use crate::commands::{CommandResult, Context};

/// Put devices into listening mode (blinking dark blue)
///
/// Devices can be put into listening mode from normal operation and from safe mode.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    targets::run_on_each(context, &args.targets, |operator, target| {
        target.refuse_in_dfu()?;
        operator.start_listening(target)
    })
}
