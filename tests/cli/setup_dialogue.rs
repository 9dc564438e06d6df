//! What `particle setup` asks a person.

use crate::support::{Sandbox, TestEnvironment, terminal::run_on_terminal};
use serde_json::json;
use std::fs;

const USE_ACCOUNT: (&str, &str) = ("Would you like to use this account?", "\r");
const DOWN: &str = "\u{1b}[B";

fn sandbox(environment: &TestEnvironment) -> (Sandbox, String) {
    let sandbox = environment.start_sandbox(["--devices", "core,photon", "--mode", "photon=listening"]);
    let softap = environment.device("photon")["softap"].as_str().unwrap().to_owned();
    (sandbox, softap)
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
