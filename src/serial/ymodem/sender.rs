//! The sending side, without any input or output of its own.
//!
//! The receiver is the one of Device OS (`system/src/system_ymodem.cpp`). What it sends is looked through for the few
//! bytes that matter: a device whose application logs to the same port mixes text into them.

use super::packet::{self, ABORT, ACK, CAN, EOT, LONG, NAK, READY};
use std::{borrow::Cow, time::Duration};

#[cfg(test)]
mod tests;

/// The command that makes a listening device receive a file.
const RECEIVE: &[u8] = b"f";
/// The device's words for that it waits for the file.
const WAITING: &str = "Waiting for the binary file to be sent";
/// The words of Device OS 6.0.0 and later.
const NO_LONGER: &str = "is no longer supported";
/// The words for a file that was taken.
const TAKEN: &str = "ownloaded file successfully";
/// The words for a file that was not taken, with the reason as a number behind them.
const REFUSED: &str = "Validation failed:";
/// How often a packet is sent again before the transfer is given up.
const MAX_REPEATS: u32 = 5;
/// Of what the device prints, this much is kept.
const MAX_KEPT: usize = 512;
/// Limit for the device to begin.
const BEGIN_LIMIT: Duration = Duration::from_secs(10);
/// Limit for the answer to a packet: the first one makes the device erase flash.
const PACKET_LIMIT: Duration = Duration::from_secs(70);
/// How long a device that says it waits is given to say otherwise: Device OS 6.0.0 and later do, after 100 ms.
const SECOND_THOUGHTS_LIMIT: Duration = Duration::from_millis(300);
/// Limit for the last words. Early firmware has none, and an update that was taken ends in a restart.
const LAST_WORDS_LIMIT: Duration = Duration::from_secs(2);
/// The name under which a file is sent; the device only prints it.
const NAME: &str = "binary";

/// Why a file did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The device does not answer the command, or not as it would in listening mode.
    #[error("Timed out waiting for initial response from device")]
    NoAnswer,
    /// Device OS 6.0.0 and later take no files over the serial port.
    #[error("this version of Device OS takes no files over the serial port")]
    NoLongerSupported,
    /// The device does not take the name and the size of the file.
    #[error("file header not acknowledged")]
    Header,
    /// The device gave the transfer up.
    #[error("Transfer cancelled")]
    Cancelled,
    /// The device stopped answering.
    #[error("the device does not answer any more")]
    Silent,
    /// The file arrived, and the device has no use for it.
    #[error("Validation failed{}", .0.map(|code| format!(": {code}")).unwrap_or_default())]
    Validation(Option<i32>),
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Receive; after this long without an answer, tell [`Sender::time_out`].
    Await(Duration),
    /// The device has the file.
    Done,
    /// It has not.
    Failed(Refusal),
}

/// A transfer of one file.
pub struct Sender<'a> {
    file: &'a [u8],
    state: State,
    /// What is to be sent before anything else.
    outgoing: Option<Vec<u8>>,
    repeats: u32,
    /// Whether the last byte received was a [`CAN`].
    cancelling: bool,
    /// The last text received.
    text: String,
}

/// Which answer is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// To the command.
    Begin,
    /// None: the device waits for the file, or thinks better of it.
    Invited,
    /// To the header.
    Header,
    /// To the packet with this number, the first one having 1.
    Data(usize),
    /// To the end of the file.
    End,
    /// To the word that no further file follows.
    NoMoreFiles,
    /// The file is taken; the device may have more to say.
    Taken,
    /// The device has given the transfer up; it may say why.
    Cancelled(Refusal),
    Done,
    Failed(Refusal),
}

impl<'a> Sender<'a> {
    /// Begins a transfer to a device in listening mode.
    pub fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            state: State::Begin,
            outgoing: Some(RECEIVE.to_vec()),
            repeats: 0,
            cancelling: false,
            text: String::new(),
        }
    }

    /// What is to be done next. Bytes to send are given once.
    pub fn step(&mut self) -> Step {
        if let Some(bytes) = self.outgoing.take() {
            return Step::Send(bytes);
        }
        match self.state {
            State::Begin => Step::Await(BEGIN_LIMIT),
            State::Invited => Step::Await(SECOND_THOUGHTS_LIMIT),
            State::Header | State::Data(_) | State::End | State::NoMoreFiles => Step::Await(PACKET_LIMIT),
            State::Taken | State::Cancelled(_) => Step::Await(LAST_WORDS_LIMIT),
            State::Done => Step::Done,
            State::Failed(refusal) => Step::Failed(refusal),
        }
    }

    /// How many bytes of the file the device has.
    pub fn sent(&self) -> usize {
        match self.state {
            State::Begin | State::Invited | State::Header | State::Cancelled(_) | State::Failed(_) => 0,
            State::Data(number) => self.file.len().min((number - 1) * LONG),
            State::End | State::NoMoreFiles | State::Taken | State::Done => self.file.len(),
        }
    }

    /// Takes bytes that have come from the device. Whether something else is awaited now.
    pub fn receive(&mut self, bytes: &[u8]) -> bool {
        let before = self.state;
        self.remember(bytes);
        for byte in bytes {
            let cancelling = std::mem::replace(&mut self.cancelling, *byte == CAN);
            match *byte {
                CAN if cancelling => self.cancel(),
                ACK => self.advance(),
                NAK => self.repeat(),
                _ => {}
            }
        }
        // Among other text the letter proves nothing. Later it is no answer: the device sends one whenever it has
        // waited for a while.
        let is_ready = !bytes.is_empty() && bytes.iter().all(|byte| *byte == READY);
        if is_ready && matches!(self.state, State::Begin | State::Invited) {
            self.send(State::Header);
        }
        self.heed_words();
        self.state != before
    }

    /// Nothing has come for as long as the last [`Step::Await`] said.
    pub fn time_out(&mut self) {
        match self.state {
            State::Begin => self.state = State::Failed(Refusal::NoAnswer),
            State::Invited => self.send(State::Header),
            State::Header | State::Data(_) | State::End | State::NoMoreFiles => {
                self.state = State::Failed(Refusal::Silent);
                self.outgoing = Some(vec![ABORT]);
            }
            State::Taken => self.state = State::Done,
            State::Cancelled(refusal) => self.state = State::Failed(refusal),
            State::Done | State::Failed(_) => {}
        }
    }

    /// The device is gone. Whether that is because it restarts with what it was sent.
    pub fn disconnect(&mut self) -> bool {
        if self.state == State::Taken {
            self.state = State::Done;
        }
        self.state == State::Done
    }

    /// What makes the device give up; nothing once it has all it needs.
    pub fn abort(&self) -> Option<u8> {
        match self.state {
            State::Begin | State::Invited | State::Header | State::Data(_) | State::End => Some(ABORT),
            State::NoMoreFiles | State::Taken | State::Cancelled(_) | State::Done | State::Failed(_) => None,
        }
    }

    fn remember(&mut self, bytes: &[u8]) {
        self.text += &String::from_utf8_lossy(bytes);
        let mut surplus = self.text.len().saturating_sub(MAX_KEPT);
        while !self.text.is_char_boundary(surplus) {
            surplus += 1;
        }
        self.text.drain(..surplus);
    }

    /// The answer awaited has come.
    fn advance(&mut self) {
        match self.state {
            State::Header if self.file.is_empty() => self.send(State::End),
            State::Header => self.send(State::Data(1)),
            State::Data(number) if number * LONG < self.file.len() => self.send(State::Data(number + 1)),
            State::Data(_) => self.send(State::End),
            State::End => self.send(State::NoMoreFiles),
            State::NoMoreFiles => self.state = State::Taken,
            State::Begin | State::Invited | State::Taken => {}
            State::Cancelled(_) | State::Done | State::Failed(_) => {}
        }
    }

    fn send(&mut self, state: State) {
        self.state = state;
        self.repeats = 0;
        self.outgoing = self.packet().map(Cow::into_owned);
    }

    /// The bytes whose answer is awaited.
    fn packet(&self) -> Option<Cow<'static, [u8]>> {
        match self.state {
            State::Header => Some(packet::header(NAME, self.file.len()).into()),
            State::Data(number) => {
                let chunk = self.file.chunks(LONG).nth(number - 1)?;
                // Numbers go round.
                Some(packet::packet((number % 256) as u8, chunk).into())
            }
            State::End => Some(Cow::Borrowed(&[EOT])),
            State::NoMoreFiles => Some(packet::no_more_files().into()),
            State::Begin | State::Invited | State::Taken => None,
            State::Cancelled(_) | State::Done | State::Failed(_) => None,
        }
    }

    fn repeat(&mut self) {
        let Some(packet) = self.packet() else { return };
        self.repeats += 1;
        if self.repeats <= MAX_REPEATS {
            self.outgoing = Some(packet.into_owned());
            return;
        }
        self.state = State::Failed(self.refusal());
        self.outgoing = Some(vec![ABORT]);
    }

    fn cancel(&mut self) {
        if !matches!(self.state, State::Cancelled(_) | State::Done | State::Failed(_)) {
            self.state = State::Cancelled(self.refusal());
            self.outgoing = None;
        }
    }

    /// What it means that the device refuses what it was sent last.
    fn refusal(&self) -> Refusal {
        match self.state {
            State::Begin | State::Invited => Refusal::NoLongerSupported,
            State::Header => Refusal::Header,
            State::NoMoreFiles | State::Taken => Refusal::Validation(None),
            _ => Refusal::Cancelled,
        }
    }

    /// What the device says in words.
    fn heed_words(&mut self) {
        match self.state {
            State::Begin if line_with(&self.text, WAITING).is_some() => self.state = State::Invited,
            State::Begin | State::Invited | State::Cancelled(_) if self.text.contains(NO_LONGER) => {
                self.state = State::Failed(Refusal::NoLongerSupported);
            }
            State::NoMoreFiles | State::Taken | State::Cancelled(_) => {
                if let Some(reason) = line_with(&self.text, REFUSED) {
                    self.state = State::Failed(Refusal::Validation(reason.trim().parse().ok()));
                } else if self.text.contains(TAKEN) {
                    self.state = State::Done;
                }
            }
            _ => {}
        }
    }
}

/// What stands behind `words` in a line that has ended.
fn line_with<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(words)?;
    rest.find(['\r', '\n']).map(|end| &rest[..end])
}
