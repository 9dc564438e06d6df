//! `particle serial wifi`.

use crate::support::{Output, Sandbox, TestEnvironment, nmcli::Nmcli, terminal::run_on_terminal};
use serde_json::{Value, json};

const PHOTON: &str = "3a0027000000000000060001";
const P2: &str = "0a10aced0000000000200001";
const SCAN: &str = "Should I scan for nearby Wi-Fi networks?";
const SELECT: &str = "Select the Wi-Fi network with which you wish to connect your device:";
const DONE: &str = "Done! Your device should now restart.\n";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n";
const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n";

/// A sandbox with one device.
fn sandbox(environment: &TestEnvironment, device: &str, arguments: &[&str]) -> Sandbox {
    environment.start_sandbox([&["--devices", device], arguments].concat())
}

/// Runs `particle serial wifi --file FILE ARGUMENTS` in the sandbox, with these credentials in the file.
fn with_file(environment: &TestEnvironment, credentials: &Value, arguments: &[&str]) -> Output {
    put(environment, credentials);
    environment.in_sandbox([&["-vv", "serial", "wifi", "--file", "wifi.json"], arguments].concat())
}

fn put(environment: &TestEnvironment, credentials: &Value) {
    std::fs::write(environment.work().join("wifi.json"), credentials.to_string()).unwrap();
}

fn workshop() -> Value {
    json!({ "network": "Workshop", "security": "WPA2_AES", "password": "solder and flux" })
}

/// What the first device remembers of Wi-Fi when the sandbox has ended.
fn memory(environment: &TestEnvironment, sandbox: Sandbox) -> Value {
    sandbox.interrupt();
    let state: Value = serde_json::from_slice(&std::fs::read(environment.state()).unwrap()).unwrap();
    state["bench"][0]["wifi"].clone()
}

#[test]
fn photons_are_told_over_their_consoles() {
    for (device, version) in [("photon", "3.3.1"), ("p1", "3.3.1"), ("photon", "1.0.1"), ("p1", "0.6.4")] {
        let environment = TestEnvironment::new();
        let sandbox = sandbox(&environment, device, &["--os-version", &format!("{device}={version}")]);
        let output = with_file(&environment, &workshop(), &[]).success();
        assert_eq!(output.stdout, DONE);
        assert!(!output.stderr.contains("solder"), "{}", output.stderr);
        assert_eq!(environment.device(device)["mode"], "normal");
        let memory = memory(&environment, sandbox);
        assert_eq!(
            (&memory["joined"], &memory["saved"][0]["ssid"]),
            (&json!("Workshop"), &json!("Workshop"))
        );
    }
}

#[test]
fn a_device_that_does_not_hear_the_network_asks_for_more() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, "photon", &["--mode", "photon=listening"]);
    let hidden = json!({ "network": "Cellar", "security": "WPA2_AES+TKIP", "password": "under the stairs" });
    with_file(&environment, &hidden, &[]).success();
    assert_eq!(memory(&environment, sandbox)["joined"], "Cellar");
}

#[test]
fn open_networks_and_wep_need_a_cipher_all_the_same() {
    for (device, network, credentials) in [
        ("photon", "Guest", json!({ "network": "Guest", "security": "NONE" })),
        ("photon", "Guest", json!({ "network": "Guest", "security": "NONE", "password": "" })),
        ("core", "Attic", json!({ "network": "Attic", "security": "WEP", "password": "abcde" })),
    ] {
        let environment = TestEnvironment::new();
        let sandbox = sandbox(&environment, device, &[]);
        assert_eq!(with_file(&environment, &credentials, &[]).success().stdout, DONE);
        assert_eq!(memory(&environment, sandbox)["joined"], network);
    }
}

#[test]
fn users_log_in_to_enterprise_networks_by_password_or_certificate() {
    for (credentials, key) in [
        (
            json!({ "eap": "PEAP/MSCHAPv2", "username": "ada", "password": "lovelace", "outer_identity": "anonymous" }),
            json!({ "login": { "username": "ada", "password": "lovelace" } }),
        ),
        (
            json!({ "eap": "EAP-TLS", "client_certificate": CERTIFICATE, "private_key": PRIVATE_KEY, "root_ca": CERTIFICATE }),
            json!("certificate"),
        ),
    ] {
        let environment = TestEnvironment::new();
        let sandbox = sandbox(&environment, "p1", &[]);
        let mut file = json!({ "network": "Campus", "security": "WPA2_802.1x" });
        file.as_object_mut().unwrap().extend(credentials.as_object().unwrap().clone());
        let output = with_file(&environment, &file, &[]).success();
        assert!(!output.stderr.contains("lovelace") && !output.stderr.contains("MIGH"), "{}", output.stderr);
        let memory = memory(&environment, sandbox);
        assert_eq!((&memory["joined"], &memory["saved"][0]["key"]), (&json!("Campus"), &key));
    }
}

#[test]
fn a_person_is_asked_what_the_device_asks() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, "photon", &[]);
    let command = environment.sandbox_command(["serial", "wifi"]);
    let answers = [
        (SCAN, "n"),
        ("SSID", "Cellar\r"),
        ("Security Type", "\r"),
        ("Cipher Type", "\r"),
        ("Wi-Fi Password", "under the stairs\r"),
    ];
    let output =
        run_on_terminal(command, &answers).success().stdout_has("Done! Your device should now restart.");
    assert!(!output.stdout.contains("under the"), "{}", output.stdout);
    assert_eq!(memory(&environment, sandbox)["joined"], "Cellar");
}

#[test]
fn a_person_logs_in_to_an_enterprise_network() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, "photon", &["--mode", "photon=listening"]);
    // This computer hears what its program says: something on 5 GHz, which is not for Photons, and the campus.
    let heard = "fast::44:90:WPA2\nCampus::6:70:WPA2 802.1X\nPhoton-ABCD::1:60:\n";
    let nmcli = Nmcli::new(&environment, &format!("cat <<'END'\n{heard}END"));
    let command = nmcli.before(environment.sandbox_command(["serial", "wifi", "--scan"]));
    let answers = [
        (SELECT, "\r"),
        ("EAP Type", "\r"),
        ("Username", "ada\r"),
        ("Password", "lovelace\r"),
        ("Outer identity", "\r"),
        ("CA certificate", "\r"),
    ];
    let output = run_on_terminal(command, &answers).success();
    assert!(!output.stdout.contains("lovelace"), "{}", output.stdout);
    assert!(!output.stdout.contains("fast") && !output.stdout.contains("ABCD"), "{}", output.stdout);
    assert_eq!(memory(&environment, sandbox)["joined"], "Campus");
}

#[test]
fn where_this_computer_cannot_scan_the_name_is_typed() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, "photon", &[]);
    let mut command = environment.sandbox_command(["serial", "wifi"]);
    command.env("PATH", environment.work());
    let answers = [(SCAN, "\r"), ("SSID", "Workshop\r"), ("Wi-Fi Password", "solder and flux\r")];
    run_on_terminal(command, &answers).success().stdout_has("Unable to scan for Wi-Fi networks");
    assert_eq!(memory(&environment, sandbox)["joined"], "Workshop");
}

#[test]
fn newer_devices_are_told_by_control_request() {
    for device in ["argon", "p2", "msom"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, device, &["--mode", &format!("{device}=listening")]);
        put(&environment, &workshop());
        let done =
            environment.in_sandbox(["--json", "serial", "wifi", "--file", "wifi.json"]).success().data();
        let id = environment.device(device)["id"].clone();
        assert_eq!(done, json!({ "device": id, "network": "Workshop" }));
        environment.in_sandbox(["wifi", "current"]).success().stdout_has("SSID: Workshop");
        assert_eq!(environment.device(device)["mode"], "normal");
    }
}

#[test]
fn a_newer_device_tells_a_person_which_networks_it_hears() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "p2", &[]);
    // Sandbox, Sandbox 5G, Guest.
    let guest = "\u{1b}[B\u{1b}[B\r";
    let command = environment.sandbox_command(["serial", "wifi"]);
    let answers = [(SCAN, "\r"), (SELECT, guest)];
    run_on_terminal(command, &answers).success();
    environment.in_sandbox(["wifi", "current"]).success().stdout_has("SSID: Guest");
    let command = environment.sandbox_command(["serial", "wifi", "--scan"]);
    let answers = [(SELECT, "\u{1b}[B\r"), ("Wi-Fi Password", "sandcastle\r")];
    run_on_terminal(command, &answers).success();
    environment.in_sandbox(["wifi", "current"]).success().stdout_has("SSID: Sandbox 5G");
}

#[test]
fn what_the_device_cannot_use_is_refused_by_it() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "photon", &[]);
    let empty = json!({ "network": "Workshop", "security": "WPA2_AES", "password": "" });
    with_file(&environment, &empty, &[])
        .status(8)
        .stderr_has("Something went wrong: the device could not save the credentials");
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "p2", &[]);
    let wrong = json!({ "network": "Workshop", "security": "WPA2_AES", "password": "hunter2hunter2" });
    with_file(&environment, &wrong, &[])
        .status(8)
        .stderr_has("Something went wrong: Unable to join Wi-Fi network");
    // Its console does not know enterprise networks either.
    let enterprise =
        json!({ "network": "Elsewhere", "security": "WPA2_802.1x", "eap": "peap", "username": "ada" });
    with_file(&environment, &enterprise, &[])
        .status(8)
        .stderr_has("the device does not accept the security of the network");
}

#[test]
fn boards_without_wifi_protected_ones_and_dfu_mode_are_told_apart() {
    let environment = TestEnvironment::new();
    let dfu = format!("{PHOTON}=dfu");
    let _sandbox =
        sandbox(&environment, "photon,p2,electron,boron,xenon", &["--protect", "p2", "--mode", &dfu]);
    for device in ["electron", "boron", "xenon"] {
        let id = environment.device(device)["id"].as_str().unwrap().to_owned();
        with_file(&environment, &workshop(), &[&id])
            .status(8)
            .stderr_has("The device does not support Wi-Fi");
    }
    with_file(&environment, &workshop(), &[P2]).status(7).stderr_has("Device is protected");
    with_file(&environment, &workshop(), &[PHOTON]).status(6).stderr_has("should not be in DFU mode");
    with_file(&environment, &workshop(), &[]).status(6).stderr_has("multiple devices");
}

#[test]
fn without_a_terminal_the_flag_that_answers_is_named() {
    for device in ["photon", "p2"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, device, &[]);
        environment.in_sandbox(["serial", "wifi"]).status(2).stderr_has("--file");
        environment.in_sandbox(["serial", "wifi", "--scan"]).status(2).stderr_has("--file");
        assert_eq!(environment.device(device)["mode"], "normal");
    }
}

#[test]
fn a_file_that_no_device_could_use_is_refused_before_it_is_asked() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "photon", &[]);
    environment.in_sandbox(["serial", "wifi", "--file", "missing.json"]).status(4).stderr_has("missing.json");
    for (credentials, words) in [
        (json!({ "network": "x".repeat(33), "password": "secret" }), "longer than the 32 bytes"),
        (json!({ "network": "Workshop", "password": "x".repeat(65) }), "longer than the 64 bytes"),
        (json!({ "network": "Campus", "private_key": "x".repeat(2047) }), "longer than the 2047 bytes"),
        (json!({ "network": "a\nb" }), "control characters"),
        (json!({}), "No network name found in the file"),
    ] {
        with_file(&environment, &credentials, &[]).status(2).stderr_has(words);
    }
    assert_eq!(environment.device("photon")["mode"], "normal");
}

#[test]
fn a_device_that_goes_away_is_missed() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "photon", &["--fault", "unplug@control:70"]);
    with_file(&environment, &workshop(), &[]).status(8).stderr_has("Something went wrong");
    with_file(&environment, &workshop(), &[]).status(6).stderr_has("No serial port identified");
}

/// Over a pseudo-terminal, where nothing is known of the device but what its console says.
mod over_a_terminal {
    use super::*;

    fn listening(environment: &TestEnvironment, device: &str, arguments: &[&str]) -> (Sandbox, String) {
        let mode = format!("{device}=listening");
        let sandbox = sandbox(environment, device, &[&["--mode", &mode], arguments].concat());
        let port = environment.device(device)["terminal"].as_str().unwrap().to_owned();
        (sandbox, port)
    }

    #[test]
    fn every_board_with_wifi_has_the_dialogue() {
        for (device, version, credentials) in [
            ("core", "1.4.4", workshop()),
            ("photon", "3.3.1", workshop()),
            ("argon", "1.5.2", json!({ "network": "Guest", "security": "NONE" })),
            ("p2", "6.3.4", workshop()),
            ("p2", "6.3.4", json!({ "network": "Elsewhere", "security": "WPA3_PSK", "password": "secret" })),
        ] {
            let environment = TestEnvironment::new();
            let (sandbox, port) =
                listening(&environment, device, &["--os-version", &format!("{device}={version}")]);
            put(&environment, &credentials);
            let command = ["serial", "wifi", "--port", &port, "--file", "wifi.json"];
            assert_eq!(environment.particle(command).success().stdout, DONE);
            assert_eq!(environment.device(device)["mode"], "normal");
            let memory = memory(&environment, sandbox);
            let saved = memory["saved"].as_array().unwrap();
            assert!(saved.iter().any(|network| network["ssid"] == credentials["network"]), "{memory}");
        }
    }

    #[test]
    fn a_device_that_does_not_listen_is_to_be_put_into_listening_mode() {
        let environment = TestEnvironment::new();
        let (_sandbox, port) = listening(&environment, "photon", &[]);
        environment.in_sandbox(["usb", "stop-listening"]).success();
        put(&environment, &workshop());
        environment
            .particle(["serial", "wifi", "--port", &port, "--file", "wifi.json"])
            .status(6)
            .stderr_has("Something went wrong: Serial timed out while initially listening to device")
            .stderr_has("particle usb start-listening");
    }

    #[test]
    fn a_cellular_board_does_not_begin_the_dialogue() {
        let environment = TestEnvironment::new();
        let (_sandbox, port) = listening(&environment, "electron", &[]);
        put(&environment, &workshop());
        environment.particle(["serial", "wifi", "--port", &port, "--file", "wifi.json"]).status(6);
    }
}
