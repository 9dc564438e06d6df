//! `list`, with filters, with trouble, and with very many devices.

use crate::support::{
    MFA_USERNAME, OTP, Output, PASSWORD, Sandbox, TestEnvironment, fleet::Fleet, run,
    terminal::run_on_terminal,
};
use serde_json::{Value, json};
use std::process::Command;

const FUNCTIONS: [&str; 4] = ["digitalRead", "digitalWrite", "analogRead", "analogWrite"];
const BORON: &str = "e00fce6800000000000d0001";

/// A running sandbox with one online device.
fn sandbox(environment: &TestEnvironment) -> Sandbox {
    environment.start_sandbox(["--devices", "photon,boron"])
}

/// A command against a cloud that takes any token.
fn command_at(environment: &TestEnvironment, api_url: &str, arguments: &[&str]) -> Command {
    let mut command = environment.command(arguments);
    command.env("PARTICLE_API_URL", api_url).env("PARTICLE_ACCESS_TOKEN", "0123");
    command
}

fn at(environment: &TestEnvironment, api_url: &str, arguments: &[&str]) -> Output {
    run(command_at(environment, api_url, arguments), "")
}

#[test]
fn list_shows_devices_that_are_offline_first() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.log_in();
    let list = environment.in_sandbox(["list"]).success();
    let lines: Vec<_> = list.stdout.lines().collect();
    assert!(lines[0].starts_with("photon [") && lines[0].ends_with("] (Photon) is offline"), "{lines:?}");
    assert!(
        lines[1].starts_with("boron [") && lines[1].ends_with("] (Product 12345) is online"),
        "{lines:?}"
    );
    let data = environment.in_sandbox(["list", "--json"]).success().data();
    assert_eq!(data[1]["platform"], "boron");
    assert_eq!((&data[0]["online"], &data[1]["online"]), (&json!(false), &json!(true)));
    assert_eq!((&data[0]["functions"], &data[1]["functions"]), (&Value::Null, &json!(FUNCTIONS)));
}

#[test]
fn list_can_be_filtered() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.log_in();
    let data = environment.in_sandbox(["list", "--json"]).success().data();
    let boron = data[1]["id"].as_str().unwrap().to_uppercase();
    for (filter, expected) in [
        ("online", "boron"),
        ("offline", "photon"),
        ("boron", "boron"),
        ("BORON", "boron"),
        ("13", "boron"),
        ("p", "photon"),
        (boron.as_str(), "boron"),
    ] {
        let data = environment.in_sandbox(["list", "--json", filter]).success().data();
        let names: Vec<_> = data.as_array().unwrap().iter().map(|device| &device["name"]).collect();
        assert_eq!(names, [expected], "{filter}");
    }
    let none = environment.in_sandbox(["list", "nothing"]).success().stderr_has("matches \"nothing\"");
    assert_eq!(none.stdout, "");
}

#[test]
fn one_device_without_details_does_not_spoil_the_list() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--fault", "http-500@GET:/v1/devices/"]);
    environment.log_in();
    environment
        .in_sandbox(["list"])
        .success()
        .stdout_has("(Product 12345) is online")
        .stdout_has("(Electron) is online")
        .stderr_has(" could not be fetched: ");
}

#[test]
fn an_account_without_devices_lists_none() {
    let environment = TestEnvironment::new();
    environment.in_sandbox(["login", "-u", MFA_USERNAME, "-p", PASSWORD, "--otp", OTP]).success();
    assert_eq!(environment.in_sandbox(["list"]).success().stdout, "No devices found.\n");
}

#[test]
fn a_device_is_found_by_its_name_however_it_is_spelt() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.log_in();
    for name in ["my device/1", "-5 °C & more", "offline?"] {
        environment.in_sandbox(["device", "rename", "--", BORON, name]).success();
        let list = environment.in_sandbox(["list", "--json", "--", name]).success().data();
        assert_eq!((list.as_array().unwrap().len(), &list[0]["name"]), (1, &json!(name)));
    }
}

#[cfg(unix)]
#[test]
fn names_do_not_command_the_terminal() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.log_in();
    environment.in_sandbox(["device", "rename", BORON, "\u{1b}[2J\u{7}evil"]).success();
    let shown = run_on_terminal(environment.sandbox_command(["list", "boron"]), &[]).success().stdout;
    assert!(shown.contains("\\u{1b}[2J\\u{7}evil") && !shown.contains("\u{1b}[2J"), "{shown:?}");
    let data = environment.in_sandbox(["list", "--json", "boron"]).success().data();
    assert_eq!(data[0]["name"], "\u{1b}[2J\u{7}evil");
}

#[test]
fn very_many_devices_are_asked_for_details_only_on_request() {
    let environment = TestEnvironment::new();
    let fleet = Fleet::start(10_000);
    let list = at(&environment, fleet.url(), &["list"]).success();
    assert_eq!(fleet.details(), 1000);
    assert_eq!(list.stdout.matches(" is online\n").count(), 10_000);
    assert_eq!(list.stdout.matches("temperature (double)").count(), 1000);
    let list = list.stderr_has("Variables and functions of 9000 more devices: --details");
    assert!(
        list.stdout.starts_with("boron-00000 [e00fce680000000000000000] (Boron) is online\n  Variables:")
    );
    let data = at(&environment, fleet.url(), &["list", "--json", "boron-09999"]).success().data();
    assert_eq!((data[0]["id"].as_str(), fleet.details()), (Some("e00fce68000000000000270f"), 1001));
}

#[test]
fn all_details_can_be_had() {
    let environment = TestEnvironment::new();
    let fleet = Fleet::start(1100);
    let list = at(&environment, fleet.url(), &["list", "--details"]).success();
    assert_eq!((fleet.details(), list.stderr.as_str()), (1100, ""));
    assert_eq!(list.stdout.matches("int digitalWrite (String args)").count(), 1100);
}

#[test]
fn a_list_that_cannot_be_had_says_why() {
    for (fault, status, text) in [
        ("http-500@GET:/v1/devices*", 5, "HTTP 500"),
        ("http-429@GET:/v1/devices*", 5, "HTTP 429"),
        ("http-403@GET:/v1/devices*", 7, "HTTP 403"),
        ("cut@GET:/v1/devices*", 5, "was lost"),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", fault]);
        environment.log_in();
        environment.in_sandbox(["list"]).status(status).stderr_has(text);
    }
}

#[test]
fn a_list_needs_a_login() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment);
    at(&environment, sandbox.api_url(), &["list"]).status(3).stderr_has("particle login");
}

#[test]
fn a_name_with_an_escape_sequence_reaches_a_pipe_as_it_is() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let name = "red \u{1b}[31malert";
    environment.in_sandbox(["device", "rename", "boron", name]).success();
    let plain = environment.in_sandbox(["list", "online"]).success().stdout;
    assert!(plain.contains(&format!("{name} [")), "{plain:?}");
    let colored = environment.in_sandbox(["list", "online", "--color", "always"]).success().stdout;
    assert!(colored.contains("\u{1b}[1m"), "{colored:?}");
}
