//! `particle usb cloud-status`

use crate::{
    clock::{Clock, Stop},
    commands::{
        CommandError, CommandResult, Context,
        arguments::duration,
        attached::{Filter, Operator, Target, select},
    },
    platform::DeviceId,
    ui::{Page, Report},
    usb::control::{ControlError, ResultCode, messages::ConnectionStatus},
};
use clap::ValueEnum;
use serde::Serialize;
use std::time::Duration;

/// How long a status is waited for unless `--timeout` says otherwise.
const LIMIT: Duration = Duration::from_secs(60);
/// Pause between two questions.
const POLL_PAUSE: Duration = Duration::from_millis(500);

/// Ask a device whether it is connected to the cloud
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Id or name of the device; not needed where only one is connected
    #[arg(value_name = "DEVICE")]
    device: Option<String>,
    /// Wait until the device has this status
    #[arg(long, value_name = "STATUS", ignore_case = true)]
    until: Option<Status>,
    /// Give up after this time (a number is milliseconds; `30s`, `2m`); without it, `--until` waits for a minute
    // Takes the place of the global option of this name, which counts in seconds; what is given reaches the clock.
    #[arg(long, value_name = "TIME", value_parser = milliseconds)]
    timeout: Option<Duration>,
}

/// How a device stands with the cloud, in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(in crate::commands) enum Status {
    /// Not connected and not trying
    Disconnected,
    /// Trying to connect
    Connecting,
    /// Connected
    Connected,
    /// Taking its leave
    Disconnecting,
}

impl Status {
    /// The word for it.
    pub(in crate::commands) fn word(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Disconnecting => "disconnecting",
        }
    }
}

impl From<ConnectionStatus> for Status {
    fn from(status: ConnectionStatus) -> Self {
        match status {
            ConnectionStatus::Disconnected => Self::Disconnected,
            ConnectionStatus::Connecting => Self::Connecting,
            ConnectionStatus::Connected => Self::Connected,
            ConnectionStatus::Disconnecting => Self::Disconnecting,
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    device: &'a DeviceId,
    status: Status,
}

impl Report for Answer<'_> {
    fn render(&self, page: &mut Page) {
        page.line(self.status.word());
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    let target = select(context, args.device.as_deref(), Filter::Any)?;
    let clock = match context.global.timeout {
        None if args.until.is_some() => context.clock.clone().with_limit(LIMIT),
        _ => context.clock.clone(),
    };
    let operator = Operator::new(context.buses()?, &clock);
    let _lock = operator.lock(&target)?;
    let status = {
        let _progress = context.ui.spinner("Querying device...");
        match args.until {
            Some(wanted) => wait(&operator, &target, wanted, &clock)?,
            None => {
                target.refuse_in_dfu()?;
                ask(&operator, &target)?
            }
        }
    };
    Ok(context.ui.report(&Answer { device: &target.id, status })?)
}

fn ask(operator: &Operator, target: &Target) -> Result<Status, ControlError> {
    operator.control(&target.attached)?.connection_status().map(Status::from)
}

/// Asks until the device has the status. A device that restarts meanwhile is asked again when it is back.
fn wait(operator: &Operator, target: &Target, wanted: Status, clock: &Clock) -> CommandResult<Status> {
    let mut last = None;
    loop {
        let attached = operator.find(target, false)?;
        let found = attached.map(|attached| Target { id: target.id.clone(), attached });
        match found.map(|target| ask(operator, &target)) {
            Some(Ok(status)) if status == wanted => return Ok(status),
            Some(Ok(status)) => last = Some(status.word()),
            Some(Err(ControlError::Stopped(stop))) => return Err(unseen(wanted, last, stop)),
            Some(Err(error)) if is_final(&error) => return Err(error.into()),
            Some(Err(_)) | None => {}
        }
        clock.pause(POLL_PAUSE).map_err(|stop| unseen(wanted, last, stop))?;
    }
}

fn unseen(wanted: Status, last: Option<&str>, stop: Stop) -> CommandError {
    let seen = last.map_or("it did not answer".to_owned(), |word| format!("it is {word}"));
    CommandError::from(stop).context(format!("the device is not {}; {seen}", wanted.word()))
}

/// Whether asking again is of no use.
fn is_final(error: &ControlError) -> bool {
    matches!(error, ControlError::Refused(ResultCode::PROTECTED)) || error.is_not_supported()
}

/// Reads a length of time as the Node tool counts it: in milliseconds, unless a unit is given.
fn milliseconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u64>() {
        Ok(number) => Ok(Duration::from_millis(number)),
        Err(_) => duration(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_is_milliseconds() {
        assert_eq!(milliseconds("2500"), Ok(Duration::from_millis(2500)));
        assert_eq!(milliseconds("2m"), Ok(Duration::from_secs(120)));
        assert!(milliseconds("soon").is_err());
    }
}
