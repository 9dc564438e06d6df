//! The dialogue that a listening device offers on its serial port.
//!
//! Source: Device OS `system/src/system_setup.cpp`, v0.4.9 to v6.2.0.

mod wifi;

use super::{
    board::Board,
    dct, modules,
    os_version::OsVersion,
    requests,
    state::Mode,
    ymodem::{self, Receiver},
};
use crate::{
    platform::Generation,
    sandbox::fault::Moment,
    serial::ymodem::packet::{CAN, packet_size},
};
use std::time::Duration;
use wifi::WifiDialogue;

/// From this version on firmware tells of its version and its modules.
const TELLS_OF_ITSELF: OsVersion = OsVersion(0, 4, 0);
/// The claim commands came with this version.
const CLAIM_COMMANDS: OsVersion = OsVersion(0, 6, 0);
/// From this version on, files are not taken here.
const NO_FILES: OsVersion = OsVersion(6, 0, 0);
/// What is said before a file is taken.
const WAITING: &str = "Waiting for the binary file to be sent ... (press 'a' to abort)\r\n";
/// Longest line that is taken.
const MAX_LINE: usize = 512;

/// Where one dialogue stands. The serial port and the pseudo-terminal have one each.
#[derive(Default)]
pub(super) struct Console {
    prompt: Option<Prompt>,
    wifi: Option<WifiDialogue>,
    line: String,
    /// A file that is coming in.
    receiver: Option<Receiver>,
    later: Option<(Duration, String)>,
}

/// A question that waits for a line.
#[derive(Clone, Copy)]
enum Prompt {
    ClaimCode,
}

impl Console {
    /// Takes what was typed and gives what is printed. Outside listening mode input is lost on the application.
    pub(super) fn type_in(&mut self, input: &[u8], board: &mut Board) -> String {
        let mut printed = String::new();
        for (place, &byte) in input.iter().enumerate() {
            if board.state.mode != Mode::Listening {
                *self = Self::default();
                break;
            }
            if self.wifi.is_some() {
                let (text, go_on) = self.take_for_wifi(byte, board);
                printed += &text;
                if !go_on {
                    break;
                }
                continue;
            }
            if begins_file(byte, board) || self.receiver.is_some() {
                printed += &self.receive(&input[place..], board);
                break;
            }
            match self.prompt {
                None => printed += &self.command(byte, board),
                Some(prompt) => {
                    let (echo, line) = self.take(byte);
                    printed += &echo;
                    if let Some(line) = line {
                        printed += &answer(prompt, &line, board);
                        self.prompt = None;
                        // Whatever was typed ahead of the next prompt is thrown away.
                        break;
                    }
                }
            }
        }
        printed
    }

    /// What the device prints of its own accord.
    pub(super) fn idle(&mut self, board: &Board) -> String {
        let answer = self.receiver.as_mut().map(|receiver| receiver.idle(board));
        self.heed(answer)
    }

    /// Whether a file is to come, for which the device asks now and then.
    pub(super) fn awaits_file(&self) -> bool {
        self.receiver.is_some()
    }

    fn receive(&mut self, input: &[u8], board: &mut Board) -> String {
        let receiver = self.receiver.get_or_insert_with(Receiver::start);
        let answer = receiver.take(input, board);
        self.heed(Some(answer))
    }

    fn heed(&mut self, answer: Option<ymodem::Answer>) -> String {
        let Some(ymodem::Answer { printed, over }) = answer else { return String::new() };
        if over {
            self.receiver = None;
        }
        printed
    }

    /// What is to be printed after a while of silence, since it was last asked.
    pub(super) fn take_later(&mut self) -> Option<(Duration, String)> {
        self.later.take()
    }

    /// Takes one character of the Wi-Fi dialogue: what is printed, and whether the next one counts, too.
    fn take_for_wifi(&mut self, byte: u8, board: &mut Board) -> (String, bool) {
        let (echo, line) = self.take(byte);
        let (Some(line), Some(dialogue)) = (line, &mut self.wifi) else { return (echo, true) };
        let reply = dialogue.take(&line, board);
        self.later = reply.later;
        if reply.over {
            self.wifi = None;
        }
        (echo + &reply.at_once, !reply.flushes)
    }

    fn command(&mut self, byte: u8, board: &mut Board) -> String {
        if board.disturbance(Moment::Console(byte.into())).is_some() {
            return String::new();
        }
        let knows_claims = board.state.os_version >= CLAIM_COMMANDS;
        match byte {
            b'i' => identity(board),
            b'm' if board.state.platform.radio.wifi => {
                format!("Your device MAC address is\r\n{}\r\n", mac_address(board.state.mac_address()))
            }
            b'w' if board.state.platform.has_console_wifi() => {
                let (dialogue, question) = WifiDialogue::begin(board);
                self.wifi = Some(dialogue);
                question.to_owned()
            }
            b'v' | b's' if board.state.os_version < TELLS_OF_ITSELF => String::new(),
            b'v' => format!("system firmware version: {}\n\r\n", board.state.os_version),
            b's' => format!("{}\r\n", modules::json(&board.state)),
            b'f' if board.state.os_version >= NO_FILES => {
                let cancel = char::from(CAN).to_string().repeat(4);
                format!("{WAITING}{cancel}Serial/YModem flashing is no longer supported\r\n")
            }
            b'f' => {
                self.receiver = Some(Receiver::start());
                WAITING.to_owned()
            }
            b'x' => {
                board.enter(Mode::Normal);
                String::new()
            }
            b'L' => {
                board.restart(Mode::Listening, Duration::ZERO);
                String::new()
            }
            b'c' if knows_claims => {
                let claimed = if requests::is_claimed(board) { "yes" } else { "no" };
                format!("Device claimed: {claimed}\r\n")
            }
            b'C' if knows_claims => {
                self.prompt = Some(Prompt::ClaimCode);
                "Enter 63-digit claim code: ".to_owned()
            }
            _ => String::new(),
        }
    }

    /// Takes one character of a line: what is echoed, and the line once it is complete.
    fn take(&mut self, byte: u8) -> (String, Option<String>) {
        match byte {
            b'\r' | b'\n' => ("\r\n".to_owned(), Some(std::mem::take(&mut self.line))),
            8 | 0x7F => match self.line.pop() {
                Some(_) => ("\u{8} \u{8}".to_owned(), None),
                None => (String::new(), None),
            },
            0x20..=0x7E if self.line.len() < MAX_LINE => {
                self.line.push(byte.into());
                (char::from(byte).to_string(), None)
            }
            _ => (String::new(), None),
        }
    }
}

/// Whether a byte is the first one of a file, which then needs no command.
fn begins_file(byte: u8, board: &Board) -> bool {
    packet_size(byte).is_some() && board.state.os_version < NO_FILES
}

fn answer(prompt: Prompt, line: &str, board: &mut Board) -> String {
    match prompt {
        Prompt::ClaimCode if line.len() == dct::CLAIM_CODE_LENGTH => {
            board.configure(dct::CLAIM_CODE, line.as_bytes());
            format!("Claim code set to: {line}\r\n")
        }
        Prompt::ClaimCode => {
            "Sorry, claim code is not 63 characters long. Claim code unchanged.\r\n".to_owned()
        }
    }
}

/// Who the device is: one line where the id is all there is to tell, else a list.
fn identity(board: &Board) -> String {
    let state = &board.state;
    let platform = state.platform;
    if platform.generation == Generation::One {
        return format!("Your core id is {}\r\n", state.id);
    }
    if platform.generation == Generation::Two && !platform.radio.cellular {
        return format!("Your device id is {}\r\n", state.id);
    }
    let mut lines = format!("Device ID: {}\r\n", state.id);
    let more = [("IMEI", &state.imei), ("ICCID", &state.iccid), ("Serial Number", &state.serial_number)];
    for (name, value) in more {
        if let Some(value) = value {
            lines += &format!("{name}: {value}\r\n");
        }
    }
    lines
}

/// A hardware address as text.
fn mac_address(bytes: [u8; 6]) -> String {
    bytes.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        platform::Platform,
        sandbox::{bench::state::DeviceState, fault::Faults},
    };
    use std::sync::Arc;

    pub(super) fn listening(platform: &str) -> Board {
        let platform = Platform::by_name(platform).unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.mode = Mode::Listening;
        Board::new(state, Clock::default(), Arc::new(Faults::default()))
    }

    fn typed(platform: &str, input: &[u8]) -> String {
        Console::default().type_in(input, &mut listening(platform))
    }

    #[test]
    fn a_device_says_who_it_is_in_the_words_of_its_generation() {
        assert_eq!(typed("core", b"i"), "Your core id is 0123456789abcdef01234567\r\n");
        assert_eq!(typed("photon", b"i"), "Your device id is 0123456789abcdef01234567\r\n");
        let electron = typed("electron", b"i");
        assert!(electron.starts_with("Device ID: 0123456789abcdef01234567\r\nIMEI: 35"), "{electron}");
        assert!(typed("argon", b"i").contains("Serial Number: "));
    }

    #[test]
    fn version_address_and_modules_are_told() {
        assert_eq!(typed("photon", b"v"), "system firmware version: 3.3.1\n\r\n");
        assert_eq!(typed("photon", b"m"), "Your device MAC address is\r\n6c:0b:84:23:45:67\r\n");
        let modules: serde_json::Value = serde_json::from_str(&typed("p1", b"s")).unwrap();
        assert_eq!(modules["p"], 8);
    }

    #[test]
    fn a_line_is_echoed_and_what_is_typed_ahead_is_lost() {
        let (mut console, mut board) = (Console::default(), listening("photon"));
        assert_eq!(console.type_in(b"C", &mut board), "Enter 63-digit claim code: ");
        let printed = console.type_in(b"ab\x08c\ri", &mut board);
        assert_eq!(
            printed,
            "ab\u{8} \u{8}c\r\nSorry, claim code is not 63 characters long. Claim code unchanged.\r\n"
        );
        console.type_in(b"C", &mut board);
        let code = "7".repeat(63);
        let printed = console.type_in(format!("{code}\n").as_bytes(), &mut board);
        assert_eq!(printed, format!("{code}\r\nClaim code set to: {code}\r\n"));
        assert_eq!(board.state.read(1, dct::CLAIM_CODE, 63), code.as_bytes());
    }

    #[test]
    fn leaving_ends_the_dialogue() {
        let (mut console, mut board) = (Console::default(), listening("photon"));
        assert_eq!(console.type_in(b"xi", &mut board), "");
        assert_eq!(board.state.mode, Mode::Normal);
        assert_eq!(console.type_in(b"i", &mut board), "");
    }
}
