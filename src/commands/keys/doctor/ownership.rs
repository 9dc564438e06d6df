//! Whose device it is, as far as the cloud knows.

use crate::{
    cloud::Session,
    commands::{CommandError, CommandResult, Context, Kind},
    platform::DeviceId,
};

/// Asks the cloud about the device named, which also shows that the login is good and the cloud answers.
///
/// A device that is not among the person's own can be treated, but the cloud will then probably refuse its key: that
/// has to be confirmed.
pub(super) fn check(context: &Context, session: &Session<'_>, named: &str) -> CommandResult<DeviceId> {
    let progress = context.ui.spinner("Checking with the cloud...");
    let known = context.block_on(session.devices().get(named));
    drop(progress);
    match (known, named.parse()) {
        (Ok(_), Ok(id)) => Ok(id),
        (Ok(device), Err(_)) => {
            device.id.parse().map_err(|error| CommandError::caused_by(Kind::Failed, error))
        }
        (Err(error), Ok(id)) if is_unknown(&error) => {
            confirm(context, &id)?;
            Ok(id)
        }
        (Err(error), Err(_)) if is_unknown(&error) => Err(no_such_name(named)),
        (Err(error), _) => Err(error),
    }
}

fn is_unknown(error: &CommandError) -> bool {
    matches!(error.kind(), Kind::NotFound | Kind::Permission)
}

fn confirm(context: &Context, id: &DeviceId) -> CommandResult {
    context.ui.warn(format!(
        "the cloud does not list device {id} as yours, and may refuse its new key; claim it first with `particle \
         device add {id}`"
    ));
    if context.ui.confirm("Replace its key all the same?", false, "--yes")? {
        Ok(())
    } else {
        Err(CommandError::new(Kind::Failed, "nothing was changed"))
    }
}

/// A text that is neither a name nor, by its length, an id.
fn no_such_name(named: &str) -> CommandError {
    let message = if named.len() < DeviceId::LENGTH {
        format!("{named}: device id was shorter than 24 characters - did you use something other than an id?")
    } else {
        format!("Device not found: {named}")
    };
    CommandError::new(Kind::NotFound, message).hint("use `particle identify` to find your device id")
}
