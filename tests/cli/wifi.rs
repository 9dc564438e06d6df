//! `particle wifi`.

use crate::support::{Output, Sandbox, TestEnvironment, terminal::run_on_terminal};
use serde_json::{Value, json};

const ARGON: &str = "e00fce6800000000000c0001";
const P2: &str = "0a10aced0000000000200001";
const SCAN: &str = "Would you like to scan for Wi-Fi networks?";
const SELECT: &str = "Select the Wi-Fi network";
const PASSWORD: &str = "Wi-Fi Password";
const DOWN: &str = "\u{1b}[B";

/// A sandbox with one device, and a file `wifi.json` with the credentials of the network `Workshop`.
fn sandbox(environment: &TestEnvironment, device: &str, arguments: &[&str]) -> Sandbox {
    let credentials = json!({ "network": "Workshop", "security": "WPA2_AES", "password": "solder and flux" });
    put(environment, &credentials);
    environment.start_sandbox([&["--devices", device], arguments].concat())
}

fn put(environment: &TestEnvironment, credentials: &Value) {
    std::fs::write(environment.work().join("wifi.json"), credentials.to_string()).unwrap();
}

/// Runs `particle wifi ARGUMENTS` in the sandbox.
fn wifi(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox(std::iter::once(&"wifi").chain(arguments))
}

/// Names of the networks that the device knows, and of the one it is in.
fn networks(environment: &TestEnvironment) -> (Vec<String>, Option<String>) {
    let list = environment.in_sandbox(["--json", "wifi", "list"]).success().data();
    let list = list.as_array().unwrap();
    let name = |network: &Value| network["network"].as_str().unwrap().to_owned();
    (list.iter().map(name).collect(), list.iter().find(|network| network["current"] == true).map(name))
}

fn known(names: &[&str], current: Option<&str>) -> (Vec<String>, Option<String>) {
    (names.iter().map(|name| (*name).to_owned()).collect(), current.map(str::to_owned))
}

#[test]
fn networks_are_added_joined_and_removed() {
    for device in ["argon", "p2", "msom"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, device, &[]);
        let added = wifi(&environment, &["add", "--file", "wifi.json"]).success();
        let hint = "To join this network, run particle wifi join --ssid <SSID>\n";
        assert_eq!(added.stdout, format!("Wi-Fi network 'Workshop' added successfully.\n{hint}"));
        assert_eq!(networks(&environment), known(&["Sandbox", "Workshop"], Some("Sandbox")));
        let joined = wifi(&environment, &["join", "--ssid", "Workshop"]).success();
        assert_eq!(
            joined.stdout,
            "Wi-Fi network 'Workshop' configured successfully. Attempting to join...\n\
             Use particle wifi current to check the current network.\n"
        );
        assert_eq!(networks(&environment), known(&["Workshop", "Sandbox"], Some("Workshop")));
        assert_eq!(
            wifi(&environment, &["remove", "--ssid", "Sandbox"]).success().stdout,
            "Wi-Fi network Sandbox removed from device's list successfully.\n\
             To disconnect from the network, run particle usb reset.\n"
        );
        assert_eq!(networks(&environment), known(&["Workshop"], Some("Workshop")));
    }
}

#[test]
fn the_list_and_the_current_network_read_as_with_the_node_tool() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "p2", &[]);
    wifi(&environment, &["add", "--file", "wifi.json"]).success();
    assert_eq!(
        wifi(&environment, &["list"]).success().stdout,
        "List of Wi-Fi networks on the device:\n\n\
         - Sandbox (WPA2_PSK) - current network\n- Workshop (WPA2_PSK)\n"
    );
    assert_eq!(
        wifi(&environment, &["current"]).success().stdout,
        "Current Wi-Fi network:\n\n- SSID: Sandbox\n  BSSID: 02:5a:bd:00:00:01\n  Channel: 6\n  RSSI: -48\n"
    );
    let current = environment.in_sandbox(["--json", "wifi", "current"]).success().data();
    assert_eq!(
        current,
        json!({ "network": "Sandbox", "bssid": "02:5a:bd:00:00:01", "channel": 6, "rssi": -48 })
    );
}

#[test]
fn a_device_without_networks_is_offline_from_the_next_reset_on() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "photon,p2", &[]);
    assert_eq!(
        wifi(&environment, &["clear", "--device", P2]).success().stdout,
        "Wi-Fi networks cleared successfully.\n"
    );
    assert_eq!(environment.device(P2)["online"], true);
    environment.in_sandbox(["usb", "reset", P2]).success();
    let device = environment.device(P2);
    assert_eq!(
        (&device["online"], &device["reason"]),
        (&json!(false), &json!("the device knows no Wi-Fi network in range"))
    );
    assert_eq!(
        wifi(&environment, &["list", "--device", P2]).success().stdout,
        "List of Wi-Fi networks on the device:\n\nNo Wi-Fi networks found.\n"
    );
    wifi(&environment, &["current", "--device", P2]).status(8).stderr_has("No Wi-Fi network connected");
    wifi(&environment, &["join", "--file", "wifi.json", "--device", P2]).success();
    assert_eq!(environment.device(P2)["online"], true);
}

#[test]
fn a_network_is_chosen_of_those_that_the_device_hears() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "argon", &[]);
    let command = environment.sandbox_command(["wifi", "join"]);
    // Sandbox, Guest, Workshop: by strength, and without the one on 5 GHz.
    let workshop = format!("{DOWN}{DOWN}\r");
    let answers = [(SCAN, "\r"), (SELECT, workshop.as_str()), (PASSWORD, "solder and flux\r")];
    let output =
        run_on_terminal(command, &answers).success().stdout_has("'Workshop' configured successfully");
    assert!(!output.stdout.contains("solder"), "{}", output.stdout);
    let command = environment.sandbox_command(["-vv", "wifi", "join"]);
    let guest = format!("{DOWN}\r");
    let rescan = format!("{DOWN}{DOWN}{DOWN}{DOWN}{DOWN}\r");
    let answers = [(SCAN, "\r"), (SELECT, rescan.as_str()), (SELECT, guest.as_str())];
    run_on_terminal(command, &answers).success().stdout_has("'Guest' configured successfully");
    assert_eq!(networks(&environment), known(&["Guest", "Workshop", "Sandbox"], Some("Guest")));
}

#[test]
fn a_hidden_network_is_typed() {
    for device in ["argon", "p2"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, device, &[]);
        let command = environment.sandbox_command(["wifi", "join"]);
        let answers = [
            (SCAN, "n"),
            ("SSID", "Cellar\r"),
            ("Select the security type for your Wi-Fi network:", "\r"),
            (PASSWORD, "under the stairs\r"),
            ("Is this a hidden network?", "y"),
        ];
        run_on_terminal(command, &answers).success().stdout_has("'Cellar' configured successfully");
        assert_eq!(networks(&environment), known(&["Cellar", "Sandbox"], Some("Cellar")));
    }
}

#[test]
fn what_a_file_does_not_tell_is_scanned_for() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "argon", &[]);
    put(&environment, &json!({ "network": "Attic", "password": "abcde" }));
    wifi(&environment, &["join", "--file", "wifi.json"]).success();
    wifi(&environment, &["list"]).success().stdout_has("- Attic (WEP) - current network");
    put(&environment, &json!({ "network": "Cellar", "password": "under the stairs", "hidden": true }));
    wifi(&environment, &["add", "--file", "wifi.json"]).success();
    wifi(&environment, &["list"]).success().stdout_has("- Cellar (WPA2_PSK)");
    put(&environment, &json!({ "network": "Guest" }));
    wifi(&environment, &["join", "--file", "wifi.json"]).success();
    assert_eq!(networks(&environment).1.as_deref(), Some("Guest"));
}

#[test]
fn a_listening_device_gets_back_to_work_when_it_has_joined() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "argon", &["--mode", "argon=listening"]);
    wifi(&environment, &["add", "--file", "wifi.json"]).success();
    assert_eq!(environment.device("argon")["mode"], "listening");
    wifi(&environment, &["join", "--ssid", "Workshop"]).success().stderr_has("Exiting listening mode...");
    assert_eq!(environment.device("argon")["mode"], "normal");
    assert_eq!(networks(&environment).1.as_deref(), Some("Workshop"));
}

#[test]
fn firmware_that_keeps_only_what_it_joins_joins_at_once() {
    for version in ["1.5.2", "6.1.1"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, "argon", &["--os-version", &format!("argon={version}")]);
        wifi(&environment, &["add", "--file", "wifi.json"])
            .success()
            .stdout_has("'Workshop' added and joined successfully")
            .stderr_has("keeps only networks that it joins");
        assert_eq!(networks(&environment).1.as_deref(), Some("Workshop"));
    }
}

#[test]
fn a_wrong_password_is_refused_and_not_kept() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "argon", &[]);
    put(
        &environment,
        &json!({ "network": "Workshop", "security": "WPA2_PSK", "password": "hunter2hunter2" }),
    );
    let refused = wifi(&environment, &["-vv", "join", "--file", "wifi.json"])
        .status(8)
        .stderr_has("Unable to join Wi-Fi network: Not found")
        .stderr_has("trying again")
        .stderr_has("check the name and the password");
    assert!(!refused.stderr.contains("hunter2"), "{}", refused.stderr);
    assert_eq!(networks(&environment), known(&["Sandbox"], None));
    wifi(&environment, &["join", "--ssid", "Elsewhere"]).status(8).stderr_has("Not found");
    wifi(&environment, &["remove", "Elsewhere"]).status(4).stderr_has("does not know a network Elsewhere");
}

#[test]
fn boards_without_this_way_to_wifi_are_told_so() {
    for (device, words) in [
        ("boron", "The device does not support Wi-Fi"),
        ("electron", "The device does not support Wi-Fi"),
        ("xenon", "The device does not support Wi-Fi"),
        ("photon", "use `particle serial wifi`"),
        ("core", "use `particle serial wifi`"),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, device, &[]);
        for command in [vec!["list"], vec!["add", "--file", "wifi.json"], vec!["clear"]] {
            wifi(&environment, &command).status(8).stderr_has(words);
        }
    }
}

#[test]
fn a_file_that_does_not_serve_is_refused_before_the_device_is_asked() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "argon", &[]);
    wifi(&environment, &["add", "--file", "missing.json"]).status(4).stderr_has("missing.json is not found");
    for (credentials, status, words) in [
        (json!({ "security": "NONE" }), 2, "No network name found in the file"),
        (json!({ "network": "a", "security": "WPA4" }), 2, "Unknown security type: WPA4"),
        (json!({ "network": "a", "security": "WPA2_PSK" }), 2, "has no password"),
        (json!({ "network": "a", "security": "WPA2_802.1x" }), 8, "enterprise networks are not supported"),
        (json!(["a"]), 1, "wifi.json:1:"),
    ] {
        put(&environment, &credentials);
        wifi(&environment, &["add", "--file", "wifi.json"]).status(status).stderr_has(words);
    }
    assert_eq!(networks(&environment), known(&["Sandbox"], Some("Sandbox")));
}

#[test]
fn without_a_terminal_the_flag_that_answers_is_named() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "argon", &[]);
    for command in ["add", "join"] {
        wifi(&environment, &[command]).status(2).stderr_has("--file");
    }
    wifi(&environment, &["remove"]).status(2).stderr_has("--ssid");
    wifi(&environment, &["join", "--ssid", "a", "--file", "wifi.json"]).status(2);
}

#[test]
fn modes_protection_and_cables_are_told_apart() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, "argon,p2", &["--protect", "argon", "--mode", &format!("{P2}=dfu")]);
    wifi(&environment, &["list", "--device", ARGON]).status(7).stderr_has("Device is protected");
    wifi(&environment, &["list", "--device", P2]).status(6).stderr_has("should not be in DFU mode");
    wifi(&environment, &["list"]).status(6).stderr_has(ARGON).stderr_has(P2);
    environment.in_sandbox(["sandbox", "unplug", P2]).success();
    wifi(&environment, &["list", "--device", P2]).status(6).stderr_has("Unable to connect to the device");
}

#[test]
fn a_device_that_goes_away_or_does_not_answer_is_given_up() {
    let environment = TestEnvironment::new();
    let _sandbox =
        sandbox(&environment, "argon,p2", &["--fault", "unplug@control:502", "--fault", "hang@control:500*"]);
    environment
        .in_sandbox(["--timeout", "200ms", "wifi", "join", "--file", "wifi.json", "--device", ARGON])
        .status(124);
    wifi(&environment, &["list", "--device", P2]).status(6).stderr_has("Unable to list Wi-Fi networks");
}
