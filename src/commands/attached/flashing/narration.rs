//! What the person sees while devices are flashed.

use crate::ui::{Progress, Ui};

/// Something that happens to a device.
#[derive(Clone, Debug)]
pub enum Event {
    /// Something begins that takes a while.
    Note(String),
    /// A person has to press buttons.
    ByHand(String),
    /// It is looked whether a module of this many bytes is on the device.
    Compares(String, u64),
    /// A module of this many bytes is being flashed.
    Begun(String, u64),
    /// So many bytes of it were dealt with.
    Progress(u64),
    /// That is done.
    Ended,
    /// It was there already.
    Skipped(String),
    /// Something is not as it should be, but the work is done.
    Warning(String),
}

/// Tells what happens to each of some devices.
pub struct Narrator<'u> {
    ui: &'u Ui,
    /// What to call each device; empty where there is only one.
    labels: Vec<String>,
    bars: Vec<Option<Progress>>,
}

impl<'u> Narrator<'u> {
    pub fn new(ui: &'u Ui, labels: Vec<String>) -> Self {
        let bars = labels.iter().map(|_| None).collect();
        Self { ui, labels, bars }
    }

    /// Tells that something happened to the device with this number.
    pub fn show(&mut self, number: usize, event: Event) {
        let label = self.labels.get(number).map(String::as_str).unwrap_or_default();
        let Some(bar) = self.bars.get_mut(number) else { return };
        match event {
            Event::Note(text) | Event::ByHand(text) => {
                *bar = None;
                self.ui.note(format!("{label}{text}"));
            }
            Event::Begun(name, length) => {
                let text = format!("{label}Flashing {name}");
                if self.ui.shows_progress() {
                    *bar = Some(self.ui.byte_bar(length, text));
                } else {
                    self.ui.note(text);
                }
            }
            Event::Compares(name, length) => {
                *bar = Some(self.ui.byte_bar(length, format!("{label}Comparing {name}")));
            }
            Event::Progress(bytes) => {
                if let Some(bar) = bar {
                    bar.set(bytes);
                }
            }
            Event::Ended => *bar = None,
            Event::Skipped(name) => {
                self.ui.note(format!("{label}Skipping {name} because it already exists on the device"));
            }
            Event::Warning(text) => {
                *bar = None;
                self.ui.warn(format!("{label}{text}"));
            }
        }
    }
}
