//! What the bootloader and the firmware of one virtual device share.

use super::{
    application::Application,
    dct,
    flash::Flash,
    inventory::INTERNAL_FLASH,
    mesh::Radio,
    requests::{Challenge, Incoming},
    state::{DeviceState, Mode},
    transfer::{Answer, Event},
};
use crate::{
    clock::Clock,
    sandbox::fault::{Action, Faults, Moment},
};
use std::{sync::Arc, time::Duration};

/// The hardware: memories, what is remembered, and the wish to reset.
pub(super) struct Board {
    /// What is remembered.
    pub(super) state: DeviceState,
    /// Whether the cloud sees the device online.
    pub(super) connected: bool,
    /// Scales every time the device tells or takes.
    pub(super) clock: Clock,
    /// What the mesh radio holds.
    pub(super) radio: Radio,
    /// Set whenever `state` has changed.
    pub(super) changed: bool,
    /// The firmware update that is coming in over USB.
    pub(super) incoming: Option<Incoming>,
    /// What the cloud has yet to consent to.
    pub(super) challenge: Option<Challenge>,
    faults: Arc<Faults>,
    event: Option<Event>,
}

/// A fault that is not settled by pulling the cable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disturbance {
    /// The transfer ends like this.
    Ends(End),
    /// One bit of the data is to be turned over.
    Corrupts,
    /// "Busy" is to be said.
    Busy,
    /// The answer ends in the middle.
    Cuts,
}

/// How a disturbed transfer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With a stall.
    Stall,
    /// Never.
    Never,
}

impl From<End> for Answer {
    fn from(end: End) -> Self {
        match end {
            End::Stall => Answer::Stall,
            End::Never => Answer::Nak,
        }
    }
}

impl Board {
    /// A board with power.
    pub(super) fn new(state: DeviceState, clock: Clock, faults: Arc<Faults>) -> Self {
        Self {
            state,
            connected: false,
            clock,
            radio: Radio::default(),
            changed: false,
            incoming: None,
            challenge: None,
            faults,
            event: None,
        }
    }

    /// The fault that strikes now, if any. A pulled cable is seen to here.
    pub(super) fn disturbance(&mut self, moment: Moment<'_>) -> Option<Disturbance> {
        match self.faults.strike(moment)? {
            Action::Unplug => {
                self.event = Some(Event::Unplug);
                Some(Disturbance::Ends(End::Never))
            }
            Action::Hang => Some(Disturbance::Ends(End::Never)),
            Action::Stall => Some(Disturbance::Ends(End::Stall)),
            Action::Corrupt => Some(Disturbance::Corrupts),
            Action::Busy => Some(Disturbance::Busy),
            Action::Cut => Some(Disturbance::Cuts),
            Action::Http(_) => None,
        }
    }

    /// Changes the mode without a reset. Where the application cannot run, safe mode takes the place of normal mode.
    pub(super) fn enter(&mut self, mode: Mode) {
        let safe = mode == Mode::Normal && self.state.trouble.is_some();
        self.state.mode = if safe { Mode::SafeMode } else { mode };
        self.state.reconnect();
        self.changed = true;
    }

    /// The application, if it runs: the bootloader and safe mode leave it out.
    pub(super) fn application(&self) -> Option<&Application> {
        (self.state.mode == Mode::Normal).then_some(&self.state.application)
    }

    /// Writes to the configuration table as firmware does.
    pub(super) fn configure(&mut self, address: u32, bytes: &[u8]) {
        self.state.write(dct::ALTERNATE_SETTING, address, bytes);
        self.changed = true;
    }

    /// Resets the device after it has answered for a while longer.
    pub(super) fn restart(&mut self, mode: Mode, after: Duration) {
        self.event = Some(Event::Restart { mode, after });
    }

    /// What the device does now that the transfer is over.
    pub(super) fn take_event(&mut self) -> Option<Event> {
        self.event.take()
    }

    /// Bytes behind an alternate setting; `None` outside its extent.
    pub(super) fn read(&self, alternate: u8, address: u32, length: usize) -> Option<Vec<u8>> {
        self.flash(alternate)?.read(self.state.memories.get(&alternate)?, address, length)
    }

    /// Erases the sector with this address; false if the device refuses.
    pub(super) fn erase(&mut self, alternate: u8, address: u32) -> bool {
        let flash = self.flash(alternate);
        self.changed = true;
        match (flash, self.state.memories.get_mut(&alternate)) {
            (Some(flash), Some(memory)) => flash.erase(memory, address).is_ok(),
            _ => false,
        }
    }

    /// Writes as the memory's technology allows; false if the device refuses or notices that it failed.
    pub(super) fn program(&mut self, alternate: u8, address: u32, data: &[u8]) -> bool {
        let flash = self.flash(alternate);
        self.changed = true;
        let programmed = match (flash, self.state.memories.get_mut(&alternate)) {
            (Some(flash), Some(memory)) => flash.program(memory, address, data).is_ok(),
            _ => false,
        };
        if programmed && alternate == INTERNAL_FLASH {
            self.state.follow_written(address);
        }
        programmed
    }

    fn flash(&self, alternate: u8) -> Option<Flash> {
        let setting = self.state.platform.flash?.alternate_setting(alternate)?;
        Some(Flash::new(self.state.platform.mcu, setting))
    }
}
