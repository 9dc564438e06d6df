//! What `particle setup` asks a person, and what it does with this computer's own Wi-Fi.

use crate::support::{Sandbox, TestEnvironment, terminal::run_on_terminal};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

const USE_ACCOUNT: (&str, &str) = ("Would you like to use this account?", "\r");
const DOWN: &str = "\u{1b}[B";

fn sandbox(environment: &TestEnvironment) -> (Sandbox, String) {
    let sandbox = environment.start_sandbox(["--devices", "core,photon", "--mode", "photon=listening"]);
    let softap = environment.device("photon")["softap"].as_str().unwrap().to_owned();
    (sandbox, softap)
}

/// A folder with an `nmcli` that writes down how it was called, and is followed by the real programs.
fn nmcli(environment: &TestEnvironment, body: &str) -> (String, PathBuf) {
    let folder = environment.work().join("bin");
    fs::create_dir(&folder).unwrap();
    let calls = environment.work().join("calls");
    let script = format!("#!/bin/sh\necho \"$@\" >> '{}'\n{body}\n", calls.display());
    fs::write(folder.join("nmcli"), script).unwrap();
    fs::set_permissions(folder.join("nmcli"), fs::Permissions::from_mode(0o755)).unwrap();
    (format!("{}:/usr/bin:/bin", folder.display()), calls)
}

#[test]
fn a_stranger_gets_an_account_and_a_device() {
    let environment = TestEnvironment::new();
    let (_sandbox, softap) = sandbox(&environment);
    environment.log_in();
    environment.in_sandbox(["device", "remove", "photon", "--yes"]).success();
    environment.in_sandbox(["logout"]).success();
    let down_twice = format!("{DOWN}{DOWN}\r");
    let answers = [
        ("What would you like to do?", "\r"),
        ("email address?", "bob@example.com\r"),
        ("and a password?", "long enough\r"),
        ("confirm that password", "something else\r"),
        // The passwords differ; the second try is good.
        ("email address?", "bob@example.com\r"),
        ("and a password?", "long enough\r"),
        ("confirm that password", "long enough\r"),
        ("Shall I have the Photon scan", "\r"),
        // Sandbox, Guest, Workshop
        ("Select the Wi-Fi network", &down_twice),
        ("Wi-Fi Password", "solder and flux\r"),
        ("with the information shown above?", "\r"),
        ("What would you like to call your device", "porch\r"),
    ];
    let shown = run_on_terminal(environment.sandbox_command(["setup", "--softap", &softap]), &answers);
    let shown = shown
        .success()
        .stdout_has("The passwords differ. Let's try again.")
        .stdout_has("Great success! You're now the owner of a brand new account!")
        .stdout_has("Security: WPA2 AES")
        .stdout_has("Congratulations! You've just won the internet!");
    assert!(!shown.stdout.contains("solder") && !shown.stdout.contains("long enough"), "{}", shown.stdout);
    let porch = environment.device("porch");
    assert_eq!((&porch["owner"], &porch["online"]), (&json!("bob@example.com"), &json!(true)));
    environment.in_sandbox(["whoami"]).success().stdout_has("bob@example.com");
}

#[test]
fn a_network_can_be_typed_and_a_device_that_stays_away_looked_for_again() {
    let environment = TestEnvironment::new();
    let (_sandbox, softap) = sandbox(&environment);
    environment.log_in();
    let leave = format!("{DOWN}{DOWN}\r");
    let answers = [
        USE_ACCOUNT,
        ("Shall I have the Photon scan", "n"),
        ("SSID", "Sandbox\r"),
        ("Security type", "\r"),
        ("Wi-Fi Password", "wrong password\r"),
        ("with the information shown above?", "\r"),
        ("What would you like to do?", "\r"),
        ("What would you like to do?", &leave),
    ];
    run_on_terminal(environment.sandbox_command(["setup", "--softap", &softap]), &answers)
        .status(6)
        .stdout_has("It doesn't look like your device has made it to the cloud yet.");
}

#[test]
fn a_declined_summary_begins_again_and_nothing_is_sent() {
    let environment = TestEnvironment::new();
    let (_sandbox, softap) = sandbox(&environment);
    environment.log_in();
    let answers = [
        USE_ACCOUNT,
        ("Shall I have the Photon scan", "\r"),
        ("Select the Wi-Fi network", "\r"),
        ("Wi-Fi Password", "sandcastles\r"),
        ("with the information shown above?", "n"),
        ("Shall I have the Photon scan", "\u{3}"),
    ];
    run_on_terminal(environment.sandbox_command(["setup", "--softap", &softap]), &answers)
        .status(130)
        .stdout_has("Let's try that again then.");
    assert_eq!(environment.device("photon")["mode"], "listening");
}

#[test]
fn a_person_logs_in_to_an_enterprise_network() {
    let environment = TestEnvironment::new();
    let (_sandbox, softap) = sandbox(&environment);
    environment.log_in();
    let pem = |kind: &str| format!("-----BEGIN {kind}-----\nMIGH\n-----END {kind}-----\n");
    fs::write(environment.work().join("user.pem"), pem("CERTIFICATE")).unwrap();
    fs::write(environment.work().join("key.pem"), pem("PRIVATE KEY")).unwrap();
    fs::write(environment.work().join("key.der"), [0x30, 0x03, 2, 1, 0]).unwrap();
    let peap = [
        ("EAP Type", "\r"),
        ("Username", "\r"),
        ("Please enter a user name", "ada\r"),
        ("Password", "lovelace\r"),
        ("Outer identity (optional)", "\r"),
        ("File with the CA certificate", "\r"),
    ];
    let down = format!("{DOWN}\r");
    let tls = [
        ("EAP Type", down.as_str()),
        ("File with the client certificate", "user.pem\r"),
        ("File with the private key", "nowhere.pem\r"),
        ("cannot use nowhere.pem: ", "key.der\r"),
        ("cannot use key.der: it is not in PEM format", "key.pem\r"),
        ("Outer identity (optional)", "anonymous\r"),
        ("File with the CA certificate", "nowhere.pem\r"),
        ("cannot use nowhere.pem: ", "user.pem\r"),
    ];
    // Sandbox, Guest, Workshop, Campus
    let campus = format!("{DOWN}{DOWN}{DOWN}\r");
    for login in [&peap[..], &tls] {
        let before =
            [USE_ACCOUNT, ("Shall I have the Photon scan", "\r"), ("Select the Wi-Fi network", &campus)];
        let after =
            [("with the information shown above?", "\r"), ("What would you like to call your device", "\r")];
        let answers = [&before[..], login, &after].concat();
        let shown = run_on_terminal(environment.sandbox_command(["setup", "--softap", &softap]), &answers)
            .success()
            .stdout_has("Security: WPA2 Enterprise AES");
        assert!(!shown.stdout.contains("lovelace") && !shown.stdout.contains("MIGH"), "{}", shown.stdout);
        assert_eq!(environment.device("photon")["online"], true);
        environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
    }
}

#[test]
fn this_computer_goes_to_the_devices_network_and_comes_back_whatever_happens() {
    let environment = TestEnvironment::new();
    let (_sandbox, _) = sandbox(&environment);
    environment.log_in();
    let body = "case \"$*\" in\n\
        *'device wifi list'*) echo 'Our Home:02\\:00\\:00\\:00\\:00\\:01:6:80:WPA2'; echo 'Photon-A B:02\\:00\\:00\\:00\\:00\\:02:11:70:';;\n\
        *'show --active') echo 'Our Home:802-11-wireless';;\n\
        'connection up id Photon-A B') exit 10;;\n\
        esac";
    let (path, calls) = nmcli(&environment, body);
    let answers = [USE_ACCOUNT, ("Found \"Photon-A B\"", "\r")];
    // No device is at the address that devices have.
    let mut command = environment.sandbox_command(["--timeout", "2s", "setup", "--wifi"]);
    command.env("PATH", path);
    let ended = run_on_terminal(command, &answers);
    assert_ne!(ended.status, 0, "{ended:?}");
    let calls = fs::read_to_string(calls).unwrap();
    let last: Vec<&str> = calls.lines().skip(1).collect();
    assert_eq!(
        last,
        [
            "--terse --escape yes --fields NAME,TYPE connection show --active",
            "connection up id Photon-A B",
            "device wifi connect Photon-A B",
            "connection up id Our Home"
        ]
    );
}

#[test]
fn a_computer_without_network_manager_offers_to_leave_it_to_the_person() {
    let environment = TestEnvironment::new();
    let (_sandbox, _) = sandbox(&environment);
    environment.log_in();
    let answers = [USE_ACCOUNT, ("We can still proceed in 'manual' mode", "n")];
    let mut command = environment.sandbox_command(["setup", "--wifi"]);
    command.env("PATH", "/nowhere");
    run_on_terminal(command, &answers)
        .status(1)
        .stdout_has("I am unable to automatically connect to Wi-Fi networks: `nmcli` is not installed")
        .stdout_has("Goodbye!");
}

#[test]
fn with_nothing_attached_a_person_is_asked_whether_to_scan() {
    let environment = TestEnvironment::new();
    let (_sandbox, _) = sandbox(&environment);
    environment.log_in();
    for device in ["core", "photon"] {
        environment.in_sandbox(["sandbox", "unplug", device]).success();
    }
    let (path, calls) = nmcli(&environment, "");
    let setup = |arguments: &[&str]| {
        let mut command = environment.sandbox_command(arguments);
        command.env("PATH", &path);
        command
    };
    let question = "Would you like to scan for nearby Photons in Wi-Fi setup mode?";
    run_on_terminal(setup(&["setup"]), &[(question, "n")])
        .status(1)
        .stdout_has("No devices detected via USB.")
        .stdout_has("Goodbye! Nothing was set up");
    crate::support::run(setup(&["setup"]), "").status(2).stderr_has(question).stderr_has("--yes");
    assert!(!calls.exists(), "nothing was scanned for");
    let monitor = "Would you like to wait and monitor for Photons entering setup mode?";
    run_on_terminal(setup(&["setup"]), &[(question, "\r"), USE_ACCOUNT, (monitor, "n")]).status(6);
    assert!(calls.exists());
    crate::support::run(setup(&["setup", "--yes"]), "").status(6).stderr_has("No Photon in listening mode");
}

#[test]
fn the_network_of_the_photon_on_the_cable_is_preferred() {
    let environment = TestEnvironment::new();
    // Firmware that cannot be claimed over the cable.
    let arguments =
        ["--devices", "core,photon", "--mode", "photon=listening", "--os-version", "photon=0.5.5"];
    let _sandbox = environment.start_sandbox(arguments);
    environment.log_in();
    let told = environment.in_sandbox(["--json", "serial", "mac", "photon"]).success().data();
    let bssid = told["macAddress"].as_str().unwrap().to_uppercase().replace(':', "\\:");
    let body = format!(
        "case \"$*\" in\n\
        *'device wifi list'*) echo 'Photon-AAAA:02\\:00\\:00\\:00\\:00\\:02:1:90:'; echo 'Photon-MINE:{bssid}:11:50:';;\n\
        *'show --active') echo 'Our Home:802-11-wireless';;\n\
        'connection up id Photon-MINE') echo 'Error: Connection activation failed.' >&2; exit 4;;\n\
        esac"
    );
    let (path, calls) = nmcli(&environment, &body);
    let mut command = environment.sandbox_command(["setup", "photon"]);
    command.env("PATH", path);
    run_on_terminal(command, &[USE_ACCOUNT, ("Found \"Photon-MINE\"", "\r")])
        .status(1)
        .stdout_has("`nmcli` failed: Error: Connection activation failed.");
    let calls = fs::read_to_string(calls).unwrap();
    assert_eq!(calls.lines().last(), Some("connection up id Our Home"), "{calls}");
}

#[test]
fn no_device_in_reach_ends_with_6() {
    let environment = TestEnvironment::new();
    let (_sandbox, _) = sandbox(&environment);
    environment.log_in();
    let (path, _) = nmcli(&environment, "");
    let mut command = environment.sandbox_command(["setup", "--wifi"]);
    command.env("PATH", path);
    crate::support::run(command, "").status(6).stderr_has("No Photon in listening mode is in reach");
}
