//! The dialogue with which a listening device takes Wi-Fi credentials (`w`).
//!
//! Sources: Device OS `system/src/system_setup.cpp`, v0.4.9 to v6.2.0, and `hal/network/ncp/wifi/wlan_hal.cpp`.

use crate::{
    platform::Generation,
    sandbox::bench::{
        air::{self, Security},
        board::Board,
        os_version::OsVersion,
        state::{DeviceState, Mode},
        wifi::{Key, SavedNetwork},
    },
};
use std::time::Duration;

/// How long a device is silent while it scans.
const SCAN_TIME: Duration = Duration::from_secs(4);
/// From this version on a device looks for the network itself before it asks how it is secured.
const SCANS: OsVersion = OsVersion(0, 7, 0);
/// From this version on generation 3 and later know WPA3, though their question does not say so.
const KNOWS_WPA3: OsVersion = OsVersion(5, 5, 0);
const WEP_WARNING: &str = "\r\n ** Even though the CC3000 supposedly supports WEP,\
                           \r\n ** we at Spark have never seen it work.\
                           \r\n ** If you control the network, we recommend changing it to WPA2.\r\n";
const SORRY: &str = "Derp. Sorry, we couldn't save the credentials.\r\n\r\n";

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prompt {
    Ssid,
    Security,
    Cipher,
    Password,
    EapType,
    ClientCertificate,
    PrivateKey,
    Username,
    UserPassword,
    OuterIdentity,
    RootCertificate,
}

impl Prompt {
    fn text(self, board: &Board) -> &'static str {
        match self {
            Self::Ssid => "SSID: ",
            Self::Security if knows_enterprise(&board.state) => {
                "Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2, 4=WPA Enterprise, 5=WPA2 Enterprise: "
            }
            Self::Security => "Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2: ",
            Self::Cipher => "Security Cipher 1=AES, 2=TKIP, 3=AES+TKIP: ",
            Self::Password | Self::UserPassword => "Password: ",
            Self::EapType => "EAP Type 0=PEAP/MSCHAPv2, 1=EAP-TLS: ",
            Self::ClientCertificate => "Client certificate in PEM format:\r\n",
            Self::PrivateKey => "Private key in PEM format:\r\n",
            Self::Username => "Username: ",
            Self::OuterIdentity => "Outer identity (optional): ",
            Self::RootCertificate => "Root CA in PEM format (optional):\r\n",
        }
    }

    /// Characters that are taken of a line.
    fn limit(self) -> usize {
        match self {
            Self::Ssid => 32,
            Self::Security | Self::Cipher | Self::EapType => 1,
            Self::Password | Self::UserPassword | Self::Username | Self::OuterIdentity => 64,
            Self::ClientCertificate | Self::RootCertificate => 4096 - 1,
            Self::PrivateKey => 2048 - 1,
        }
    }

    /// Whether the answer goes on until an empty line.
    fn takes_several_lines(self) -> bool {
        matches!(self, Self::ClientCertificate | Self::PrivateKey | Self::RootCertificate)
    }
}

/// Where a dialogue stands, and what was answered so far.
pub(super) struct WifiDialogue {
    prompt: Prompt,
    /// The lines so far of an answer of several.
    lines: String,
    ssid: String,
    security: Option<Security>,
    key: Key,
    /// Whether the certificate and the private key that a user needs were both given.
    certified: bool,
}

/// What a device says to a line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    /// What it prints at once.
    pub(super) at_once: String,
    /// What it prints after a while of silence.
    pub(super) later: Option<(Duration, String)>,
    /// Whether what was typed ahead is thrown away.
    pub(super) flushes: bool,
    /// Whether the dialogue is over.
    pub(super) over: bool,
}

impl Reply {
    fn saying(at_once: impl Into<String>) -> Self {
        Self { at_once: at_once.into(), flushes: true, ..Self::default() }
    }
}

impl WifiDialogue {
    /// Begins, with the first question.
    pub(super) fn begin(board: &Board) -> (Self, &'static str) {
        let dialogue = Self {
            prompt: Prompt::Ssid,
            lines: String::new(),
            ssid: String::new(),
            security: None,
            key: Key::None,
            certified: true,
        };
        (dialogue, Prompt::Ssid.text(board))
    }

    /// Takes a line, without its end.
    pub(super) fn take(&mut self, line: &str, board: &mut Board) -> Reply {
        if self.prompt.takes_several_lines() && !line.is_empty() {
            if self.lines.len() + line.len() <= self.prompt.limit() {
                self.lines += line;
                self.lines += "\r\n";
            }
            return Reply::default();
        }
        let answer = match self.prompt.takes_several_lines() {
            true => std::mem::take(&mut self.lines),
            false => line.chars().take(self.prompt.limit()).collect(),
        };
        if self.prompt == Prompt::Ssid && !answer.is_empty() {
            return self.scan(answer, board);
        }
        let next = self.answer(&answer, board);
        match next {
            Some(prompt) => {
                let warning = self.wep_warning(prompt, board);
                self.prompt = prompt;
                Reply::saying(format!("{warning}{}", prompt.text(board)))
            }
            None => self.finish(board),
        }
    }

    /// Looks for the network; what it finds out need not be asked.
    fn scan(&mut self, ssid: String, board: &Board) -> Reply {
        let state = &board.state;
        self.ssid = ssid;
        if state.os_version < SCANS {
            self.prompt = Prompt::Security;
            return Reply::saying(self.prompt.text(board));
        }
        // The Core's radio does not tell what it hears.
        let found =
            air::find(state.platform, &self.ssid).filter(|_| state.platform.generation > Generation::One);
        self.security = found.map(|point| as_understood(point.security, state));
        self.prompt = match self.security {
            None => Prompt::Security,
            Some(security) => self.after_security(security, true).unwrap_or(Prompt::Cipher),
        };
        let later = Some((SCAN_TIME, self.prompt.text(board).to_owned()));
        Reply { later, flushes: true, ..Reply::default() }
    }

    /// Takes an answer and gives the next question, which is the same one where the answer is none; `None` when all is
    /// said.
    fn answer(&mut self, answer: &str, board: &Board) -> Option<Prompt> {
        let digit = answer.chars().next().and_then(|c| c.to_digit(10));
        match self.prompt {
            Prompt::Ssid => Some(Prompt::Ssid),
            Prompt::Security => match digit.and_then(|digit| security_of(digit, &board.state)) {
                None => Some(Prompt::Security),
                Some(security) => {
                    self.security = Some(security);
                    if asks_for_cipher(&board.state, security) {
                        Some(Prompt::Cipher)
                    } else {
                        self.after_security(security, true)
                    }
                }
            },
            Prompt::Cipher if matches!(digit, Some(1..=3)) => {
                self.after_security(self.security.unwrap_or(Security::Open), false)
            }
            Prompt::Cipher => Some(Prompt::Cipher),
            Prompt::Password => {
                self.key = Key::Password(answer.to_owned());
                None
            }
            Prompt::EapType => match digit {
                Some(0) => Some(Prompt::Username),
                Some(1) => Some(Prompt::ClientCertificate),
                _ => Some(Prompt::EapType),
            },
            Prompt::ClientCertificate => {
                self.key = Key::Certificate;
                self.certified &= answer.contains("-----BEGIN CERTIFICATE-----");
                Some(Prompt::PrivateKey)
            }
            Prompt::PrivateKey => {
                self.certified &= answer.contains("PRIVATE KEY-----");
                Some(Prompt::OuterIdentity)
            }
            Prompt::Username => {
                self.key = Key::Login { username: answer.to_owned(), password: String::new() };
                Some(Prompt::UserPassword)
            }
            Prompt::UserPassword => {
                if let Key::Login { password, .. } = &mut self.key {
                    answer.clone_into(password);
                }
                Some(Prompt::OuterIdentity)
            }
            Prompt::OuterIdentity => Some(Prompt::RootCertificate),
            Prompt::RootCertificate => None,
        }
    }

    /// The question after that for the security; `None` for an open network. What encrypts a network is not known of
    /// open ones and of WEP, and therefore asked.
    fn after_security(&self, security: Security, may_ask_for_cipher: bool) -> Option<Prompt> {
        let unknown_cipher = matches!(security, Security::Open | Security::Wep);
        match security {
            _ if unknown_cipher && may_ask_for_cipher => Some(Prompt::Cipher),
            Security::Open => None,
            security if security.is_enterprise() => Some(Prompt::EapType),
            _ => Some(Prompt::Password),
        }
    }

    fn wep_warning(&self, next: Prompt, board: &Board) -> &'static str {
        let chosen = self.prompt == Prompt::Security && next != Prompt::Security;
        let warns = chosen && self.security == Some(Security::Wep);
        if warns && board.state.platform.generation == Generation::One { WEP_WARNING } else { "" }
    }

    /// Saves the credentials, leaves listening mode and connects.
    fn finish(&mut self, board: &mut Board) -> Reply {
        let core = board.state.platform.generation == Generation::One;
        let time = if core { "about 7 seconds " } else { "" };
        let thanks = format!("Thanks! Wait {time}while I save those credentials...\r\n\r\n");
        let over = |text: &str| Reply { over: true, ..Reply::saying(format!("{thanks}{text}")) };
        let security = self.security.unwrap_or(Security::Open);
        if !self.is_complete(security) {
            return over(SORRY);
        }
        let key = std::mem::replace(&mut self.key, Key::None);
        let ssid = std::mem::take(&mut self.ssid);
        let wifi = &mut board.state.wifi;
        wifi.save(SavedNetwork { ssid: ssid.clone(), security, key, hidden: false });
        if board.state.platform.generation < Generation::Three {
            board.state.wifi.prefer(&ssid);
        }
        board.enter(Mode::Normal);
        let device = if core { "Spark Core" } else { "device" };
        over(&format!(
            "Awesome. Now we'll connect!\r\n\r\n\
             If you see a pulsing cyan light, your {device}\r\n\
             has connected to the Cloud and is ready to go!\r\n\r\n\
             If your LED flashes red or you encounter any other problems,\r\n\
             visit https://www.particle.io/support to debug.\r\n\r\n    Particle <3 you!\r\n\r\n"
        ))
    }

    fn is_complete(&self, security: Security) -> bool {
        match &self.key {
            Key::None => security == Security::Open,
            Key::Password(password) => !password.is_empty(),
            Key::Login { username, password } => !username.is_empty() && !password.is_empty(),
            Key::Certificate => self.certified,
        }
    }
}

/// Photon and P1 can log in to enterprise networks.
fn knows_enterprise(state: &DeviceState) -> bool {
    state.platform.generation == Generation::Two && state.os_version >= SCANS
}

/// The security behind a digit.
fn security_of(digit: u32, state: &DeviceState) -> Option<Security> {
    let third = state.platform.generation >= Generation::Three;
    match digit {
        0 => Some(Security::Open),
        1 => Some(Security::Wep),
        2 => Some(Security::Wpa),
        3 => Some(Security::Wpa2),
        4 if knows_enterprise(state) => Some(Security::WpaEnterprise),
        5 if knows_enterprise(state) => Some(Security::Wpa2Enterprise),
        6 if third && state.os_version >= KNOWS_WPA3 => Some(Security::Wpa3),
        _ => None,
    }
}

/// Whether the cipher of a network that was not heard is asked for. Before devices scanned, the Photon asked where
/// there is a cipher at all, and the Core never.
fn asks_for_cipher(state: &DeviceState, security: Security) -> bool {
    let secured = !matches!(security, Security::Open | Security::Wep);
    state.os_version >= SCANS || (secured && state.platform.generation > Generation::One)
}

/// What a device makes of what it hears.
fn as_understood(security: Security, state: &DeviceState) -> Security {
    let third = state.platform.generation >= Generation::Three;
    match security {
        Security::Wpa3 | Security::Wpa2Wpa3 if third && state.os_version < KNOWS_WPA3 => Security::Open,
        Security::Wpa2Wpa3 | Security::WpaWpa2 => Security::Wpa2,
        Security::Wpa2Enterprise if third => Security::Wpa2,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Console, tests::listening};
    use super::*;

    /// Answers one question after another, at once; gives everything that the device prints.
    fn converse(board: &mut Board, answers: &[&str]) -> String {
        let mut console = Console::default();
        let mut printed = console.type_in(b"w", board);
        for answer in answers {
            printed += &console.type_in(answer.as_bytes(), board);
            printed += &console.take_later().map(|(_, text)| text).unwrap_or_default();
        }
        printed
    }

    fn saved(board: &Board) -> Vec<&str> {
        board.state.wifi.saved().iter().map(|network| network.ssid.as_str()).collect()
    }

    #[test]
    fn of_a_network_that_is_heard_only_the_password_is_asked() {
        let mut photon = listening("photon");
        let printed = converse(&mut photon, &["Workshop\n", "solder and flux\n"]);
        let expected = "SSID: Workshop\r\nPassword: solder and flux\r\n\
                        Thanks! Wait while I save those credentials...\r\n\r\nAwesome. Now we'll connect!\r\n";
        assert!(printed.starts_with(expected), "{printed}");
        assert!(printed.ends_with("\r\n    Particle <3 you!\r\n\r\n"), "{printed}");
        assert_eq!((photon.state.mode, saved(&photon)), (Mode::Normal, vec!["Workshop", "Sandbox"]));
        assert_eq!(photon.state.wifi.access_point(photon.state.platform).unwrap().ssid, "Workshop");
    }

    #[test]
    fn of_one_that_is_not_heard_everything_is_asked_until_it_is_answered() {
        let mut photon = listening("photon");
        let printed =
            converse(&mut photon, &["\n", "Cellar\n", "7\n", "3\n", "0\n", "1\n", "under the stairs\n"]);
        let security = "Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2, 4=WPA Enterprise, 5=WPA2 Enterprise: ";
        let cipher = "Security Cipher 1=AES, 2=TKIP, 3=AES+TKIP: ";
        let expected = format!(
            "SSID: \r\nSSID: Cellar\r\n{security}7\r\n{security}3\r\n{cipher}0\r\n{cipher}1\r\nPassword: under"
        );
        assert!(printed.starts_with(&expected), "{printed}");
        assert_eq!(saved(&photon)[0], "Cellar");
    }

    #[test]
    fn what_is_typed_ahead_of_a_question_is_lost() {
        let mut photon = listening("photon");
        let printed = converse(&mut photon, &["Workshop\nsolder and flux\n"]);
        assert_eq!(printed, "SSID: Workshop\r\nPassword: ");
    }

    #[test]
    fn an_open_network_has_no_password_but_a_question_for_the_cipher() {
        for platform in ["photon", "argon", "p2"] {
            let mut board = listening(platform);
            let printed = converse(&mut board, &["Guest\n", "1\n"]);
            assert!(printed.starts_with("SSID: Guest\r\nSecurity Cipher 1=AES"), "{platform}: {printed}");
            assert!(printed.contains("Particle <3 you!") && !printed.contains("Password"), "{printed}");
        }
    }

    #[test]
    fn enterprise_networks_are_for_photons() {
        let mut photon = listening("photon");
        let printed = converse(&mut photon, &["Campus\n", "0\n", "ada\n", "lovelace\n", "\n", "\n"]);
        assert!(
            printed.contains("\r\nEAP Type 0=PEAP/MSCHAPv2, 1=EAP-TLS: 0\r\nUsername: ada\r\n"),
            "{printed}"
        );
        assert!(printed.contains("Outer identity (optional): \r\nRoot CA in PEM format (optional):\r\n"));
        assert!(photon.state.wifi.access_point(photon.state.platform).is_some());
        let mut photon = listening("photon");
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n\n";
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n\n";
        let printed = converse(&mut photon, &["Campus\n", "1\n", certificate, key, "\n", "\n"]);
        assert!(printed.contains("Private key in PEM format:\r\n"), "{printed}");
        assert!(printed.contains("Particle <3 you!"), "{printed}");
        let mut argon = listening("argon");
        let printed = converse(&mut argon, &["Cellar\n", "5\n", "3\n"]);
        let security = "Security 0=unsecured, 1=WEP, 2=WPA, 3=WPA2: ";
        assert!(printed.contains(&format!("{security}5\r\n{security}3\r\n")), "{printed}");
    }

    #[test]
    fn what_is_missing_makes_it_sorry() {
        let mut photon = listening("photon");
        let printed = converse(&mut photon, &["Workshop\n", "\n"]);
        assert!(printed.ends_with(SORRY), "{printed}");
        assert_eq!((photon.state.mode, saved(&photon)), (Mode::Listening, vec!["Sandbox"]));
        let printed = converse(&mut photon, &["Campus\n", "1\n", "no certificate\n\n", "\n", "\n", "\n"]);
        assert!(printed.ends_with(SORRY), "{printed}");
    }

    #[test]
    fn a_core_hears_nothing_and_warns_of_wep() {
        let mut core = listening("core");
        let printed = converse(&mut core, &["Attic\n", "1\n", "1\n", "abcde\n"]);
        assert!(printed.contains("3=WPA2: 1\r\n\r\n ** Even though the CC3000"), "{printed}");
        assert!(printed.contains("Thanks! Wait about 7 seconds while"), "{printed}");
        assert_eq!(core.state.wifi.access_point(core.state.platform).unwrap().ssid, "Attic");
    }

    #[test]
    fn boards_without_wifi_do_not_know_the_command() {
        for platform in ["electron", "boron"] {
            assert_eq!(converse(&mut listening(platform), &[]), "", "{platform}");
        }
    }
}
