//! What becomes of firmware on its way to a device, as the cloud's events tell.

use crate::{
    cloud::{CloudError, Event, News, Subscription},
    commands::{CommandError, CommandResult, Kind},
    ui::Ui,
};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How the names of the events begin.
pub(super) const PREFIX: &str = "spark";
/// How long a device may take.
const LIMIT: Duration = Duration::from_secs(600);
/// How long after a device went offline its success may still be heard of: both may cross on their way.
const GRACE: Duration = Duration::from_secs(3);

/// A watch over one device.
pub(super) struct Watch<'s> {
    id: String,
    subscription: Subscription<'s>,
}

/// What an event says of the firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Started,
    Success,
    Failure,
    Offline,
}

impl<'s> Watch<'s> {
    pub(super) fn new(id: &str, subscription: Subscription<'s>) -> Self {
        Self { id: id.to_owned(), subscription }
    }

    /// Waits until events can be heard.
    pub(super) async fn open(&mut self) -> Result<(), CloudError> {
        loop {
            if let News::Connected = self.subscription.next().await? {
                return Ok(());
            }
        }
    }

    /// Waits until the device has taken the firmware.
    pub(super) async fn outcome(&mut self, ui: &Ui) -> CommandResult {
        let mut end = Instant::now() + LIMIT;
        let mut offline = false;
        loop {
            let news = match timeout_at(end, self.subscription.next()).await {
                Ok(news) => news?,
                Err(_elapsed) if offline => return Err(went_offline()),
                Err(_elapsed) => return Err(silent()),
            };
            match news {
                News::Event(event) => match sign(&self.id, &event) {
                    Some(Sign::Started) => ui.note("The device is receiving the firmware."),
                    Some(Sign::Success) => return Ok(()),
                    Some(Sign::Failure) => return Err(refused()),
                    Some(Sign::Offline) => {
                        offline = true;
                        end = Instant::now() + GRACE;
                    }
                    None => {}
                },
                News::Lost { reason, .. } => ui.note(format!("no connection: {reason}; trying again")),
                News::Connected | News::Unreadable(_) => {}
            }
        }
    }
}

/// What an event says of the device with this id. Statuses have a space at their end.
fn sign(id: &str, event: &Event) -> Option<Sign> {
    if !event.core_id().eq_ignore_ascii_case(id) {
        return None;
    }
    match (event.name(), event.data().unwrap_or_default().trim()) {
        ("spark/flash/status", "started") => Some(Sign::Started),
        ("spark/flash/status", "success") => Some(Sign::Success),
        ("spark/flash/status", "failed") => Some(Sign::Failure),
        ("spark/status", "offline") => Some(Sign::Offline),
        _ => None,
    }
}

fn refused() -> CommandError {
    CommandError::new(Kind::Device, "the device did not take the firmware")
        .hint("it runs what it ran before; firmware for a later Device OS than the device has is refused")
}

fn went_offline() -> CommandError {
    CommandError::new(Kind::Offline, "the device went offline before it had taken the firmware")
        .hint("it runs what it ran before; flash it again once it is online")
}

fn silent() -> CommandError {
    let text =
        format!("the device did not say within {} s whether it has taken the firmware", LIMIT.as_secs());
    CommandError::new(Kind::Offline, text).hint("`particle list` shows whether it is online")
}
