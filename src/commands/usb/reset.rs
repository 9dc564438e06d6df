//! `particle usb reset`

use super::targets::{self, TargetArgs};
use crate::{
    commands::{CommandResult, Context},
    usb::control::Order,
};

/// Restart devices
///
/// A device in DFU mode starts its firmware. The command waits until each device is there again.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    targets::run_on_each(context, &args.targets, |operator, target| {
        if target.attached.dfu {
            operator.dfu(target)?.leave()?;
        } else {
            operator.order(target, Order::Reset)?;
        }
        operator.await_restart(target)
    })
}
