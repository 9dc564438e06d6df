//! Waiting for a device to connect.

use crate::{
    cloud::Session,
    commands::{CommandResult, Context},
    platform::DeviceId,
};
use std::time::{Duration, Instant};

/// How long a device has to restart, find its network and connect.
const LIMIT: Duration = Duration::from_secs(120);
/// The shortest such time, however much pauses are shortened.
const SHORTEST_LIMIT: Duration = Duration::from_secs(5);
/// Pause between two questions to the cloud.
const POLL_PAUSE: Duration = Duration::from_secs(3);

/// Asks the cloud until it says that the device is online; false when it has not within two minutes.
pub(super) fn wait(context: &Context, session: &Session<'_>, device: &DeviceId) -> CommandResult<bool> {
    let _progress = context.ui.spinner("Waiting for the device to connect...");
    let limit = context.clock.scaled(LIMIT).max(SHORTEST_LIMIT);
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        context.clock.pause(POLL_PAUSE)?;
        if context.block_on(session.devices().get(device.as_str()))?.is_online() {
            return Ok(true);
        }
    }
    Ok(false)
}
