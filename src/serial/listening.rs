//! The console of a device in listening mode: single letters are commands, answers are lines of text.
//!
//! Source: Device OS `system/src/system_setup.cpp`. The application may print to the same port, so answers are looked
//! for in all that has come since the question.

use super::{MacAddress, Port, PortError};
use crate::{
    clock::{Clock, Stop},
    platform::DeviceId,
};
use std::time::{Duration, Instant};

/// Limit for the answers to `i` and `s`: a modem may have to be switched on first.
const IDENTITY_LIMIT: Duration = Duration::from_secs(20);
/// Limit for the answer to `v`.
const VERSION_LIMIT: Duration = Duration::from_secs(2);
/// Limit for the answer to `m`.
const MAC_ADDRESS_LIMIT: Duration = Duration::from_secs(5);
/// Limit for the answer to `c`, for the prompt that `C` brings, and for what comes of the code.
const CLAIM_LIMIT: Duration = Duration::from_secs(2);
/// An answer of several lines has ended when nothing has come for this long.
const SILENCE: Duration = Duration::from_millis(250);
/// Of what a talkative application prints, this much is kept.
const MAX_KEPT: usize = 16 * 1024;

/// Why the console gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListeningError {
    /// The port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The device did not answer, or not what it would in listening mode.
    #[error("Serial timed out")]
    Silent,
    /// The person, or the time limit of the command, ended the wait.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

/// What a device tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleIdentity {
    /// The device id.
    pub id: DeviceId,
    /// Number of the modem.
    pub imei: Option<String>,
    /// Number of the SIM card.
    pub iccid: Option<String>,
}

/// A dialogue with a device in listening mode.
pub struct ListeningConsole<'a> {
    port: &'a mut dyn Port,
    clock: &'a Clock,
}

impl<'a> ListeningConsole<'a> {
    /// Talks over an open port.
    pub fn new(port: &'a mut dyn Port, clock: &'a Clock) -> Self {
        Self { port, clock }
    }

    /// Who the device is (`i`).
    pub fn identity(&mut self) -> Result<ConsoleIdentity, ListeningError> {
        self.ask(b"i", IDENTITY_LIMIT, parse_identity)
    }

    /// The version of Device OS (`v`).
    pub fn system_version(&mut self) -> Result<String, ListeningError> {
        self.ask(b"v", VERSION_LIMIT, parse_version)
    }

    /// The description of the firmware modules (`s`): JSON text.
    pub fn modules(&mut self) -> Result<String, ListeningError> {
        self.ask(b"s", IDENTITY_LIMIT, parse_modules)
    }

    /// The MAC address (`m`). Boards without Wi-Fi do not answer.
    pub fn mac_address(&mut self) -> Result<MacAddress, ListeningError> {
        self.ask(b"m", MAC_ADDRESS_LIMIT, parse_mac_address)
    }

    /// Whether the device takes itself for claimed (`c`). Device OS before 0.6.0 does not answer.
    pub fn is_claimed(&mut self) -> Result<bool, ListeningError> {
        self.ask(b"c", CLAIM_LIMIT, parse_claimed)
    }

    /// Gives the device the code with which the cloud claims it (`C`). Whether the device takes it.
    pub fn set_claim_code(&mut self, code: &str) -> Result<bool, ListeningError> {
        self.ask(b"C", CLAIM_LIMIT, |text| text.contains("claim code: ").then_some(()))?;
        self.ask(format!("{code}\n").as_bytes(), CLAIM_LIMIT, parse_claim)
    }

    /// Sends a command and collects what comes until it holds the answer and the device has fallen silent.
    fn ask<T>(
        &mut self,
        command: &[u8],
        limit: Duration,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ListeningError> {
        self.port.write(command)?;
        let start = Instant::now();
        let mut answer = Vec::new();
        loop {
            self.clock.check()?;
            let left = limit.saturating_sub(start.elapsed());
            let bytes = self.port.read(left.min(SILENCE))?;
            let silent = bytes.is_empty();
            answer.extend(bytes);
            answer.drain(..answer.len().saturating_sub(MAX_KEPT));
            if (silent || left.is_zero())
                && let Some(parsed) = parse(&String::from_utf8_lossy(&answer))
            {
                return Ok(parsed);
            }
            if left.is_zero() {
                return Err(ListeningError::Silent);
            }
        }
    }
}

/// Reads the answer to `i`: one sentence on the Core, Photon and P1, a list of names and values on everything newer.
fn parse_identity(text: &str) -> Option<ConsoleIdentity> {
    let named = ["Your device id is", "Your core id is"]
        .iter()
        .find_map(|name| complete_lines(text).find_map(|line| word_after(line, name)?.parse().ok()));
    let id = named.or_else(|| complete_lines(text).flat_map(words).find_map(|word| word.parse().ok()))?;
    let value = |name| complete_lines(text).find_map(|line| word_after(line, name)).map(str::to_owned);
    Some(ConsoleIdentity { id, imei: value("IMEI:"), iccid: value("ICCID:") })
}

/// Reads the answer to `v`.
fn parse_version(text: &str) -> Option<String> {
    complete_lines(text).find_map(|line| {
        let (_, rest) = line.split_once("system firmware version:")?;
        rest.split_whitespace().next().map(str::to_owned)
    })
}

/// Finds the answer to `s`: the line with a JSON object that has a list of modules.
fn parse_modules(text: &str) -> Option<String> {
    let description = |line: &str| {
        let object = &line[line.find(r#"{"p":"#)?..];
        let value: serde_json::Value = serde_json::Deserializer::from_str(object).into_iter().next()?.ok()?;
        value.get("m")?.is_array().then(|| value.to_string())
    };
    complete_lines(text).find_map(description)
}

/// Reads the answer to `m`.
fn parse_mac_address(text: &str) -> Option<MacAddress> {
    let (_, address) = text[..complete(text)].split_once("MAC address is")?;
    MacAddress::find(address)
}

/// Reads the answer to `c`.
fn parse_claimed(text: &str) -> Option<bool> {
    complete_lines(text).find_map(|line| match word_after(line, "Device claimed:")? {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    })
}

/// Reads what comes of a claim code.
fn parse_claim(text: &str) -> Option<bool> {
    let words = |words| complete_lines(text).any(|line| line.contains(words));
    if words("Claim code set to:") {
        return Some(true);
    }
    words("Claim code unchanged").then_some(false)
}

/// The lines that have ended; the rest may still be on its way.
fn complete_lines(text: &str) -> impl Iterator<Item = &str> {
    text[..complete(text)].split(['\r', '\n'])
}

/// Where the lines that have ended end.
fn complete(text: &str) -> usize {
    text.rfind(['\r', '\n']).unwrap_or(0)
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// The first word behind `name`, if nothing but blanks lies between.
fn word_after<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(name)?;
    rest.trim_start().split(|c: char| !c.is_ascii_alphanumeric()).next().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    const ID: &str = "3a0027001247363335343834";

    /// A port that answers each command with its pieces, and then is silent.
    struct Script(VecDeque<(u8, Vec<&'static str>)>, VecDeque<&'static str>);

    impl Port for Script {
        fn read(&mut self, _limit: Duration) -> Result<Vec<u8>, PortError> {
            Ok(self.1.pop_front().unwrap_or_default().as_bytes().to_vec())
        }

        fn write(&mut self, bytes: &[u8]) -> Result<(), PortError> {
            let (command, answer) = self.0.pop_front().unwrap();
            assert_eq!(bytes, [command]);
            assert!(self.1.is_empty(), "asked before the last answer was read");
            self.1 = answer.into();
            Ok(())
        }
    }

    #[test]
    fn a_photon_answers_in_pieces_with_noise_between() {
        let identity = vec!["app: 17\r\nYour devi", "ce id is 3A00270012473633", "", "35343834\r\n", "more"];
        let mut port = Script(
            [(b'i', identity), (b'v', vec!["system firmware version: 2.0.1\n\r\n"])].into(),
            [].into(),
        );
        let clock = Clock::default();
        let mut console = ListeningConsole::new(&mut port, &clock);
        let expected = ConsoleIdentity { id: ID.parse().unwrap(), imei: None, iccid: None };
        assert_eq!(console.identity(), Ok(expected));
        assert_eq!(console.system_version().as_deref(), Ok("2.0.1"));
    }

    #[test]
    fn a_wait_ends_with_the_command() {
        let mut port = Script([(b'i', vec![])].into(), [].into());
        let clock = Clock::default().with_limit(Duration::ZERO);
        let outcome = ListeningConsole::new(&mut port, &clock).identity();
        assert_eq!(outcome, Err(ListeningError::Stopped(Stop::TimedOut)));
    }

    #[test]
    fn every_form_of_identity_is_understood() {
        let plain = ConsoleIdentity { id: ID.parse().unwrap(), imei: None, iccid: None };
        let parse = |text: String| parse_identity(&text);
        assert_eq!(parse(format!("Your core id is {ID}\r\n")), Some(plain.clone()));
        assert_eq!(parse(format!("\r\n{ID}\r\n")), Some(plain.clone()));
        let cellular = format!("Device ID: {ID}\r\nIMEI: 353162070000000\r\nICCID: 8934076500002589000\r\n");
        let expected = ConsoleIdentity {
            imei: Some("353162070000000".to_owned()),
            iccid: Some("8934076500002589000".to_owned()),
            ..plain
        };
        assert_eq!(parse(cellular), Some(expected));
        assert_eq!(parse(format!("Your device id is {ID}")), None);
        assert_eq!(parse("Your device id is 3a00\r\n".to_owned()), None);
    }

    #[test]
    fn a_claim_is_told_in_a_line_of_its_own() {
        assert_eq!(parse_claimed("tick\r\nDevice claimed: yes\r\n"), Some(true));
        assert_eq!(parse_claimed("Device claimed: no\r\n"), Some(false));
        assert_eq!(parse_claimed("Device claimed: y"), None);
    }

    #[test]
    fn modules_are_found_among_what_the_application_prints() {
        let text = "{\"t\":1}\r\n0017 [app] INFO: {{\"p\":6,\"m\":[{\"f\":\"s\"}]} x\r\n{\"p\":7,\"m\":";
        assert_eq!(parse_modules(text).as_deref(), Some(r#"{"p":6,"m":[{"f":"s"}]}"#));
        assert_eq!(parse_modules(&text[10..40]), None);
    }

    proptest! {
        #[test]
        fn any_answer_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let text = String::from_utf8_lossy(&bytes);
            let _ = (parse_identity(&text), parse_version(&text), parse_modules(&text));
            let _ = (parse_mac_address(&text), parse_claim(&text), parse_claimed(&text));
        }

        #[test]
        fn an_identity_is_found_in_any_noise(noise in "[a-z :\r\nä]{0,60}", id in "[0-9a-f]{24}", imei in "[0-9]{15}") {
            let text = format!("{noise}\r\nDevice ID: {id}\r\nIMEI: {imei}\r\n");
            let found = parse_identity(&text).unwrap();
            prop_assert_eq!(found.id.as_str(), id.as_str());
            prop_assert_eq!(found.imei, Some(imei));
        }

        #[test]
        fn a_version_is_found_in_any_noise(noise in "[ -~\r\n]{0,60}", version in "[0-9]\\.[0-9]\\.[0-9](-rc\\.[0-9])?") {
            let text = format!("{noise}\r\nsystem firmware version: {version}\n\r\n");
            prop_assert_eq!(parse_version(&text), Some(version));
        }
    }
}
