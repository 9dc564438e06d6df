//! A running Device OS as its USB plug shows it: the serial port and the vendor requests.

use super::{
    board::Board,
    console::Console,
    doctor,
    os_version::OsVersion,
    program::Program,
    requests,
    serial_log::SerialLog,
    service::ServiceChannel,
    state::Mode,
    terminal::{Occasion, Printed},
    transfer::{Answer, SetupPacket},
};
use crate::{
    platform::ControlRequests,
    usb::control::{
        raw::{self, RawNumbers, RawRequest},
        service::request as service_request,
    },
};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

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
/// What the host does not fetch of the output is kept up to this size.
const MAX_OUTPUT: usize = 16 * 1024;

/// The volatile part of a running device.
pub(super) struct Firmware {
    line_coding: [u8; 7],
    serial: Console,
    output: VecDeque<u8>,
    /// Output that is not to be seen before a moment, and what comes behind it.
    held: VecDeque<(Instant, String)>,
    log: SerialLog,
    terminal: Console,
    terminal_log: SerialLog,
    service: ServiceChannel,
}

impl Default for Firmware {
    fn default() -> Self {
        Self {
            line_coding: DEFAULT_LINE_CODING,
            serial: Console::default(),
            output: VecDeque::new(),
            held: VecDeque::new(),
            log: SerialLog::default(),
            terminal: Console::default(),
            terminal_log: SerialLog::default(),
            service: ServiceChannel::default(),
        }
    }
}

impl Firmware {
    /// What the host has not fetched is lost.
    pub(super) fn bus_reset(&mut self) {
        self.output.clear();
        self.held.clear();
        self.service.clear();
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
        let claimed = board.state.no_touch && board.application().is_some();
        let touchable = board.state.os_version < NO_LISTENING_RATE && board.state.mode != Mode::Listening;
        match u32::from_le_bytes([a, b, c, d]) {
            _ if claimed => {}
            DFU_RATE => board.restart(Mode::Dfu, TOUCH_DELAY),
            LISTENING_RATE if touchable => board.enter(Mode::Listening),
            _ => {}
        }
    }

    /// A vendor request to the device.
    pub(super) fn vendor_request(&mut self, setup: &SetupPacket, data: &[u8], board: &mut Board) -> Answer {
        let (platform, version) = (board.state.platform, board.state.os_version);
        if platform.control_requests == ControlRequests::No {
            return Answer::Stall;
        }
        if platform.out_needs_data_stage && !setup.is_in() && setup.length == 0 {
            return Answer::Nak;
        }
        match setup.request {
            service_request::RAW => raw_request(setup, board),
            _ if requests::has_service_protocol(platform, version) => {
                self.service.request(setup, data, board)
            }
            _ => Answer::Stall,
        }
    }

    /// What the serial port has for the host.
    pub(super) fn serial_output(&mut self, length: usize, board: &Board) -> Answer {
        if board.state.serial_log && board.state.mode != Mode::SafeMode {
            self.log.due(&board.clock).into_iter().for_each(|line| self.print(&line));
        }
        let said = self.serial.idle(board);
        self.print(&said);
        self.release();
        if self.output.is_empty() {
            return Answer::Nak;
        }
        let length = length.min(self.output.len());
        Answer::Data(self.output.drain(..length).collect())
    }

    /// What the host typed at the serial port.
    pub(super) fn serial_input(&mut self, data: &[u8], board: &mut Board) {
        let printed = type_in(&mut self.serial, data, board);
        self.print(&printed);
        if let Some((pause, text)) = self.serial.take_later() {
            self.held.push_back((Instant::now() + board.clock.scaled(pause), text));
        }
    }

    fn print(&mut self, text: &str) {
        if let Some((_, held)) = self.held.back_mut() {
            held.push_str(text);
            return;
        }
        let room = MAX_OUTPUT.saturating_sub(self.output.len());
        self.output.extend(text.bytes().take(room));
    }

    /// Whether there will be output without anything being asked.
    pub(super) fn owes_output(&self) -> bool {
        !self.held.is_empty()
    }

    /// Lets out what was held back long enough.
    fn release(&mut self) {
        while self.held.front().is_some_and(|(moment, _)| *moment <= Instant::now()) {
            let Some((_, text)) = self.held.pop_front() else { return };
            self.output.extend(text.bytes());
        }
    }

    /// What the device prints at its pseudo-terminal on an occasion.
    pub(super) fn at_terminal(&mut self, occasion: Occasion<'_>, board: &mut Board) -> Printed {
        let said = match occasion {
            Occasion::Typed(data) => type_in(&mut self.terminal, data, board),
            Occasion::Silence => {
                let logs = board.state.serial_log && board.state.mode != Mode::SafeMode;
                let line = logs.then(|| self.terminal_log.due(&board.clock)).flatten().unwrap_or_default();
                line + &self.terminal.idle(board)
            }
        };
        let later = self.terminal.take_later();
        let later = later.map(|(pause, text)| (board.clock.scaled(pause), text));
        Printed {
            texts: std::iter::once((Duration::ZERO, said)).chain(later).collect(),
            more: board.state.serial_log || self.terminal.awaits_file(),
        }
    }
}

/// Hands over what was typed: to the application if it listens, else to the dialogue of listening mode.
fn type_in(console: &mut Console, data: &[u8], board: &mut Board) -> String {
    let treated = board.state.mode == Mode::Normal && board.state.application.is(&Program::DeviceDoctor);
    if treated { doctor::type_in(data, board) } else { console.type_in(data, board) }
}

/// A raw vendor request, as far as the version knows it.
fn raw_request(setup: &SetupPacket, board: &mut Board) -> Answer {
    let version = board.state.os_version;
    let numbers: &RawNumbers = match version {
        OsVersion(0, ..=5, _) => return Answer::Stall,
        OsVersion(0, 6, 0) => &raw::NUMBERS_0_6_0,
        _ => &raw::NUMBERS,
    };
    let asked = RawRequest { index: setup.index, value: setup.value };
    if setup.is_in() {
        if setup.length > raw::REPLY_LENGTH {
            Answer::Stall
        } else if asked == numbers.device_id {
            Answer::Data(board.state.id.as_str().to_ascii_uppercase().into_bytes())
        } else if asked == numbers.version {
            Answer::Data(format!("{version}\0").into_bytes())
        } else {
            Answer::Stall
        }
    } else {
        raw_order(asked, numbers, board)
    }
}

/// Up to 0.7.0 all orders are raw requests; from 2.0.0 on the reset is one again.
fn raw_order(asked: RawRequest, numbers: &RawNumbers, board: &mut Board) -> Answer {
    let version = board.state.os_version;
    let early = version < OsVersion(0, 8, 0);
    if asked == numbers.reset && (early || version >= OsVersion(2, 0, 0)) {
        board.restart(Mode::Normal, Duration::ZERO);
    } else if early && asked == numbers.dfu {
        board.restart(Mode::Dfu, Duration::ZERO);
    } else if version == OsVersion(0, 7, 0) && Some(asked) == numbers.safe_mode {
        board.restart(Mode::SafeMode, Duration::ZERO);
    } else if early && asked == numbers.start_listening {
        board.enter(Mode::Listening);
    } else if early && Some(asked) == numbers.stop_listening {
        board.enter(Mode::Normal);
    } else {
        return Answer::Stall;
    }
    Answer::Accepted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        platform::Platform,
        sandbox::{
            bench::{state::DeviceState, transfer::Event},
            fault::Faults,
        },
        usb::control::service::{VENDOR_IN, VENDOR_OUT},
    };
    use std::sync::Arc;

    fn board(platform: &str, version: &str) -> Board {
        let platform = Platform::by_name(platform).unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.os_version = version.parse().unwrap();
        Board::new(state, Clock::default(), Arc::new(Faults::default()))
    }

    fn line_coding(rate: u32, board: &mut Board) -> Answer {
        let data = [&rate.to_le_bytes()[..], &[0, 0, 8]].concat();
        let setup = SetupPacket {
            request_type: 0x21,
            request: request::SET_LINE_CODING,
            value: 0,
            index: 0,
            length: 7,
        };
        Firmware::default().serial_request(&setup, &data, board)
    }

    fn raw_out(index: u16, length: u16, board: &mut Board) -> Answer {
        let setup =
            SetupPacket { request_type: VENDOR_OUT, request: service_request::RAW, value: 0, index, length };
        Firmware::default().vendor_request(&setup, &vec![0; length.into()], board)
    }

    fn raw_in(index: u16, board: &mut Board) -> Answer {
        let setup = SetupPacket {
            request_type: VENDOR_IN,
            request: service_request::RAW,
            value: 0,
            index,
            length: 64,
        };
        Firmware::default().vendor_request(&setup, &[], board)
    }

    #[test]
    fn a_rate_of_14400_leads_to_dfu_on_every_version() {
        for (platform, version) in [("core", "1.4.4"), ("photon", "0.4.9"), ("p2", "6.3.4")] {
            let mut board = board(platform, version);
            assert_eq!(line_coding(14_400, &mut board), Answer::Accepted);
            assert_eq!(board.take_event(), Some(Event::Restart { mode: Mode::Dfu, after: TOUCH_DELAY }));
        }
    }

    #[test]
    fn an_application_can_claim_both_rates_while_it_runs() {
        let mut board = board("photon", "0.5.5");
        board.state.no_touch = true;
        for rate in [DFU_RATE, LISTENING_RATE] {
            line_coding(rate, &mut board);
            assert_eq!(board.take_event(), None);
            assert_eq!(board.state.mode, Mode::Normal);
        }
        board.state.mode = Mode::SafeMode;
        line_coding(DFU_RATE, &mut board);
        assert!(board.take_event().is_some());
    }

    #[test]
    fn a_rate_of_28800_leads_to_listening_before_6_0_0() {
        for (version, mode) in [("5.9.0", Mode::Listening), ("6.0.0", Mode::Normal)] {
            let mut board = board("boron", version);
            line_coding(28_800, &mut board);
            assert_eq!(board.state.mode, mode, "{version}");
        }
    }

    #[test]
    fn raw_questions_are_answered_in_the_numbers_of_the_version() {
        let version = Answer::Data(b"3.3.1\0".to_vec());
        assert_eq!(raw_in(30, &mut board("photon", "3.3.1")), version);
        assert_eq!(
            raw_in(20, &mut board("photon", "0.6.1")),
            Answer::Data(b"0123456789ABCDEF01234567".to_vec())
        );
        assert_eq!(raw_in(1, &mut board("photon", "0.6.0")), Answer::Data(b"0.6.0\0".to_vec()));
        assert_eq!(raw_in(30, &mut board("photon", "0.5.5")), Answer::Stall);
        assert_eq!(raw_in(30, &mut board("core", "1.4.4")), Answer::Stall);
    }

    #[test]
    fn raw_orders_are_known_early_and_the_reset_again_later() {
        for (version, index, answer) in [
            ("0.7.0", 50, Answer::Accepted),
            ("0.7.0", 60, Answer::Accepted),
            ("0.6.4", 60, Answer::Stall),
            ("0.8.0", 50, Answer::Stall),
            ("1.5.2", 40, Answer::Stall),
            ("2.0.0", 40, Answer::Accepted),
        ] {
            assert_eq!(raw_out(index, 0, &mut board("photon", version)), answer, "{version} {index}");
        }
    }

    #[test]
    fn an_rtl_board_hangs_without_a_data_stage() {
        let mut p2 = board("p2", "6.3.4");
        assert_eq!(raw_out(40, 0, &mut p2), Answer::Nak);
        assert_eq!(p2.take_event(), None);
        assert_eq!(raw_out(40, 1, &mut p2), Answer::Accepted);
    }

    #[test]
    fn firmware_before_0_8_0_has_no_service_protocol() {
        let setup = SetupPacket { request_type: VENDOR_IN, request: 1, value: 0, index: 40, length: 64 };
        let answer = Firmware::default().vendor_request(&setup, &[], &mut board("photon", "0.7.0"));
        assert_eq!(answer, Answer::Stall);
    }
}
