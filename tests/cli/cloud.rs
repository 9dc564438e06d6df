//! `particle cloud`, and the small commands: `version`, `udp`, `update-cli`.

use crate::support::{PASSWORD, TestEnvironment, USERNAME};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read},
    net::UdpSocket,
    process::Stdio,
};

const BORON: &str = "e00fce6800000000000d0001";

#[test]
fn commands_of_the_account_have_names_below_cloud() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    let cloud =
        |arguments: &[&str]| environment.in_sandbox([&["cloud"], arguments].concat()).success().stdout;
    assert_eq!(
        cloud(&["login", "--username", USERNAME, "--password", PASSWORD]),
        "> Successfully completed login!\n"
    );
    assert!(cloud(&["list", "boron"]).starts_with("boron ["));
    assert_eq!(
        cloud(&["name", "boron", "kitchen"]),
        "Renaming device boron\nSuccessfully renamed device boron to: kitchen\n"
    );
    assert_eq!(cloud(&["nyan", "kitchen", "on"]), "kitchen is shouting rainbows\n");
    assert_eq!(cloud(&["remove", "kitchen", "--yes"]), "releasing device kitchen\nOkay!\n");
    assert_eq!(
        cloud(&["claim", BORON]),
        format!("Claiming device {BORON}\nSuccessfully claimed device {BORON}\n")
    );
    assert_eq!(cloud(&["logout"]), format!("> You have been logged out from {USERNAME}\n"));
}

#[test]
fn version_is_a_bare_number() {
    let environment = TestEnvironment::new();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(environment.particle(["version"]).success().stdout, format!("{version}\n"));
    assert_eq!(environment.particle(["version", "--json"]).success().data(), json!({ "version": version }));
}

#[test]
fn update_cli_tells_how_and_replaces_nothing() {
    let environment = TestEnvironment::new();
    let advice = environment.particle(["update-cli"]).success();
    assert!(advice.stdout.starts_with(&format!("particle {}, ", env!("CARGO_PKG_VERSION"))));
    advice.stdout_has("To update it, ");
    let data = environment.particle(["update-cli", "--version", "9.9.9", "--json"]).success().data();
    assert!(data["update"].as_str().unwrap().contains("version 9.9.9"), "{data}");
    assert!(!environment.home().join(".particle").exists());
}

#[test]
fn the_node_tool_is_kept_from_updating_itself() {
    let environment = TestEnvironment::new();
    let setting = || -> Value {
        let file = environment.home().join(".particle").join("profile.json");
        serde_json::from_str(&crate::support::read(&file)).unwrap()
    };
    let disabled = environment.particle(["update-cli", "--disable-updates"]).success();
    assert_eq!(disabled.stdout, "Automatic update checks are now disabled\n");
    assert_eq!(setting(), json!({ "enableUpdates": false }));
    let enabled = environment.particle(["update-cli", "--enable-updates"]).success();
    assert_eq!(enabled.stdout, "Automatic update checks are now enabled\n");
    assert_eq!(setting(), json!({ "enableUpdates": true }));
}

#[test]
fn a_packet_is_sent() {
    let environment = TestEnvironment::new();
    let listener = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let sent = environment.particle(["udp", "send", "127.0.0.1", &port, "-5 °C"]).success();
    assert_eq!(sent.stdout, format!("Sending \"-5 °C\" to 127.0.0.1 at port {port}\nSent.\n"));
    let mut buffer = [0; 16];
    let (length, _) = listener.recv_from(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], "-5 °C".as_bytes());
    environment.particle(["udp", "send", "no.such.host.invalid", "1", "x"]).status(5);
    environment.particle(["udp", "send", "127.0.0.1", "65536", "x"]).status(2);
}

#[cfg(unix)]
#[test]
fn packets_are_shown_until_ctrl_c() {
    let environment = TestEnvironment::new();
    for (flags, expected) in [(&[][..], "[127.0.0.1] hello\n".to_owned()), (&["--json"], String::new())] {
        let mut command = environment.command(["udp", "listen", "0"].iter().chain(flags));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut note = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut note).unwrap();
        let port = note.split_whitespace().find_map(|word| word.parse::<u16>().ok()).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.send_to(b"hello", ("127.0.0.1", port)).unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        if expected.is_empty() {
            let packet: Value = serde_json::from_str(&line).unwrap();
            let port = sender.local_addr().unwrap().port();
            assert_eq!(packet, json!({ "address": "127.0.0.1", "port": port, "message": "hello" }));
        } else {
            assert_eq!(line, expected);
        }
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        stdout.read_to_string(&mut line).unwrap();
    }
}
