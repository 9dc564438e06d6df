//! One virtual device as seen through its USB plug: standard requests, and whatever runs behind them.

use super::{
    application::Application,
    board::Board,
    boot::Trouble,
    bootloader::Bootloader,
    descriptors,
    firmware::Firmware,
    state::{DeviceState, Mode},
    terminal::{Occasion, Printed},
    transfer::{Answer, Event, RequestClass, SetupPacket},
};
use crate::{clock::Clock, sandbox::fault::Faults};
use std::sync::Arc;

/// Standard requests (USB 2.0, table 9-4).
mod request {
    pub(super) const GET_STATUS: u8 = 0;
    pub(super) const CLEAR_FEATURE: u8 = 1;
    pub(super) const SET_FEATURE: u8 = 3;
    pub(super) const SET_ADDRESS: u8 = 5;
    pub(super) const GET_DESCRIPTOR: u8 = 6;
    pub(super) const GET_CONFIGURATION: u8 = 8;
    pub(super) const SET_CONFIGURATION: u8 = 9;
    pub(super) const GET_INTERFACE: u8 = 10;
    pub(super) const SET_INTERFACE: u8 = 11;
}

/// A device with power.
pub(super) struct Device {
    pub(super) board: Board,
    program: Program,
    configuration: u8,
}

/// What the processor runs.
enum Program {
    Bootloader(Bootloader),
    Firmware(Box<Firmware>),
}

impl Program {
    /// Starts what the mode asks for.
    fn start(state: &mut DeviceState) -> Self {
        state.reconnect();
        if state.mode == Mode::Dfu {
            return Self::Bootloader(Bootloader::new(state.platform));
        }
        if let Err(error) = state.make_missing_key() {
            tracing::warn!("device {} could not make itself a key: {error}", state.id);
        }
        Self::Firmware(Box::default())
    }
}

impl Device {
    /// A device that has just got power.
    pub(super) fn new(mut state: DeviceState, clock: Clock, faults: Arc<Faults>) -> Self {
        state.look_at_modules();
        let program = Program::start(&mut state);
        Self { board: Board::new(state, clock, faults), program, configuration: 0 }
    }

    /// Starts afresh in a mode, or as near to it as its firmware lets it.
    pub(super) fn reset(&mut self, wanted: Mode) {
        self.board.state.count_reset();
        self.board.state.boot(wanted);
        self.board.incoming = None;
        self.board.challenge = None;
        self.program = Program::start(&mut self.board.state);
        self.board.radio.reset();
        self.configuration = 0;
    }

    /// Whether there is anything in it that could show itself on the bus.
    pub(super) fn is_alive(&self) -> bool {
        self.board.state.trouble != Some(Trouble::NoBootloader)
    }

    /// What a host does when it takes or gives up a device: address and configuration are lost, the mode is not.
    pub(super) fn bus_reset(&mut self) {
        self.configuration = 0;
        match &mut self.program {
            Program::Bootloader(bootloader) => bootloader.bus_reset(),
            Program::Firmware(firmware) => firmware.bus_reset(),
        }
    }

    /// bConfigurationValue of the active configuration, 0 for none.
    pub(super) fn configuration(&self) -> u8 {
        self.configuration
    }

    /// What the device does on its own now that a transfer is over.
    pub(super) fn take_event(&mut self) -> Option<Event> {
        self.board.take_event()
    }

    /// A control transfer on endpoint 0; `data` is the data stage of one towards the device.
    pub(super) fn control(&mut self, setup: &SetupPacket, data: &[u8]) -> Answer {
        let answer = match (setup.class(), &mut self.program) {
            (Some(RequestClass::Standard), _) => self.standard(setup),
            (Some(_), Program::Bootloader(bootloader)) if setup.class() == Some(RequestClass::Class) => {
                bootloader.request(setup, data, &mut self.board)
            }
            (Some(RequestClass::Class), Program::Firmware(firmware)) => {
                firmware.serial_request(setup, data, &mut self.board)
            }
            (Some(RequestClass::Vendor), Program::Firmware(firmware)) => {
                firmware.vendor_request(setup, data, &mut self.board)
            }
            _ => Answer::Stall,
        };
        match answer {
            Answer::Data(mut bytes) => {
                bytes.truncate(setup.length.into());
                Answer::Data(bytes)
            }
            other => other,
        }
    }

    /// A bulk or interrupt transfer towards the host of up to `length` bytes.
    pub(super) fn data_in(&mut self, endpoint: u8, length: usize) -> Answer {
        match (&mut self.program, endpoint) {
            (Program::Firmware(firmware), descriptors::SERIAL_IN) => {
                firmware.serial_output(length, &self.board)
            }
            (Program::Firmware(_), descriptors::SERIAL_NOTIFICATIONS) => Answer::Nak,
            _ => Answer::Stall,
        }
    }

    /// Whether the serial port will have something for the host without being asked.
    pub(super) fn owes_output(&self) -> bool {
        matches!(&self.program, Program::Firmware(firmware) if firmware.owes_output())
    }

    /// A bulk transfer towards the device.
    pub(super) fn data_out(&mut self, endpoint: u8, data: &[u8]) -> Answer {
        match (&mut self.program, endpoint) {
            (Program::Firmware(firmware), descriptors::SERIAL_OUT) => {
                firmware.serial_input(data, &mut self.board);
                Answer::Accepted
            }
            _ => Answer::Stall,
        }
    }

    /// What the device prints at its pseudo-terminal on an occasion.
    pub(super) fn at_terminal(&mut self, occasion: Occasion<'_>) -> Printed {
        match &mut self.program {
            Program::Firmware(firmware) => firmware.at_terminal(occasion, &mut self.board),
            Program::Bootloader(_) => Printed { texts: Vec::new(), more: self.board.state.serial_log },
        }
    }

    /// The application, if it runs: the bootloader and safe mode leave it out.
    pub(super) fn application(&self) -> Option<&Application> {
        self.board.application()
    }

    /// Calls a function of the application; `None` if no application runs that has one of this name.
    pub(super) fn call(&mut self, function: &str, argument: &str) -> Option<i32> {
        self.application()?;
        self.board.changed = true;
        self.board.state.application.call(function, argument)
    }

    fn standard(&mut self, setup: &SetupPacket) -> Answer {
        let [low, high] = setup.value.to_le_bytes();
        match (setup.request, setup.is_in()) {
            (request::GET_DESCRIPTOR, true) => {
                descriptors::descriptor(&self.board.state, high, low).map_or(Answer::Stall, Answer::Data)
            }
            (request::GET_STATUS, true) => {
                let self_powered = u8::from(setup.request_type == 0x80);
                Answer::Data(vec![self_powered, 0])
            }
            (request::GET_CONFIGURATION, true) => Answer::Data(vec![self.configuration]),
            (request::SET_CONFIGURATION, false) if setup.value <= 1 => {
                self.bus_reset();
                self.configuration = low;
                Answer::Accepted
            }
            (request::GET_INTERFACE, true) => self.get_interface(setup.index),
            (request::SET_INTERFACE, false) => self.set_interface(setup.index, setup.value),
            (request::SET_ADDRESS | request::CLEAR_FEATURE | request::SET_FEATURE, false) => Answer::Accepted,
            _ => Answer::Stall,
        }
    }

    fn get_interface(&self, interface: u16) -> Answer {
        match &self.program {
            _ if interface >= descriptors::interface_count(&self.board.state).into() => Answer::Stall,
            Program::Bootloader(bootloader) => Answer::Data(vec![bootloader.alternate()]),
            Program::Firmware(_) => Answer::Data(vec![0]),
        }
    }

    fn set_interface(&mut self, interface: u16, alternate: u16) -> Answer {
        let state = &self.board.state;
        if interface >= descriptors::interface_count(state).into() {
            return Answer::Stall;
        }
        match &mut self.program {
            Program::Bootloader(bootloader) => {
                let wanted = u8::try_from(alternate).ok();
                let known = wanted.filter(|number| state.memories.contains_key(number));
                match known {
                    Some(number) => bootloader.select(number),
                    None => return Answer::Stall,
                }
                Answer::Accepted
            }
            Program::Firmware(_) if alternate == 0 => Answer::Accepted,
            Program::Firmware(_) => Answer::Stall,
        }
    }
}
