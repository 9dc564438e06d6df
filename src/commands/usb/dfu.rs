//! `particle usb dfu`

use super::targets::{self, TargetArgs};
use crate::commands::{CommandResult, Context};

/// Put devices into DFU mode (blinking yellow)
///
/// The command waits until each device is there again. Nothing happens to a device that is in DFU mode already.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    targets::run_on_each(context, &args.targets, |operator, target| operator.enter_dfu(target).map(|_| ()))
}
