//! What `setup` has to tell at its end.

use crate::{
    platform::DeviceId,
    ui::{Page, Report},
};
use serde::Serialize;

/// How an attached device is set up, since not by this command.
#[derive(Serialize)]
pub(super) struct Notice {
    /// Its id, where that is known.
    pub(super) device: Option<DeviceId>,
    /// Name of its platform.
    pub(super) platform: &'static str,
    /// What to do.
    pub(super) advice: Vec<String>,
}

impl Report for Notice {
    fn render(&self, page: &mut Page) {
        self.advice.iter().for_each(|step| page.line(step));
    }
}

/// A device that is set up.
#[derive(Serialize)]
pub(super) struct SetUp {
    /// Its id.
    pub(super) device: DeviceId,
    /// The name it was given just now.
    pub(super) name: Option<String>,
    /// Whether the cloud has seen it.
    pub(super) online: bool,
}

impl Report for SetUp {
    fn render(&self, page: &mut Page) {
        if let Some(name) = &self.name {
            let name = page.foreign(name).into_owned();
            page.line(format_args!("Your device has been given the name {name}"));
        }
        page.line("Congratulations! You've just won the internet!");
        page.line(format_args!("Device id: {}", self.device));
    }
}
