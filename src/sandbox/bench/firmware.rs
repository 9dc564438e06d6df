//! A running Device OS as its USB plug shows it: the serial port and the vendor requests.

use super::{
    board::Board,
    os_version::OsVersion,
    state::Mode,
    transfer::{Answer, SetupPacket},
};
use std::{collections::VecDeque, time::Duration};

/// Requests of the communications device class (USB PSTN 1.2, table 13).
mod request {
    pub(super) const SET_LINE_CODING: u8 = 0x20;
    pub(super) const GET_LINE_CODING: u8 = 0x21;
    pub(super) const SET_CONTROL_LINE_STATE: u8 = 0x22;
    pub(super) const SEND_BREAK: u8 = 0x23;
}

/// The rate that sends a device into DFU mode.
const DFU_RATE: u32 = 14_400;
/// The rate that sends a device into listening mode.
const LISTENING_RATE: u32 = 28_800;
/// From this version on, [`LISTENING_RATE`] is a rate like any other.
const NO_LISTENING_RATE: OsVersion = OsVersion(6, 0, 0);
/// From the line coding to the reset.
const TOUCH_DELAY: Duration = Duration::from_millis(100);
/// 9600 baud, 1 stop bit, no parity, 8 data bits.
const DEFAULT_LINE_CODING: [u8; 7] = [0x80, 0x25, 0, 0, 0, 0, 8];

/// The volatile part of a running device.
pub(super) struct Firmware {
    line_coding: [u8; 7],
    output: VecDeque<u8>,
}

impl Default for Firmware {
    fn default() -> Self {
        Self { line_coding: DEFAULT_LINE_CODING, output: VecDeque::new() }
    }
}

impl Firmware {
    /// What the host has not read is lost.
    pub(super) fn bus_reset(&mut self) {
        self.output.clear();
    }

    /// A class request to the serial port.
    pub(super) fn serial_request(&mut self, setup: &SetupPacket, data: &[u8], board: &mut Board) -> Answer {
        match (setup.request, setup.is_in()) {
            (request::GET_LINE_CODING, true) => Answer::Data(self.line_coding.to_vec()),
            (request::SET_LINE_CODING, false) => match data.first_chunk() {
                Some(line_coding) => {
                    self.set_line_coding(*line_coding, board);
                    Answer::Accepted
                }
                None => Answer::Stall,
            },
            (request::SET_CONTROL_LINE_STATE | request::SEND_BREAK, false) => Answer::Accepted,
            _ => Answer::Stall,
        }
    }

    fn set_line_coding(&mut self, line_coding: [u8; 7], board: &mut Board) {
        self.line_coding = line_coding;
        let [a, b, c, d, ..] = line_coding;
        let touchable = board.state.os_version < NO_LISTENING_RATE && board.state.mode != Mode::Listening;
        match u32::from_le_bytes([a, b, c, d]) {
            DFU_RATE => board.restart(Mode::Dfu, TOUCH_DELAY),
            LISTENING_RATE if touchable => board.enter(Mode::Listening),
            _ => {}
        }
    }

    /// A vendor request to the device.
    pub(super) fn vendor_request(&mut self, setup: &SetupPacket, data: &[u8], board: &mut Board) -> Answer {
        let _ = (setup, data, board);
        Answer::Stall
    }

    /// What the serial port has for the host.
    pub(super) fn serial_output(&mut self, length: usize) -> Answer {
        if self.output.is_empty() {
            return Answer::Nak;
        }
        let length = length.min(self.output.len());
        Answer::Data(self.output.drain(..length).collect())
    }

    /// What the host typed at the serial port.
    pub(super) fn serial_input(&mut self, data: &[u8], board: &mut Board) {
        let _ = (data, board);
    }
}
