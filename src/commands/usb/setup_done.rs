//! `particle usb setup-done`

use super::targets::{self, TargetArgs};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Operator, Target},
    },
    platform::Generation,
    usb::control::{ControlError, Order},
};

/// From this major version of Device OS on there is no flag any more: set-up is always done.
const FIRST_WITHOUT_FLAG: u32 = 4;

/// Mark the set-up of devices as done, so that they do not start in listening mode
///
/// Devices of generation 3 have such a mark, up to Device OS 3. From Device OS 4.0.0 on, set-up is always done.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    targets: TargetArgs,
    /// Take the mark away: the devices start in listening mode again
    #[arg(long)]
    reset: bool,
}

/// What became of the mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// It was changed.
    Changed,
    /// The firmware has none: set-up is always done.
    None,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let answers = targets::ask_each(context, &args.targets, |operator, target| {
        target.refuse_in_dfu()?;
        if target.platform().generation < Generation::Three {
            let message = format!("{} has no mark for set-up", target.platform().with_article());
            return Err(CommandError::new(Kind::Device, message));
        }
        if args.reset { reset(operator, target) } else { set(operator, target) }
    })?;
    let note_missing = |device: &str| {
        context.ui.note(format!("{device}: its Device OS has no mark for set-up, which is always done."));
    };
    let results = answers.into_iter().map(|(device, answer)| {
        if matches!(answer, Ok(Mark::None)) {
            note_missing(&device);
        }
        (device, answer.map(|_| ()))
    });
    targets::report(context, results.collect())
}

/// Sets the mark and lets the device get on with its work.
fn set(operator: &Operator, target: &Target) -> CommandResult<Mark> {
    let mut channel = operator.control(&target.attached)?;
    channel.set_setup_done(true)?;
    let version = channel.system_version()?;
    channel.order(Order::StopListening)?;
    Ok(if version.is_some_and(|version| has_no_mark(&version)) { Mark::None } else { Mark::Changed })
}

/// Takes the mark away and puts the device into listening mode.
fn reset(operator: &Operator, target: &Target) -> CommandResult<Mark> {
    let outcome = operator.control(&target.attached).and_then(|mut channel| channel.set_setup_done(false));
    outcome.map_err(|error: ControlError| {
        if error.is_not_supported() {
            let message = "its Device OS has no mark for set-up that could be taken away";
            CommandError::new(Kind::Device, message)
                .hint("`particle usb start-listening` works on every device")
        } else {
            error.into()
        }
    })?;
    operator.start_listening(target)?;
    Ok(Mark::Changed)
}

fn has_no_mark(version: &str) -> bool {
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= FIRST_WITHOUT_FLAG)
}
