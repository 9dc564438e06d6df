//! `particle sandbox status`

use super::{control, overview::Overview};
use crate::{
    commands::{CommandResult, Context},
    sandbox::Location,
};

/// Show every device of the sandbox: mode, keys, and why it is offline
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {}

/// Shows the devices.
pub fn run(context: &Context, location: &Location, _args: Args) -> CommandResult {
    let status = control(context, location, |sandbox| context.block_on(sandbox.status()))?;
    Ok(context.ui.report(&Overview(status))?)
}
