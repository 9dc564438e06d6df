//! `device add`, `device rename` and `device remove`.

use crate::support::{
    MFA_USERNAME, OTP, Output, PASSWORD, Sandbox, TestEnvironment, USERNAME, run, terminal::run_on_terminal,
};
use serde_json::json;
use std::net::TcpListener;

/// Offline: the cloud holds another key for it.
const PHOTON: &str = "3a0027000000000000060001";
const BORON: &str = "e00fce6800000000000d0001";

const TRANSFER_REQUESTED: &str =
    "Transfer requested. You will receive an email if your transfer is approved or denied.\n";

/// A sandbox that runs, with Ada logged in.
fn sandbox(environment: &TestEnvironment, arguments: &[&str]) -> Sandbox {
    let sandbox = environment.start_sandbox(["--devices", "photon,boron"].iter().chain(arguments));
    environment.log_in();
    sandbox
}

fn log_grace_in(environment: &TestEnvironment) {
    environment.in_sandbox(["login", "-u", MFA_USERNAME, "-p", PASSWORD, "--otp", OTP]).success();
}

/// Lets Grace have the Boron, and Ada be logged in.
fn give_boron_to_grace(environment: &TestEnvironment) {
    environment.in_sandbox(["device", "remove", BORON, "--yes"]).success();
    log_grace_in(environment);
    environment.in_sandbox(["device", "add", BORON]).success();
    environment.log_in();
}

/// Runs the binary against this cloud, with a token that does not matter.
fn at(environment: &TestEnvironment, api_url: &str, arguments: &[&str]) -> Output {
    let mut command = environment.command(arguments);
    command.env("PARTICLE_API_URL", api_url).env("PARTICLE_ACCESS_TOKEN", "0123");
    run(command, "")
}

#[test]
fn a_device_is_removed_and_added_again() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let removed = environment.in_sandbox(["device", "remove", "boron", "--yes"]).success();
    assert_eq!(removed.stdout, "releasing device boron\nOkay!\n");
    let list = environment.in_sandbox(["list"]).success();
    assert!(!list.stdout.contains(BORON), "{}", list.stdout);
    let id = BORON.to_uppercase();
    let added = environment.in_sandbox(["device", "add", &id]).success();
    assert_eq!(added.stdout, format!("Claiming device {id}\nSuccessfully claimed device {id}\n"));
    assert_eq!(added.stderr, "");
    assert_eq!(environment.device(BORON)["owner"], USERNAME);
}

#[test]
fn only_a_device_that_is_online_can_be_added() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    environment.in_sandbox(["device", "remove", PHOTON, "--yes"]).success();
    environment
        .in_sandbox(["device", "add", PHOTON])
        .status(6)
        .stderr_has("Failed to claim device: The device is not connected")
        .stderr_has("breathes cyan");
}

#[test]
fn a_device_that_does_not_exist_cannot_be_added() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    environment
        .in_sandbox(["device", "add", "0123456789abcdef01234567"])
        .status(4)
        .stderr_has("Failed to claim device: device not found");
    environment
        .in_sandbox(["device", "add", "boron"])
        .status(4)
        .stderr_has("Failed to claim device: ")
        .stderr_has("`particle identify` shows it");
}

#[test]
fn somebody_elses_device_can_be_asked_for() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    give_boron_to_grace(&environment);
    environment
        .in_sandbox(["device", "add", BORON])
        .status(2)
        .stderr_has("Would you like to request a transfer?")
        .stderr_has("--yes");
    let asked = environment.in_sandbox(["device", "add", BORON, "--yes"]).success();
    assert_eq!(asked.stdout, format!("Claiming device {BORON}\n{TRANSFER_REQUESTED}"));
    let boron = environment.device(BORON);
    assert_eq!((&boron["owner"], &boron["wantedBy"]), (&json!(MFA_USERNAME), &json!(USERNAME)));
}

#[test]
fn who_owns_a_device_decides_on_its_transfer() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    give_boron_to_grace(&environment);
    let answer = |answer| environment.in_sandbox(["sandbox", "transfer", BORON, answer]);
    answer("approve").status(4).stderr_has("nobody has asked for");
    for (decision, owner) in [("deny", MFA_USERNAME), ("approve", USERNAME)] {
        environment.in_sandbox(["device", "add", BORON, "--yes"]).success();
        answer(decision).success();
        let boron = environment.device(BORON);
        assert_eq!((&boron["owner"], &boron["wantedBy"]), (&json!(owner), &json!(null)), "{decision}");
    }
    environment.in_sandbox(["list", BORON]).success().stdout_has(BORON);
}

#[test]
fn a_device_gets_another_name() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let renamed = environment.in_sandbox(["device", "rename", BORON, "pirate frosting"]).success();
    assert_eq!(
        renamed.stdout,
        format!("Renaming device {BORON}\nSuccessfully renamed device {BORON} to: pirate frosting\n")
    );
    environment.in_sandbox(["list", "pirate frosting"]).success().stdout_has("pirate frosting [e00fce68");
}

#[test]
fn names_may_hold_what_paths_and_options_are_made_of() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let mut before = "boron";
    for name in ["my device/1", "a&b=c+d%2F", "../photon", "zeile\n2", "🌈?#", "--flag", "x"] {
        environment.in_sandbox(["device", "rename", "--", before, name]).success();
        assert_eq!(environment.device(BORON)["name"], name);
        before = name;
    }
}

#[test]
fn a_name_that_is_taken_is_refused() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    environment
        .in_sandbox(["device", "rename", "boron", "photon"])
        .status(1)
        .stderr_has("Failed to rename boron: Name already in use");
}

#[test]
fn devices_that_are_not_there_are_not_found() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    give_boron_to_grace(&environment);
    for device in ["ghost", BORON, "0123456789abcdef01234567"] {
        for command in [&["device", "rename", device, "x"][..], &["device", "remove", device, "--yes"]] {
            let failed = environment.in_sandbox(command).status(4);
            failed.stderr_has(&format!("Device not found: {device}")).stderr_has("particle list");
        }
    }
}

#[test]
fn a_device_is_not_removed_without_an_answer() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let asked = environment.in_sandbox(["device", "remove", "photon"]).status(2);
    asked.stderr_has("release ownership of this device?").stderr_has("--yes");
    assert_eq!(environment.device(PHOTON)["owner"], USERNAME);
}

#[cfg(unix)]
#[test]
fn removing_and_asking_for_a_transfer_are_confirmed_on_a_terminal() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let answer = |arguments: &[&str], question, typed| {
        run_on_terminal(environment.sandbox_command(arguments), &[(question, typed)])
    };
    let release = "Are you sure you want to release ownership of this device?";
    answer(&["device", "remove", "photon"], release, "\r").status(1).stdout_has("Not confirmed");
    assert_eq!(environment.device(PHOTON)["owner"], USERNAME);
    answer(&["device", "remove", "photon"], release, "y").success().stdout_has("Okay!");
    assert_eq!(environment.device(PHOTON)["owner"], json!(null));
    give_boron_to_grace(&environment);
    let transfer = "That device belongs to someone else. Would you like to request a transfer?";
    answer(&["device", "add", BORON], transfer, "n")
        .status(7)
        .stdout_has("Failed to claim device: You cannot claim a device owned by someone else");
    answer(&["device", "add", BORON], transfer, "\r").success().stdout_has("Transfer requested.");
}

#[test]
fn removing_a_cellular_device_tells_of_its_billing() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let boron = environment.in_sandbox(["device", "remove", "boron", "--yes"]).success();
    boron.stderr_has("does not stop its billing");
    let photon = environment.in_sandbox(["device", "remove", "photon", "--yes"]).success();
    assert_eq!(photon.stderr, "");
}

#[test]
fn results_are_json() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let data = |arguments: &[&str]| {
        environment.in_sandbox(["--json", "--yes"].iter().chain(arguments)).success().data()
    };
    let renamed = data(&["device", "rename", "boron", "kitchen"]);
    assert_eq!(renamed, json!({ "device": "boron", "name": "kitchen" }));
    let removed = data(&["device", "remove", "kitchen"]);
    assert_eq!(removed, json!({ "device": "kitchen", "id": BORON }));
    let added = data(&["device", "add", BORON]);
    assert_eq!(added, json!({ "device": BORON, "result": "claimed" }));
    give_boron_to_grace(&environment);
    let asked = data(&["device", "add", BORON]);
    assert_eq!(asked, json!({ "device": BORON, "result": "transferRequested" }));
}

/// Every command that changes a device.
const CHANGES: [&[&str]; 4] = [
    &["device", "add", BORON],
    &["device", "rename", BORON, "x"],
    &["device", "remove", BORON, "--yes"],
    &["nyan", BORON],
];

#[test]
fn changes_need_a_login() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "photon"]);
    for command in CHANGES {
        environment.in_sandbox(command).status(3).stderr_has("You're not logged in.");
        at(&environment, sandbox.api_url(), command).status(3).stderr_has("particle login");
    }
}

#[test]
fn a_cloud_in_trouble_is_told_from_a_device_in_trouble() {
    for (fault, text) in [
        ("http-500@/v1/devices*", "HTTP 500"),
        ("http-429@/v1/devices*", "try again in"),
        ("cut@/v1/devices*", "was lost"),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        for command in CHANGES {
            environment.in_sandbox(command).status(5).stderr_has(text);
        }
    }
}

#[test]
fn a_host_that_cannot_be_reached_is_named() {
    let environment = TestEnvironment::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for command in CHANGES {
        at(&environment, &url, command).status(5).stderr_has("cannot reach 127.0.0.1:");
    }
}
