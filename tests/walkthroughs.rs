//! The support articles "Device Keys" and "Device Blinking Cyan", step by step, as typed there.
//!
//! Buttons are pressed with `sandbox press`; everything else is what the articles say, on a board of every kind that
//! differs: Core (external flash), Photon (TCP), Electron and Boron (UDP).

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is all test code")]

mod support;

use std::fs;
use support::{Output, PASSWORD, Sandbox, TestEnvironment, USERNAME};

/// A person with one board, its cable, and a logged-out computer.
struct Person {
    environment: TestEnvironment,
    _sandbox: Sandbox,
    board: &'static str,
}

impl Person {
    /// The only device of a sandbox is the one whose key the cloud does not know.
    fn with(board: &'static str) -> Self {
        let environment = TestEnvironment::new();
        let sandbox = environment.start_sandbox(["--devices", board]);
        let person = Self { environment, _sandbox: sandbox, board };
        assert_eq!(person.device()["reason"], "the cloud holds another public key for this device");
        person
    }

    /// Holds or taps the buttons.
    fn press(&self, what: &str) {
        self.environment.in_sandbox(["sandbox", "press", self.board, what]).success();
    }

    /// Types a command as the article has it, without the word `particle`.
    fn types(&self, command: &str) -> Output {
        self.environment.in_sandbox(command.split(' ')).success()
    }

    fn device(&self) -> serde_json::Value {
        self.environment.device(self.board)
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.environment.work().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// "How To Backup/Save Your Key", steps 1 and 2.
    fn backs_the_key_up(&self) {
        self.press("dfu");
        assert_eq!(self.types("keys save mykey.der").stdout, "Saved!\n");
        assert_eq!(self.device()["mode"], "dfu");
    }

    /// Steps 3 to 5 of "How To Change Your Key": log in, find the id in listening mode.
    fn logs_in_and_identifies(&self, identify: &str) -> String {
        let input = format!("{USERNAME}\n{PASSWORD}\n");
        self.environment.in_sandbox_with_input(["login"], &input).success();
        self.press("reset");
        self.press("listen");
        let output = self.types(identify).stdout;
        let line = output.lines().find(|line| line.starts_with("Your device id is"));
        line.unwrap_or_else(|| panic!("{output}")).split_whitespace().last().unwrap().to_owned()
    }
}

const BOARDS: [&str; 4] = ["core", "photon", "electron", "boron"];

#[test]
fn backup_then_restore() {
    for board in BOARDS {
        let person = Person::with(board);
        let before = person.device()["deviceKey"].clone();
        person.backs_the_key_up();
        let backup = person.file("mykey.der");

        // Something happens to the key in between.
        let protocol = person.types("keys protocol").stdout.split_whitespace().last().unwrap().to_owned();
        person.types(&format!("keys new other --protocol {protocol}"));
        person.types("keys load other.der");
        assert_ne!(person.device()["deviceKey"], before, "{board}");

        // "How To Restore/Load Your Key", steps 1 and 2.
        person.press("dfu");
        assert!(person.types("keys load mykey.der").stdout.ends_with("Saved!\n"));
        assert_eq!(person.device()["deviceKey"], before, "{board}");
        assert_eq!(person.device()["mode"], "dfu");
        assert_eq!(person.file("mykey.der"), backup);
    }
}

#[test]
fn change_the_key_as_in_device_keys() {
    for board in BOARDS {
        let person = Person::with(board);
        person.backs_the_key_up();
        let id = person.logs_in_and_identifies("serial identify");
        person.press("reset");
        person.press("dfu");
        let output = person.types(&format!("keys doctor {id}"));
        output
            .stdout_has("New Key Created!\n")
            .stdout_has("submitting public key succeeded!\n")
            .stdout_has("Okay!  New keys in place, your device should restart.\n");
        assert_eq!(person.device()["online"], true, "{board}: {:#}", person.device());
    }
}

#[test]
fn change_the_key_as_in_device_blinking_cyan() {
    for board in BOARDS {
        let person = Person::with(board);
        let id = person.logs_in_and_identifies("identify");
        person.press("reset");
        person.press("dfu");
        assert_eq!(
            person.types("keys server").stdout,
            "Okay!  New keys in place, your device will not restart.\n"
        );
        assert_eq!(person.device()["mode"], "dfu", "it stays in DFU mode for the next step");
        person.types(&format!("keys doctor {id}"));
        assert_eq!(person.device()["online"], true, "{board}: {:#}", person.device());
    }
}

#[test]
fn a_server_key_that_was_overwritten_is_repaired_on_the_way() {
    let person = Person::with("photon");
    let own = include_bytes!("data/keys/server_rsa.pub.pem");
    fs::write(person.environment.work().join("own.pem"), own).unwrap();
    person.types("keys server own.pem 192.168.1.10");
    let id = person.logs_in_and_identifies("identify");
    person.types(&format!("keys doctor {id}"));
    assert_eq!(person.device()["online"], false, "a good key alone does not help");
    person.press("dfu");
    person.types("keys server");
    person.types(&format!("keys doctor {id}"));
    assert_eq!(person.device()["online"], true, "{:#}", person.device());
}
