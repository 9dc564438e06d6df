//! `particle usb stop-listening`

use super::targets::{self, TargetArgs};
use crate::{
    commands::{CommandResult, Context},
    usb::control::Order,
};

/// Make devices leave listening mode
///
/// Nothing happens to a device that is not in listening mode.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    targets::run_on_each(context, &args.targets, |operator, target| {
        target.refuse_in_dfu()?;
        operator.order(target, Order::StopListening)
    })
}
