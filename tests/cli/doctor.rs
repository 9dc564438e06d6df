//! `device doctor`: what is wrong with a device, and how it gets well.

use crate::support::{Output, TestEnvironment};
use serde_json::{Value, json};
use std::fs;

/// What `device doctor --check` finds out.
#[track_caller]
fn check(environment: &TestEnvironment, device: &str) -> Value {
    environment.in_sandbox(["--json", "device", "doctor", device, "--check"]).success().data()
}

fn codes(diagnosis: &Value) -> Vec<&str> {
    let findings = diagnosis["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn a_device_whose_key_the_cloud_does_not_know_has_nothing_else_wrong() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon,argon"]);
    let before = environment.device("photon");
    let output = environment.in_sandbox(["doctor", "photon", "--check"]).success();
    output
        .stdout_has("(Photon)\n  Mode: running\n  Device OS: 3.3.1\n  Modules: all in order\n")
        .stdout_has("  Device key: in order\n  Server key: Particle's\n")
        .stdout_has("  Server address: tcp://device.spark.io:5683\n  Cloud: photon, yours and offline\n")
        .stdout_has("if it blinks cyan, the cloud holds another key for it\n    `particle keys doctor ");
    assert_eq!(codes(&check(&environment, "photon")), ["offline"]);
    assert_eq!(environment.device("photon"), before, "nothing was changed");
    let argon = check(&environment, "argon");
    assert_eq!((codes(&argon), &argon["firmware"]["connection"]), (vec![], &json!("connected")));
    environment.in_sandbox(["device", "doctor", "argon", "--check"]).success().stdout_has("Nothing is wrong");
}

#[test]
fn what_is_wrong_on_the_device_is_found() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron,photon"]);
    environment.in_sandbox(["keys", "new", "own", "--protocol", "tcp"]).success();
    let server = ["keys", "server", "own.pub.pem", "192.168.1.10", "--device", "boron"];
    environment.in_sandbox(server).status(1);
    environment.in_sandbox(["keys", "new", "own_ec", "--protocol", "udp"]).success();
    let server = ["keys", "server", "own_ec.pub.pem", "192.168.1.10", "--device", "boron"];
    environment.in_sandbox(server).success();
    assert_eq!(codes(&check(&environment, "boron")), ["serverKey", "serverAddress"]);
    environment.in_sandbox(["usb", "listen", "boron"]).success();
    let boron = check(&environment, "boron");
    assert_eq!(codes(&boron), ["listening", "serverKey", "serverAddress"]);
    assert_eq!(environment.device("boron")["mode"], "listening", "it is left as it was found");
    environment.in_sandbox(["usb", "dfu", "photon"]).success();
    let photon = check(&environment, "photon");
    assert_eq!((codes(&photon), &photon["firmware"]["version"]), (vec!["inDfu"], &json!("3.3.1")));
    assert_eq!(environment.device("photon")["mode"], "dfu");
}

#[test]
fn what_cannot_be_looked_at_is_said() {
    let environment = TestEnvironment::new();
    let arguments = ["--devices", "boron,photon", "--protect", "boron", "--os-version", "photon=0.4.9"];
    let _sandbox = environment.start_sandbox(arguments);
    assert_eq!(codes(&check(&environment, "e00fce6800000000000d0001")), ["protected"]);
    // The firmware is older than control requests, and nobody is logged in.
    let output = environment.in_sandbox(["doctor", "3a0027000000000000060001", "--check"]).success();
    output
        .stdout_has("  Device key: in order\n")
        .stdout_has("  Cloud: not asked\n")
        .stderr_has("You're not logged in.");
}

#[test]
fn without_a_device_there_is_no_patient() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon,boron"]);
    environment.in_sandbox(["doctor", "--check"]).status(6).stderr_has("Found multiple devices");
    for device in ["photon", "boron"] {
        environment.in_sandbox(["sandbox", "unplug", device]).success();
    }
    environment.in_sandbox(["doctor", "--check"]).status(6).stderr_has("No devices found");
    environment.in_sandbox(["doctor", "nobody", "--check"]).status(4);
}

/// A file with the credentials of a network that the sandbox's devices hear.
fn put_credentials(environment: &TestEnvironment) {
    let credentials = json!({ "network": "Sandbox", "security": "WPA2_AES", "password": "sandcastle" });
    fs::write(environment.work().join("wifi.json"), credentials.to_string()).unwrap();
}

/// `device doctor` with these arguments.
fn doctor(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox([&["device", "doctor"], arguments].concat())
}

#[test]
fn every_step_is_carried_out_and_the_device_is_online() {
    let environment = TestEnvironment::new();
    let arguments = ["--devices", "photon,argon,electron,core", "--os-version", "photon=1.5.2"];
    let _sandbox = environment.sandbox_with_login(&arguments);
    put_credentials(&environment);
    let titles = [
        "Updating system firmware",
        "Resetting the antenna selection",
        "Resetting the IP configuration",
        "Resetting the Wi-Fi hotspot name",
        "Clearing all data in EEPROM",
        "Clearing and setting up Wi-Fi",
        "Resetting server and device keys",
        "Flashing the default Particle Tinker app",
    ];
    let output = doctor(&environment, &["photon", "--yes", "--wifi-file", "wifi.json"]).success();
    assert!(output.stdout.starts_with("The Device Doctor will put your device back into a healthy state\n"));
    let lines: Vec<&str> = output.stdout.lines().filter(|line| titles.contains(line)).collect();
    assert_eq!(lines, titles);
    let output = output
        .stdout_has("Your device is online and in good health.\n")
        .stderr_has("Cleared EEPROM data")
        .stderr_has("Cleared Wi-Fi credentials");
    assert!(output.stdout.contains("submitting public key succeeded!"), "{}", output.stdout);
    let photon = environment.device("photon");
    assert_eq!((&photon["online"], &photon["osVersion"]), (&json!(true), &json!("3.3.1")));
    for device in ["argon", "electron", "core"] {
        doctor(&environment, &[device, "--yes", "--skip", "wifi"])
            .success()
            .stdout_has("Your device is online and in good health.\n");
    }
}

#[test]
fn a_device_that_lost_its_system_is_healed() {
    let environment = TestEnvironment::new();
    let arguments = ["--devices", "photon", "--os-version", "photon=1.5.2", "--fault", "unplug@dfu-write:3"];
    let _sandbox = environment.sandbox_with_login(&arguments);
    doctor(&environment, &["photon", "--yes", "--skip", "wifi"])
        .status(8)
        .stderr_has("Updating system firmware: ")
        .stderr_has("`particle device doctor --skip system` leaves this step out");
    environment.in_sandbox(["sandbox", "plug", "photon"]).success();
    let found = check(&environment, "photon");
    assert!(["module", "missingModule"].contains(&codes(&found)[1]), "{found:#}");
    doctor(&environment, &["photon", "--yes", "--skip", "wifi"]).success();
    assert_eq!(environment.device("photon")["online"], true);
}

#[test]
fn nothing_is_done_that_nobody_has_agreed_to() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron", "--protect", "boron"]);
    doctor(&environment, &["photon"]).status(3).stderr_has("You're not logged in.");
    environment.log_in();
    let before = environment.device("photon");
    doctor(&environment, &["photon"]).status(2).stderr_has("--yes");
    doctor(&environment, &["boron", "--yes"]).status(7).stderr_has("a protected device cannot be treated");
    doctor(&environment, &["photon", "--check", "--skip", "keys"]).status(2);
    assert_eq!(environment.device("photon"), before);
}

/// `--skip STEP` for each of these steps.
fn without<'a>(steps: &[&'a str]) -> Vec<&'a str> {
    steps.iter().flat_map(|step| ["--skip", step]).collect()
}

const STEPS: [&str; 9] = ["system", "cc3000", "antenna", "ip", "hotspot", "eeprom", "wifi", "keys", "tinker"];

#[test]
fn what_is_still_wrong_is_said_at_the_end() {
    let environment = TestEnvironment::new();
    let devices = "photon,boron,argon,tracker,p1,core";
    let _sandbox = environment.sandbox_with_login(&["--devices", devices]);
    let sandbox = |arguments: &[&str]| environment.in_sandbox(arguments).success();
    // The cloud holds another key for the first device. The others are harmed in ways of their own.
    let boron = environment.device("boron")["id"].as_str().unwrap().to_owned();
    sandbox(&["device", "remove", "boron", "--yes"]);
    sandbox(&["wifi", "clear", "--device", "argon"]);
    sandbox(&["usb", "reset", "argon"]);
    sandbox(&["keys", "new", "own", "--protocol", "udp"]);
    sandbox(&["keys", "server", "own.pub.pem", "192.168.1.10", "--device", "tracker"]);
    sandbox(&["usb", "listen", "p1"]);
    sandbox(&["usb", "dfu", "core"]);
    let not_online = "is not online yet";
    let cases: [(&str, &[&str], &str); 6] = [
        ("photon", &["offline"], not_online),
        (boron.as_str(), &["notYours"], "is not yours, so that the cloud does not tell whether it is online"),
        ("argon", &["noWifi"], not_online),
        ("tracker", &["serverKey", "serverAddress"], not_online),
        ("p1", &["listening"], not_online),
        ("core", &["inDfu"], not_online),
    ];
    let skipped = without(&STEPS);
    std::thread::scope(|scope| {
        for (device, findings, message) in &cases {
            let arguments = [&["--json", device, "--yes"], &skipped[..]].concat();
            let environment = &environment;
            scope.spawn(move || {
                let output = doctor(environment, &arguments).status(6);
                assert!(output.stderr.contains(message), "{device}: {}", output.stderr);
                let data = output.data();
                assert_eq!((&data["online"], codes(&data["diagnosis"])), (&json!(false), findings.to_vec()));
            });
        }
    });
}

#[test]
fn the_key_of_somebody_elses_device_is_left_alone() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon,boron"]);
    let id = environment.device("boron")["id"].as_str().unwrap().to_owned();
    environment.in_sandbox(["device", "remove", "boron", "--yes"]).success();
    let before = environment.device(&id);
    doctor(&environment, &[&id, "--yes", "--skip", "system", "--skip", "tinker"])
        .status(6)
        .stderr_has("The device is not yours, and the cloud takes its key from its owner alone.");
    assert_eq!(environment.device(&id), before);
}

#[test]
fn a_step_that_fails_ends_the_treatment_and_can_be_left_out() {
    for (fault, status, title, name) in [
        ("http-500@/v1/firmware*", 5, "Updating system firmware", "system"),
        ("http-500@POST:/v1/provisioning*", 5, "Resetting server and device keys", "keys"),
        ("unplug@dfu-write", 8, "Resetting the antenna selection", "antenna"),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.sandbox_with_login(&["--devices", "core,photon", "--fault", fault]);
        let steps: Vec<&str> = STEPS.into_iter().filter(|step| *step != name).collect();
        let output = doctor(&environment, &[&["photon", "--yes"], &without(&steps)[..]].concat())
            .status(status)
            .stderr_has(&format!("error: {title}: "))
            .stderr_has(&format!("`particle device doctor --skip {name}` leaves this step out"));
        // The device is described at the beginning, and again in the end if it is still there.
        let described = if name == "antenna" { 1 } else { 2 };
        assert_eq!(output.stdout.matches("  Device key: ").count(), described, "{}", output.stdout);
    }
}

#[cfg(unix)]
mod at_a_terminal {
    use super::*;
    use crate::support::terminal::run_on_terminal;

    const QUESTION: &str = "How would you like to proceed?";
    const SKIP: &str = "\u{1b}[B\r";
    const EXIT: &str = "\u{1b}[B\u{1b}[B\r";

    #[test]
    fn a_person_goes_on_skips_or_exits() {
        let environment = TestEnvironment::new();
        let arguments = ["--devices", "core,photon", "--os-version", "photon=1.5.2"];
        let _sandbox = environment.sandbox_with_login(&arguments);
        let command = || environment.sandbox_command(["device", "doctor", "photon"]);
        let shown = run_on_terminal(command(), &[(QUESTION, SKIP), (QUESTION, "\r"), (QUESTION, EXIT)])
            .success()
            .stdout_has("Updating system firmware")
            .stdout_has("The device uses its internal antenna again.")
            .stdout_has("Resetting the IP configuration")
            .stdout_has("The rest of the steps was left out.")
            .stdout_has("Your device is online and in good health.");
        assert!(!shown.stdout.contains("Resetting the Wi-Fi hotspot name"), "{}", shown.stdout);
        assert_eq!(environment.device("photon")["osVersion"], "1.5.2", "that step was skipped");
        run_on_terminal(command(), &[(QUESTION, "\u{3}")]).status(130);
        assert_eq!(environment.device("photon")["mode"], "normal");
    }

    #[test]
    fn the_wifi_module_of_a_core_is_waited_for_by_a_person() {
        let environment = TestEnvironment::new();
        let _sandbox = environment.sandbox_with_login(&["--devices", "photon,core"]);
        let arguments = [&["device", "doctor", "core"], &without(&["eeprom", "wifi", "keys"])[..]].concat();
        let answers = [
            (QUESTION, "\r"),
            ("Press Enter when the light of the device has stopped blinking yellow", "\r"),
            (QUESTION, "\r"),
        ];
        run_on_terminal(environment.sandbox_command(arguments), &answers)
            .success()
            .stdout_has("Updating CC3000 firmware")
            .stdout_has("Flashing the default Particle Tinker app")
            .stdout_has("Your device is online and in good health.");
    }
}
