//! Giving a listening device Wi-Fi credentials over its console.

use super::{
    AnswerError, DialogueFailure, Port, PortError, Progress, Question, WifiDialogue,
    wifi_dialogue::WIFI_COMMAND,
};
use crate::{
    clock::{Clock, Stop},
    secret::Secret,
    usb::TransferError,
};
use std::time::{Duration, Instant};

/// Limit for the first question.
const FIRST_LIMIT: Duration = Duration::from_secs(5);
/// Limit for the question after the name of the network: the device looks for it.
const SCAN_LIMIT: Duration = Duration::from_secs(30);
/// Limit for every other question, and for saving.
const LIMIT: Duration = Duration::from_secs(15);
/// The port is read in pieces of this length, between which Ctrl-C is looked at.
const PIECE: Duration = Duration::from_millis(250);

/// Why a device did not get its credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WifiSetupError {
    /// The port failed.
    #[error(transparent)]
    Port(PortError),
    /// The device went away.
    #[error("Serial port closed early")]
    Closed,
    /// The device did not begin the dialogue.
    #[error(
        "Serial timed out while initially listening to device, please ensure device is in listening mode with \
         particle usb start-listening"
    )]
    NotListening,
    /// The device stopped talking.
    #[error("Serial timed out")]
    Silent,
    /// An answer is not one that the device could take.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The device gave up.
    #[error(transparent)]
    Failed(#[from] DialogueFailure),
    /// The person, or the time limit of the command, ended the wait.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl From<PortError> for WifiSetupError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Transfer(TransferError::Disconnected) => Self::Closed,
            error => Self::Port(error),
        }
    }
}

/// Gives a device in listening mode credentials, each answer as it is asked for. The device saves them, leaves
/// listening mode and connects.
pub fn set_up_wifi<E: From<WifiSetupError>>(
    port: &mut dyn Port,
    clock: &Clock,
    mut answer: impl FnMut(Question) -> Result<Secret, E>,
) -> Result<(), E> {
    write(port, &[WIFI_COMMAND])?;
    let mut dialogue = WifiDialogue::default();
    let mut question = listen(port, clock, &mut dialogue, FIRST_LIMIT, WifiSetupError::NotListening)?;
    while let Some(asked) = question {
        let text = answer(asked)?;
        write(port, &dialogue.answer(asked, &text).map_err(WifiSetupError::from)?)?;
        let limit = if asked == Question::Ssid { SCAN_LIMIT } else { LIMIT };
        question = listen(port, clock, &mut dialogue, limit, WifiSetupError::Silent)?;
    }
    Ok(())
}

fn write(port: &mut dyn Port, bytes: &[u8]) -> Result<(), WifiSetupError> {
    Ok(port.write(bytes)?)
}

/// Waits for the next question; `None` when the device has saved everything.
fn listen(
    port: &mut dyn Port,
    clock: &Clock,
    dialogue: &mut WifiDialogue,
    limit: Duration,
    silence: WifiSetupError,
) -> Result<Option<Question>, WifiSetupError> {
    let deadline = Instant::now() + limit;
    loop {
        clock.check()?;
        let left = deadline.saturating_duration_since(Instant::now());
        match dialogue.hear(&port.read(left.min(PIECE))?) {
            Progress::Asked(question) => return Ok(Some(question)),
            Progress::Saved => return Ok(None),
            Progress::Failed(failure) => return Err(failure.into()),
            Progress::Waiting if left.is_zero() => return Err(silence),
            Progress::Waiting => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// A device that expects what is typed and answers it, in pieces.
    struct Script(VecDeque<(&'static [u8], Vec<&'static str>)>, VecDeque<&'static str>);

    impl Port for Script {
        fn read(&mut self, _limit: Duration) -> Result<Vec<u8>, PortError> {
            match self.1.pop_front() {
                Some("unplugged") => Err(TransferError::Disconnected.into()),
                said => Ok(said.unwrap_or_default().as_bytes().to_vec()),
            }
        }

        fn write(&mut self, bytes: &[u8]) -> Result<(), PortError> {
            let (expected, said) = self.0.pop_front().unwrap();
            assert_eq!(bytes, expected);
            assert!(self.1.is_empty(), "answered before the question was read");
            self.1 = said.into();
            Ok(())
        }
    }

    fn run(script: Vec<(&'static [u8], Vec<&'static str>)>) -> Result<(), WifiSetupError> {
        let mut port = Script(script.into(), VecDeque::new());
        set_up_wifi(&mut port, &Clock::default(), |question| {
            Ok(Secret::new(if question == Question::Ssid { "home" } else { "secret" }.to_owned()))
        })
    }

    #[test]
    fn a_password_is_typed_when_it_is_asked_for() {
        let outcome = run(vec![
            (b"w", vec!["tick\r\n", "SSID", ": "]),
            (b"home\n", vec!["home\r\n", "", "Password: "]),
            (b"secret\n", vec!["secret\r\nThanks! Wait", " while\r\n    Particle <3 you!\r\n"]),
        ]);
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn a_device_that_is_sorry_or_goes_away_is_heard() {
        let begin = || (b"w".as_slice(), vec!["SSID: "]);
        let sorry = "home\r\nThanks!\r\nDerp. Sorry, we couldn't save the credentials.\r\n";
        let outcome = run(vec![begin(), (b"home\n", vec![sorry])]);
        assert_eq!(outcome, Err(WifiSetupError::Failed(DialogueFailure::NotSaved)));
        assert_eq!(run(vec![begin(), (b"home\n", vec!["home", "unplugged"])]), Err(WifiSetupError::Closed));
    }

    #[test]
    fn a_wait_ends_with_the_command() {
        let mut port = Script([(b"w".as_slice(), vec![])].into(), VecDeque::new());
        let clock = Clock::default().with_limit(Duration::ZERO);
        let outcome = set_up_wifi(&mut port, &clock, |_| Ok::<_, WifiSetupError>(Secret::new(String::new())));
        assert_eq!(outcome, Err(WifiSetupError::Stopped(Stop::TimedOut)));
    }
}
