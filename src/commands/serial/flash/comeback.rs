//! Waiting for a device to run again after it was sent a module.

use crate::{
    commands::{
        CommandError, CommandResult, Context,
        attached::{Operator, Target, read_inventory},
    },
    firmware::Prefix,
};
use std::time::{Duration, Instant};

/// How long a device may take to go away for its restart.
const DEPARTURE_LIMIT: Duration = Duration::from_secs(3);
/// How long it may take until it runs what it was sent.
const LIMIT: Duration = Duration::from_secs(30);
/// The shortest such times, however much pauses are shortened.
const SHORTEST_DEPARTURE_LIMIT: Duration = Duration::from_millis(300);
const SHORTEST_LIMIT: Duration = Duration::from_secs(5);
const POLL_PAUSE: Duration = Duration::from_millis(250);

/// What a device tells of itself once it runs again. Early firmware tells neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Comeback {
    /// Its version of Device OS.
    pub(super) os_version: Option<String>,
    /// The version of the module that was sent.
    pub(super) module_version: Option<u16>,
}

/// Waits until the device runs with this module. `None` if it does not in good time, which is no failure: it has the
/// file, and the person sees its light.
pub(super) fn wait(
    context: &Context<'_>,
    operator: &Operator,
    target: &Target,
    module: &Prefix,
) -> CommandResult<Option<Comeback>> {
    let _progress = context.ui.spinner("Waiting for the device to restart...");
    let clock = &context.clock;
    let pause = || {
        clock.pause(POLL_PAUSE).map_err(|stop| {
            CommandError::from(stop)
                .hint("the device has the file; it was restarting when you stopped waiting")
        })
    };
    let limit = |whole: Duration, shortest| Instant::now() + clock.scaled(whole).max(shortest);
    let departure = limit(DEPARTURE_LIMIT, SHORTEST_DEPARTURE_LIMIT);
    while Instant::now() < departure && look(operator, target, module).is_some() {
        pause()?;
    }
    let deadline = limit(LIMIT, SHORTEST_LIMIT);
    while Instant::now() < deadline {
        let seen = look(operator, target, module);
        let runs_it = |seen: &Comeback| seen.module_version.is_none_or(|version| version == module.version);
        if let Some(seen) = seen.filter(runs_it) {
            return Ok(Some(seen));
        }
        pause()?;
    }
    Ok(None)
}

/// What a device tells now; `None` if it is not there, or does not answer.
fn look(operator: &Operator, target: &Target, module: &Prefix) -> Option<Comeback> {
    let attached = operator.find(target, false).ok()??;
    let mut channel = operator.control(&attached).ok()?;
    let os_version = channel.system_version().ok()?;
    let inventory = match read_inventory(&mut channel, target.platform().id) {
        Err(error) if error.is_not_supported() => None,
        inventory => Some(inventory.ok()?),
    };
    let found = inventory.map(|inventory| inventory.find(module.function, module.index).cloned());
    // One that tells of all but this module does not have it, whatever its version.
    let module_version = match found {
        Some(None) => return None,
        Some(Some(found)) => Some(found.version),
        None => None,
    };
    Some(Comeback { os_version, module_version })
}
