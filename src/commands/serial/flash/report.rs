//! What `serial flash` says in the end.

use super::{comeback::Comeback, file::Firmware};
use crate::{
    platform::DeviceId,
    ui::{Page, Report, Ui},
};
use serde::Serialize;

/// The way a file has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Transport {
    /// YMODEM.
    Serial,
    /// Control requests.
    ControlRequest,
}

/// A file that has arrived, and what the device runs with it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Flashed {
    id: Option<DeviceId>,
    file: String,
    transport: Transport,
    /// Whether the device was seen to run again.
    running: bool,
    /// Its version of Device OS then, where it tells.
    os_version: Option<String>,
}

impl Flashed {
    pub(super) fn new(
        id: Option<&DeviceId>,
        firmware: Firmware,
        transport: Transport,
        comeback: Option<&Comeback>,
    ) -> Self {
        let os_version = comeback.and_then(|comeback| comeback.os_version.clone());
        Self { id: id.cloned(), file: firmware.name, transport, running: comeback.is_some(), os_version }
    }

    /// Says whether the device is back.
    pub(super) fn tell(&self, ui: &Ui, id: &DeviceId) {
        match (&self.os_version, self.running) {
            (Some(version), _) => ui.note(format!("The device runs {} on Device OS {version}.", self.file)),
            (None, true) => ui.note("The device is back."),
            (None, false) => ui.warn(format!(
                "device {id} has taken the file, and was not seen to run with it yet: if its light does not breathe, \
                 `particle serial inspect` shows what it lacks"
            )),
        }
    }
}

impl Report for Flashed {
    fn render(&self, page: &mut Page) {
        page.line("");
        page.line("Flash success!");
    }
}
