//! Receiving a file over the serial port.
//!
//! Source: Device OS v3.3.1 `system/src/system_ymodem.cpp`, `system/inc/system_ymodem.h`.

use super::{
    board::{Board, Disturbance},
    state::Mode,
    update::ApplicationNeeds,
};
use crate::{
    sandbox::fault::Moment,
    serial::ymodem::packet::{ABORT, ACK, CAN, EOT, FRAME, NAK, READY, packet_size},
};
use std::time::{Duration, Instant};

/// How long the device waits for a byte before it says that it is ready.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many times it does so, or is sent nonsense, before it gives up.
const MAX_ERRORS: u32 = 5;
/// Where the data of a packet begins.
const DATA: usize = 3;
/// From the last words to the restart.
const RESTART_DELAY: Duration = Duration::from_millis(500);
/// The largest file that any board has room for.
const MAX_SIZE: usize = 2 * 1024 * 1024;

/// A file that is coming in.
pub(super) struct Receiver {
    /// Bytes of a packet that is not complete yet.
    pending: Vec<u8>,
    file: Option<IncomingFile>,
    /// Number of the next packet, before it goes round.
    next: usize,
    errors: u32,
    /// When something last came or went.
    since: Instant,
}

/// What the header said, and the data so far.
struct IncomingFile {
    name: String,
    size: usize,
    data: Vec<u8>,
    /// Whether its end has come.
    complete: bool,
}

/// What a receiver prints, and whether it goes on.
pub(super) struct Answer {
    pub(super) printed: String,
    pub(super) over: bool,
}

impl Answer {
    fn go_on(bytes: &[u8]) -> Self {
        Self { printed: bytes.iter().copied().map(char::from).collect(), over: false }
    }

    fn end(printed: String) -> Self {
        Self { printed, over: true }
    }

    fn cancel() -> Self {
        Self::end([CAN, CAN].map(char::from).iter().collect())
    }
}

impl Receiver {
    /// Waits for a file.
    pub(super) fn start() -> Self {
        Self { pending: Vec::new(), file: None, next: 0, errors: 0, since: Instant::now() }
    }

    /// Takes what was sent. What comes after the end of the transfer is lost.
    pub(super) fn take(&mut self, input: &[u8], board: &mut Board) -> Answer {
        self.since = Instant::now();
        self.pending.extend(input);
        let mut printed = String::new();
        while let Some(&mark) = self.pending.first() {
            let answer = match packet_size(mark) {
                Some(size) if self.pending.len() < size => break,
                Some(size) => {
                    let mut packet: Vec<u8> = self.pending.drain(..size).collect();
                    match board.disturbance(Moment::Ymodem) {
                        Some(Disturbance::Ends(_)) => break,
                        Some(Disturbance::Corrupts) => packet[DATA] ^= 1,
                        Some(Disturbance::Busy | Disturbance::Cuts) | None => {}
                    }
                    self.packet(&packet, board)
                }
                None => {
                    self.pending.remove(0);
                    self.control(mark)
                }
            };
            printed += &answer.printed;
            if answer.over {
                return Answer::end(printed);
            }
        }
        Answer { printed, over: false }
    }

    /// What the device does of its own accord while nothing comes.
    pub(super) fn idle(&mut self, board: &Board) -> Answer {
        if self.since.elapsed() < board.clock.scaled(PATIENCE) {
            return Answer::go_on(&[]);
        }
        self.since = Instant::now();
        self.pending.clear();
        self.error()
    }

    fn control(&mut self, byte: u8) -> Answer {
        match byte {
            EOT => {
                self.next = 0;
                self.file.iter_mut().for_each(|file| file.complete = true);
                Answer::go_on(&[ACK])
            }
            CAN if self.pending.first() == Some(&CAN) => Answer::end(char::from(ACK).to_string()),
            _ if byte.eq_ignore_ascii_case(&ABORT) => Answer::cancel(),
            _ => self.error(),
        }
    }

    fn error(&mut self) -> Answer {
        self.errors += 1;
        if self.errors > MAX_ERRORS { Answer::cancel() } else { Answer::go_on(&[READY]) }
    }

    fn packet(&mut self, packet: &[u8], board: &mut Board) -> Answer {
        let (number, data) = (packet[1], &packet[DATA..packet.len() - (FRAME - DATA)]);
        if number != !packet[2] {
            return self.error();
        }
        self.errors = 0;
        if usize::from(number) != self.next % 256 {
            return Answer::go_on(&[NAK]);
        }
        self.next += 1;
        match &mut self.file {
            None => self.header(data),
            Some(file) if file.complete => finish(file, board),
            Some(file) => {
                let wanted = file.size - file.data.len();
                file.data.extend(data.iter().take(wanted));
                Answer::go_on(&[ACK])
            }
        }
    }

    fn header(&mut self, data: &[u8]) -> Answer {
        let mut fields = data.split(|byte| *byte == 0);
        let text = |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or_default()).into_owned();
        let (name, rest) = (text(fields.next()), text(fields.next()));
        if name.is_empty() {
            return Answer::end(char::from(ACK).to_string());
        }
        match rest.split_whitespace().next().and_then(|size| size.parse().ok()) {
            Some(size) if size <= MAX_SIZE => {
                self.file = Some(IncomingFile { name, size, data: Vec::new(), complete: false });
                Answer::go_on(&[ACK, READY])
            }
            _ => Answer::cancel(),
        }
    }
}

/// Checks the file, and restarts with it if it is a module that fits.
fn finish(file: &IncomingFile, board: &mut Board) -> Answer {
    match board.state.receive(&file.data, ApplicationNeeds::Later) {
        Ok(()) => {
            board.changed = true;
            board.restart(Mode::Normal, RESTART_DELAY);
            let ack = char::from(ACK);
            let IncomingFile { name, size, .. } = file;
            Answer::end(format!(
                "{ack}\r\nDownloaded file successfully!\r\nName: {name}\r\nSize: {size} bytes\r\n"
            ))
        }
        Err(error) => {
            let cancel = Answer::cancel().printed;
            Answer::end(format!("{cancel}Validation failed: {}\r\n", error.result_code().0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        platform::Platform,
        sandbox::{bench::state::DeviceState, fault::Faults},
        serial::ymodem::packet,
    };
    use proptest::prelude::*;
    use std::sync::Arc;

    fn photon(time_scale: f64) -> Board {
        let platform = Platform::by_name("photon").unwrap();
        let state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        Board::new(state, Clock::new(time_scale), Arc::new(Faults::default()))
    }

    fn take(receiver: &mut Receiver, input: &[u8]) -> String {
        receiver.take(input, &mut photon(1.0)).printed
    }

    #[test]
    fn packets_are_acknowledged_in_order() {
        let mut receiver = Receiver::start();
        assert_eq!(take(&mut receiver, &packet::header("a", 3)), "\u{6}C");
        assert_eq!(take(&mut receiver, &packet::packet(2, b"abc")), "\u{15}");
        let data = packet::packet(1, b"abc");
        assert_eq!(take(&mut receiver, &data[..50]), "");
        assert_eq!(take(&mut receiver, &data[50..]), "\u{6}");
        assert_eq!(take(&mut receiver, &[EOT]), "\u{6}");
        let answer = receiver.take(&packet::no_more_files(), &mut photon(1.0));
        assert!(
            answer.over && answer.printed.starts_with("\u{18}\u{18}Validation failed: -"),
            "{}",
            answer.printed
        );
    }

    #[test]
    fn a_device_says_that_it_waits_and_gives_up_in_the_end() {
        let (mut receiver, board) = (Receiver::start(), photon(0.0));
        for _ in 0..MAX_ERRORS {
            assert_eq!(receiver.idle(&board).printed, "C");
        }
        let answer = receiver.idle(&board);
        assert!(answer.over);
        assert_eq!(answer.printed, "\u{18}\u{18}");
        assert_eq!(Receiver::start().idle(&photon(1.0)).printed, "");
    }

    #[test]
    fn a_person_and_a_program_can_end_it() {
        for input in [b"a".as_slice(), &[CAN, CAN]] {
            assert!(Receiver::start().take(input, &mut photon(1.0)).over, "{input:?}");
        }
        let broken = [packet::SOH, 0, 0].into_iter().chain([0; 130]).collect::<Vec<u8>>();
        assert_eq!(take(&mut Receiver::start(), &broken), "C");
        assert!(Receiver::start().take(&packet::header("a", MAX_SIZE + 1), &mut photon(1.0)).over);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
            let (mut receiver, mut board) = (Receiver::start(), photon(1.0));
            for chunk in bytes.chunks(700) {
                if receiver.take(chunk, &mut board).over {
                    break;
                }
            }
        }
    }
}
