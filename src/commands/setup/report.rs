//! What `setup` has to tell at its end.

use super::finish::Claiming;
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
    /// What to call it in a sentence.
    #[serde(skip)]
    pub(super) kind: &'static str,
    /// What its claiming ends with.
    #[serde(skip)]
    pub(super) claiming: Claiming,
}

impl Report for SetUp {
    fn render(&self, page: &mut Page) {
        let (kind, id) = (self.kind, &self.device);
        let name = self.name.as_ref().map(|name| page.foreign(name).into_owned());
        match self.claiming {
            Claiming::ByCode => {
                if let Some(name) = name {
                    page.line(format_args!("Your {kind} has been given the name {name}"));
                }
                page.line("Congratulations! You've just won the internet!");
                page.line(format_args!("Device id: {id}"));
            }
            Claiming::ById => {
                let name = name.map(|name| format!(" {name}")).unwrap_or_default();
                page.line(format_args!("You've successfully setup your {kind}{name} ({id})"));
                page.line("Nice work!");
            }
        }
    }
}
