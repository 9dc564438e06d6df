//! How a command that works on several devices went with each.

use super::{CommandError, CommandResult, Context};
use serde::Serialize;

/// How it went with one device.
#[derive(Serialize)]
pub(super) struct Outcome {
    /// Its id or name.
    pub device: String,
    /// Whether it did what it was told.
    pub done: bool,
    /// Why not.
    pub error: Option<String>,
}

impl Outcome {
    /// The outcome in a device's result.
    pub fn of((device, result): &(String, CommandResult)) -> Self {
        Self {
            device: device.clone(),
            done: result.is_ok(),
            error: result.as_ref().err().map(|error| error.message().to_owned()),
        }
    }
}

/// The first failure, which is the command's; warns of the others.
pub(super) fn first_failure<T>(
    context: &Context<'_>,
    results: Vec<(String, CommandResult<T>)>,
) -> CommandResult {
    let several = results.len() > 1;
    let named = |(device, result): (String, CommandResult<T>)| -> Option<CommandError> {
        let error = result.err()?;
        Some(if several { error.context(device) } else { error })
    };
    let mut failures = results.into_iter().filter_map(named);
    let Some(first) = failures.next() else { return Ok(()) };
    for further in failures {
        context.ui.warn(further.message());
    }
    Err(first)
}
