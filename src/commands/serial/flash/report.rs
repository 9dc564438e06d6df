//! What `serial flash` says in the end.

use crate::{
    platform::DeviceId,
    ui::{Page, Report},
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

/// A file that has arrived.
#[derive(Serialize)]
pub(super) struct Flashed {
    pub(super) id: Option<DeviceId>,
    pub(super) file: String,
    pub(super) transport: Transport,
}

impl Report for Flashed {
    fn render(&self, page: &mut Page) {
        page.line("");
        page.line("Flash success!");
    }
}
