//! The Device Doctor application: Particle's own, which takes single letters over the serial port and answers in words.
//!
//! Source: the application's code in the Node tool, `assets/binaries/doctor.ino`.

use super::{board::Board, state::Mode};
use crate::platform::{ConfigurationField, Mcu};
use std::time::Duration;

/// Where generation 2 keeps what applications write to their EEPROM: two sectors of the processor's flash.
const EEPROM: (u32, usize) = (0x0800_C000, 0x1_4000);
const INTERNAL_FLASH: u8 = 0;
/// What the antenna field holds.
const INTERNAL_ANTENNA: u8 = 0;
const EXTERNAL_ANTENNA: u8 = 1;

/// Takes what was typed and gives what is printed. What makes no sense to it is passed over.
pub(super) fn type_in(input: &[u8], board: &mut Board) -> String {
    match input {
        b"l" => {
            board.enter(Mode::Listening);
            String::new()
        }
        b"d" => {
            board.restart(Mode::Dfu, Duration::ZERO);
            String::new()
        }
        b"ai" => select_antenna(INTERNAL_ANTENNA, "Internal", board),
        b"ae" => select_antenna(EXTERNAL_ANTENNA, "External", board),
        b"id" => {
            erase(ConfigurationField::IP_CONFIGURATION, board);
            "Switched to dynamic IP\r\n".to_owned()
        }
        b"e" => {
            if board.state.platform.mcu == Mcu::Stm32f205 {
                board.state.write(INTERNAL_FLASH, EEPROM.0, &vec![0xFF; EEPROM.1]);
                board.changed = true;
            }
            "Cleared EEPROM data\r\n".to_owned()
        }
        b"c" if board.state.platform.radio.wifi => {
            board.state.wifi.forget_all();
            board.state.wifi.leave();
            board.changed = true;
            "Cleared Wi-Fi credentials\r\n".to_owned()
        }
        _ => match input.strip_prefix(b"p").and_then(|rest| rest.strip_suffix(b"\n")) {
            Some(prefix) => name_access_point(prefix.trim_ascii(), board),
            None => String::new(),
        },
    }
}

fn select_antenna(antenna: u8, name: &str, board: &mut Board) -> String {
    board.configure(ConfigurationField::ANTENNA.address, &[antenna]);
    format!("Switched antenna to {name}\r\n")
}

fn name_access_point(prefix: &[u8], board: &mut Board) -> String {
    let field = ConfigurationField::ACCESS_POINT_PREFIX;
    erase(field, board);
    // One byte for the length, then the name.
    let prefix = &prefix[..prefix.len().min(field.length - 1)];
    if prefix.is_empty() {
        return "Switched SoftAP prefix to default\r\n".to_owned();
    }
    let stored = [&[prefix.len() as u8], prefix].concat();
    board.configure(field.address, &stored);
    format!("Switched SoftAP prefix to {}\r\n", String::from_utf8_lossy(prefix))
}

fn erase(field: ConfigurationField, board: &mut Board) {
    board.configure(field.address, &vec![0xFF; field.length]);
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

    fn photon() -> Board {
        let platform = Platform::by_name("photon").unwrap();
        let state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        Board::new(state, Clock::default(), Arc::new(Faults::default()))
    }

    #[test]
    fn every_letter_does_what_it_says() {
        let mut photon = photon();
        photon.state.write(0, 0x0801_0000, &[1]);
        for (typed, answer) in [
            (&b"ae"[..], "Switched antenna to External\r\n"),
            (b"id", "Switched to dynamic IP\r\n"),
            (b"pLab\n", "Switched SoftAP prefix to Lab\r\n"),
            (b"p\n", "Switched SoftAP prefix to default\r\n"),
            (b"e", "Cleared EEPROM data\r\n"),
            (b"c", "Cleared Wi-Fi credentials\r\n"),
            (b"x", ""),
            (b"l", ""),
        ] {
            assert_eq!(type_in(typed, &mut photon), answer);
        }
        assert_eq!(photon.state.read(1, 2976, 1), [EXTERNAL_ANTENNA]);
        assert_eq!(photon.state.read(0, 0x0801_0000, 1), [0xFF]);
        assert!(photon.state.wifi.saved().is_empty());
        assert_eq!(photon.state.mode, Mode::Listening);
    }
}
