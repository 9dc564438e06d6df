//! The dialogue in which a listening device takes Wi-Fi credentials, without any input or output.
//!
//! Source: Device OS `system/src/system_setup.cpp`, v0.4.9 to v6.2.0. Which questions a device asks depends on its
//! version and on whether it hears the network, so that every answer waits for its question. It has to: after each
//! line the device throws away what was typed ahead.

use crate::secret::Secret;
use zeroize::Zeroizing;

/// The command that begins the dialogue.
pub const WIFI_COMMAND: u8 = b'w';
/// Of what comes between two answers, this much is kept.
const MAX_KEPT: usize = 16 * 1024;
/// What a device says in the end, be it Particle's or Spark's.
const GOODBYE: &str = "<3 you!";
const NOT_SAVED: &str = "Derp. Sorry, we couldn't save the credentials.";
const NO_MEMORY: &str = "Error while preparing to store enterprise credentials.";

/// What a device asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Name of the network.
    Ssid,
    /// Digit of the security; asked if the device does not hear the network.
    Security {
        /// Whether the device can use enterprise networks.
        enterprise: bool,
    },
    /// Digit of the cipher; asked where the device does not know it, also for open networks.
    Cipher,
    /// Password of the network, or of the user.
    Password,
    /// Digit of the way in which users log in.
    EapType,
    /// The user's certificate.
    ClientCertificate,
    /// Private key of the user's certificate.
    PrivateKey,
    /// The user.
    Username,
    /// What to call the user where anybody can hear it; may be empty.
    OuterIdentity,
    /// Certificate of the authority behind the network; may be empty.
    RootCertificate,
}

/// The questions in the words of the devices.
const QUESTIONS: [(&str, Question); 11] = [
    ("SSID: ", Question::Ssid),
    ("Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2: ", Question::Security { enterprise: false }),
    (
        "Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2, 4=WPA Enterprise, 5=WPA2 Enterprise: ",
        Question::Security { enterprise: true },
    ),
    ("Security Cipher 1=AES, 2=TKIP, 3=AES+TKIP: ", Question::Cipher),
    ("Password: ", Question::Password),
    ("EAP Type 0=PEAP/MSCHAPv2, 1=EAP-TLS: ", Question::EapType),
    ("Client certificate in PEM format:\r\n", Question::ClientCertificate),
    ("Private key in PEM format:\r\n", Question::PrivateKey),
    ("Username: ", Question::Username),
    ("Outer identity (optional): ", Question::OuterIdentity),
    ("Root CA in PEM format (optional):\r\n", Question::RootCertificate),
];

impl Question {
    /// Bytes that a device takes for an answer; the rest it drops.
    fn limit(self) -> usize {
        match self {
            Self::Ssid => 32,
            Self::Security { .. } | Self::Cipher | Self::EapType => 1,
            Self::Password | Self::Username | Self::OuterIdentity => 64,
            Self::ClientCertificate | Self::RootCertificate => 4095,
            Self::PrivateKey => 2047,
        }
    }

    /// What it is about.
    pub fn subject(self) -> &'static str {
        match self {
            Self::Ssid => "the name of the network",
            Self::Security { .. } => "the security of the network",
            Self::Cipher => "the cipher of the network",
            Self::Password => "the password",
            Self::EapType => "the EAP type",
            Self::ClientCertificate => "the client certificate",
            Self::PrivateKey => "the private key",
            Self::Username => "the user name",
            Self::OuterIdentity => "the outer identity",
            Self::RootCertificate => "the root certificate",
        }
    }

    fn takes_several_lines(self) -> bool {
        matches!(self, Self::ClientCertificate | Self::PrivateKey | Self::RootCertificate)
    }
}

/// An answer that a device cannot take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It is too long.
    #[error("{} is longer than the {limit} bytes that the device takes", .question.subject())]
    TooLong {
        /// What it was to answer.
        question: Question,
        /// How long it may be.
        limit: usize,
    },
    /// It has control characters in it.
    #[error("{} has control characters in it", .0.subject())]
    ControlCharacters(Question),
}

/// How far a dialogue has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The device has not said anything that asks for an answer.
    Waiting,
    /// It waits for an answer.
    Asked(Question),
    /// It has saved the credentials.
    Saved,
    /// It has given up.
    Failed(DialogueFailure),
}

/// Why a device did not take the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialogueFailure {
    /// It asks again for what was just answered.
    #[error("the device does not accept {}", .0.subject())]
    NotAccepted(Question),
    /// It took everything and could not save it.
    #[error("the device could not save the credentials")]
    NotSaved,
    /// It has no room for certificates.
    #[error("the device has no memory for enterprise credentials")]
    NoMemory,
}

/// The host's side of a dialogue that has begun.
#[derive(Default)]
pub struct WifiDialogue {
    /// What came since the last answer, without the echo of that answer.
    seen: Zeroizing<Vec<u8>>,
    /// Lines of echo that are still to come.
    echo: usize,
    answered: Option<Question>,
}

impl WifiDialogue {
    /// Takes what came from the device.
    pub fn hear(&mut self, bytes: &[u8]) -> Progress {
        let mut bytes = bytes;
        while self.echo > 0 {
            let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Progress::Waiting };
            self.echo -= 1;
            bytes = bytes.get(end + 1..).unwrap_or_default();
        }
        self.seen.extend_from_slice(bytes);
        let surplus = self.seen.len().saturating_sub(MAX_KEPT);
        self.seen.drain(..surplus);
        self.progress()
    }

    fn progress(&self) -> Progress {
        let text = String::from_utf8_lossy(&self.seen);
        let asked = QUESTIONS.iter().filter_map(|(words, question)| Some((text.find(words)?, *question)));
        if text.contains(GOODBYE) {
            Progress::Saved
        } else if text.contains(NOT_SAVED) {
            Progress::Failed(DialogueFailure::NotSaved)
        } else if text.contains(NO_MEMORY) {
            Progress::Failed(DialogueFailure::NoMemory)
        } else {
            match asked.min_by_key(|(place, _)| *place) {
                None => Progress::Waiting,
                Some((_, again)) if self.answered == Some(again) => {
                    Progress::Failed(DialogueFailure::NotAccepted(again))
                }
                Some((_, question)) => Progress::Asked(question),
            }
        }
    }

    /// The bytes to send for an answer. What the device says from now on is about the next question.
    pub fn answer(&mut self, question: Question, text: &Secret) -> Result<Zeroizing<Vec<u8>>, AnswerError> {
        let bytes = encode(question, text)?;
        self.echo = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.answered = Some(question);
        self.seen.clear();
        Ok(bytes)
    }
}

/// Whether a device can take this for an answer.
pub fn check_answer(question: Question, text: &Secret) -> Result<(), AnswerError> {
    encode(question, text).map(|_| ())
}

/// An answer as it is typed: a line, or several and an empty one. Within several, empty lines would end it too early.
fn encode(question: Question, text: &Secret) -> Result<Zeroizing<Vec<u8>>, AnswerError> {
    let several = question.takes_several_lines();
    let text = if several { text.expose().trim() } else { text.expose() };
    let lines: Vec<&str> = match several {
        true => text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect(),
        false => vec![text],
    };
    if lines.iter().any(|line| line.chars().any(char::is_control)) {
        return Err(AnswerError::ControlCharacters(question));
    }
    // The device puts two bytes behind every line of several.
    let length: usize = lines.iter().map(|line| line.len() + if several { 2 } else { 0 }).sum();
    let limit = question.limit();
    if length > limit {
        return Err(AnswerError::TooLong { question, limit });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + lines.len() + 1));
    for line in lines {
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    if several {
        bytes.push(b'\n');
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECURITY: Question = Question::Security { enterprise: true };

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    /// Answers, and hears the echo.
    fn answer(dialogue: &mut WifiDialogue, question: Question, text: &str) -> Progress {
        let typed = dialogue.answer(question, &secret(text)).unwrap();
        dialogue.hear(String::from_utf8_lossy(&typed).replace('\n', "\r\n").as_bytes())
    }

    #[test]
    fn every_question_of_a_photon_is_answered_in_turn() {
        let mut dialogue = WifiDialogue::default();
        assert_eq!(dialogue.hear(b"SS"), Progress::Waiting);
        assert_eq!(dialogue.hear(b"ID: "), Progress::Asked(Question::Ssid));
        assert_eq!(answer(&mut dialogue, Question::Ssid, "home"), Progress::Waiting);
        let words = "Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2, 4=WPA Enterprise, 5=WPA2 Enterprise";
        assert_eq!(dialogue.hear(words.as_bytes()), Progress::Waiting);
        assert_eq!(dialogue.hear(b": "), Progress::Asked(SECURITY));
        assert_eq!(answer(&mut dialogue, SECURITY, "3"), Progress::Waiting);
        assert_eq!(
            dialogue.hear(b"Security Cipher 1=AES, 2=TKIP, 3=AES+TKIP: "),
            Progress::Asked(Question::Cipher)
        );
        assert_eq!(answer(&mut dialogue, Question::Cipher, "1"), Progress::Waiting);
        assert_eq!(dialogue.hear(b"Password: "), Progress::Asked(Question::Password));
        assert_eq!(answer(&mut dialogue, Question::Password, "secret"), Progress::Waiting);
        assert_eq!(dialogue.hear(b"Thanks! Wait while I save"), Progress::Waiting);
        assert_eq!(dialogue.hear(b"...\r\n    Spark <3 you!\r\n"), Progress::Saved);
    }

    #[test]
    fn the_echo_of_an_answer_is_no_question() {
        let mut dialogue = WifiDialogue::default();
        dialogue.hear(b"SSID: ");
        let typed = dialogue.answer(Question::Ssid, &secret("Password: ")).unwrap();
        assert_eq!(&*typed, b"Password: \n");
        assert_eq!(dialogue.hear(b"Password: "), Progress::Waiting);
        assert_eq!(dialogue.hear(b"\r\nPassword: "), Progress::Asked(Question::Password));
    }

    #[test]
    fn an_application_that_prints_does_not_disturb() {
        let mut dialogue = WifiDialogue::default();
        let noise = b"0000012345 [app] INFO: tick\r\nSSID: 0000012346 [app] INFO: tick\r\n";
        assert_eq!(dialogue.hear(noise), Progress::Asked(Question::Ssid));
    }

    #[test]
    fn what_the_device_does_not_take_is_told() {
        let mut dialogue = WifiDialogue::default();
        let question = Question::Security { enterprise: false };
        answer(&mut dialogue, question, "5");
        let again = dialogue.hear(b"Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2: ");
        assert_eq!(again, Progress::Failed(DialogueFailure::NotAccepted(question)));
        for (words, failure) in
            [(NOT_SAVED, DialogueFailure::NotSaved), (NO_MEMORY, DialogueFailure::NoMemory)]
        {
            let heard = WifiDialogue::default().hear(words.as_bytes());
            assert_eq!(heard, Progress::Failed(failure));
        }
    }

    #[test]
    fn a_certificate_ends_with_one_empty_line_whatever_it_looked_like() {
        let typed =
            encode(Question::PrivateKey, &secret("-----BEGIN\r\n\r\nAAAA \r\n-----END\r\n\r\n")).unwrap();
        assert_eq!(&*typed, b"-----BEGIN\nAAAA\n-----END\n\n");
        assert_eq!(&*encode(Question::RootCertificate, &secret("")).unwrap(), b"\n");
    }

    #[test]
    fn answers_that_would_be_cut_off_are_refused() {
        let fits = |question, length| check_answer(question, &secret(&"x".repeat(length))).is_ok();
        for (question, limit) in [(Question::Ssid, 32), (Question::Password, 64), (Question::Username, 64)] {
            assert_eq!((fits(question, limit), fits(question, limit + 1)), (true, false), "{question:?}");
        }
        assert!(!fits(Question::PrivateKey, 2046), "the end of the line counts");
        assert!(check_answer(Question::Password, &secret("a\nb")).is_err());
    }

    proptest! {
        #[test]
        fn any_device_is_survived(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..20)) {
            let mut dialogue = WifiDialogue::default();
            for piece in pieces {
                if let Progress::Asked(question) = dialogue.hear(&piece) {
                    let _ = dialogue.answer(question, &secret("1"));
                }
            }
        }

        /// However the words of a device are cut into pieces, the answers are asked for once each and in order.
        #[test]
        fn questions_are_recognised_in_any_pieces(cuts in proptest::collection::vec(1_usize..9, 1..80), ssid in "[ -~]{1,32}") {
            let script = ["SSID: ", "Password: ", "Thanks! Wait\r\n    Particle <3 you!\r\n"];
            let answers = [ssid.as_str(), "secret"];
            let (mut dialogue, mut asked, mut cuts) = (WifiDialogue::default(), Vec::new(), cuts.iter().cycle());
            let mut last = Progress::Waiting;
            for (turn, words) in script.iter().enumerate() {
                let echo = if turn == 0 { String::new() } else { format!("{}\r\n", answers[turn - 1]) };
                let said = format!("{echo}{words}");
                let mut rest = said.as_bytes();
                while !rest.is_empty() {
                    let (piece, further) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
                    last = dialogue.hear(piece);
                    rest = further;
                }
                if let Progress::Asked(question) = last {
                    asked.push(question);
                    dialogue.answer(question, &secret(answers[turn])).unwrap();
                }
            }
            prop_assert_eq!(asked, [Question::Ssid, Question::Password]);
            prop_assert_eq!(last, Progress::Saved);
        }
    }
}
