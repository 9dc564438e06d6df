//! `particle usb safe-mode`

use super::targets::{self, TargetArgs};
use crate::{
    commands::{CommandResult, Context},
    dfu::DfuError,
    usb::control::Order,
};

/// Put devices into safe mode (breathing magenta), where the application does not run
///
/// A device in DFU mode can be put into safe mode if its bootloader is of Device OS 6.1.1 or later. The command waits
/// until each device is there again.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    targets: TargetArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    targets::run_on_each(context, &args.targets, |operator, target| {
        if target.attached.dfu {
            match operator.dfu(target)?.enter_safe_mode() {
                Err(DfuError::Unsupported(_)) => target.refuse_in_dfu()?,
                outcome => outcome?,
            }
        } else {
            operator.order(target, Order::EnterSafeMode)?;
        }
        operator.await_restart(target)
    })
}
