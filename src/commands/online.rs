//! Waiting for a device to connect.

use crate::{
    cloud::Session,
    commands::{CommandResult, Context, Kind},
    platform::DeviceId,
};
use std::time::{Duration, Instant};

/// How long a device has to restart, find its network and connect.
const LIMIT: Duration = Duration::from_secs(120);
/// The shortest such time, however much pauses are shortened.
const SHORTEST_LIMIT: Duration = Duration::from_secs(5);
/// Pause between two questions to the cloud.
const POLL_PAUSE: Duration = Duration::from_secs(3);

/// Asks the cloud until it says that the device is online; false when it has not within two minutes, and a failure when
/// it does not answer in the end.
///
/// The work is done by now, so that a question which the cloud fails to answer is just asked again. A login that it does
/// not accept any more is not.
pub(in crate::commands) fn wait(
    context: &Context,
    session: &Session<'_>,
    device: &DeviceId,
) -> CommandResult<bool> {
    let mut silence = None;
    let online = until(context, || match context.block_on(session.devices().get(device.as_str())) {
        Ok(device) if device.is_online() => Ok(Some(())),
        Err(error) if matches!(error.kind(), Kind::Interrupted | Kind::Timeout | Kind::Unauthorized) => {
            Err(error)
        }
        Err(error) if error.kind() == Kind::Network => {
            silence = Some(error);
            Ok(None)
        }
        Ok(_) | Err(_) => {
            silence = None;
            Ok(None)
        }
    });
    match (online?, silence) {
        (None, Some(error)) => Err(error),
        (online, _) => Ok(online.is_some()),
    }
}

/// Asks again and again until there is an answer; `None` when there was none within two minutes.
pub(in crate::commands) fn until<T>(
    context: &Context,
    mut ask: impl FnMut() -> CommandResult<Option<T>>,
) -> CommandResult<Option<T>> {
    let _progress = context.ui.spinner("Waiting for the device to connect...");
    let limit = context.clock.scaled(LIMIT).max(SHORTEST_LIMIT);
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        context.clock.pause(POLL_PAUSE)?;
        if let Some(answer) = ask()? {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}
