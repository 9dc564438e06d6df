//! How it went with each device that was to be flashed.

use super::Done;
use crate::commands::CommandResult;
use serde::Serialize;

/// How it went with one device, for a report.
#[derive(Serialize)]
pub struct Outcome {
    /// Its id, else what it was called.
    pub device: String,
    /// Whether everything is on it now.
    pub done: bool,
    /// What was flashed.
    pub flashed: Vec<String>,
    /// What was there already.
    pub skipped: Vec<String>,
    /// Why not.
    pub error: Option<String>,
}

impl Outcome {
    /// The outcome in a device's result.
    pub fn of((device, result): &(String, CommandResult<Done>)) -> Self {
        let (device, error) = (device.clone(), result.as_ref().err().map(|error| error.message().to_owned()));
        let Done { flashed, skipped } = result.as_ref().ok().cloned().unwrap_or_default();
        Self { device, done: error.is_none(), flashed, skipped, error }
    }
}
