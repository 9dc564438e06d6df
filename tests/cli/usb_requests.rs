//! `particle usb network-interfaces`, `cloud-status`, `send-request` and `setup-done`.

use crate::support::{Output, TestEnvironment};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

const PHOTON: &str = "3a0027000000000000060001";
const BORON: &str = "e00fce6800000000000d0001";
const P2: &str = "0a10aced0000000000200001";
const CORE: &str = "53ff6c060000000000000001";

/// Runs `particle usb ARGUMENTS` in the sandbox.
fn usb(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox(std::iter::once(&"usb").chain(arguments))
}

/// What `sandbox status` says of a device's mode.
fn mode(environment: &TestEnvironment, id: &str) -> Value {
    environment.device(id)["mode"].clone()
}

#[test]
fn interfaces_are_shown_as_ifconfig_shows_them() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "p2,boron"]);
    let expected = format!(
        "Device ID: {P2} (Photon 2 / P2)\n\
         \tlo0(LOOPBACK): flags=32841<UP,LOOPBACK,RUNNING,LOWER_UP,MULTICAST> mtu 0\n\
         \t\tinet 127.0.0.1 netmask 255.0.0.0\n\
         \t\tinet6 ::1 prefixlen 128\n\
         \twl3(WIFI): flags=32835<UP,BROADCAST,RUNNING,LOWER_UP,MULTICAST> mtu 1500\n\
         \t\tinet 192.168.77.21 netmask 255.255.255.0\n\
         \t\tinet6 fe80::6e0b:84ff:fe20:1 prefixlen 64\n\
         \t\tether 6c:0b:84:20:00:01\n"
    );
    assert_eq!(usb(&environment, &["network-interfaces", P2]).success().stdout, expected);
    usb(&environment, &["network-interfaces", "--all"]).success().stdout_has("pp3(PPP)").stdout_has(P2);
}

#[test]
fn interfaces_as_json() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    let told = environment.in_sandbox(["--json", "usb", "network-interfaces"]).success().data();
    assert_eq!((&told[0]["device"], &told[0]["platform"]), (&json!(BORON), &json!("boron")));
    let expected = json!({
        "index": 4,
        "name": "pp3",
        "type": "PPP",
        "flags": 32977,
        "flagNames": ["UP", "POINTTOPOINT", "RUNNING", "LOWER_UP", "NOARP", "MULTICAST"],
        "mtu": 1500,
        "ipv4": ["10.13.0.1/32"],
        "ipv6": [],
        "hardwareAddress": null,
    });
    assert_eq!(told[0]["interfaces"][1], expected);
}

#[test]
fn interfaces_of_one_that_does_not_tell_do_not_hide_the_others() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron,core", "--protect", "boron"]);
    usb(&environment, &["network-interfaces", PHOTON]).status(8).stderr_has(&format!(
        "Error getting network interfaces (Photon / {PHOTON}): the firmware of a Photon does not tell"
    ));
    usb(&environment, &["network-interfaces", CORE]).status(8).stderr_has("does not tell");
    usb(&environment, &["network-interfaces", BORON]).status(7).stderr_has("Device is protected");
    environment.in_sandbox(["sandbox", "press", PHOTON, "dfu"]).success();
    usb(&environment, &["network-interfaces", PHOTON]).status(6).stderr_has("should not be in DFU mode");
}

#[test]
fn the_status_is_told_in_lower_case_and_as_json() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    assert_eq!(usb(&environment, &["cloud-status", BORON]).success().stdout, "connected\n");
    // Its key is not the one the cloud knows.
    assert_eq!(usb(&environment, &["cloud-status", PHOTON]).success().stdout, "connecting\n");
    environment.in_sandbox(["sandbox", "press", BORON, "listen"]).success();
    let told = environment.in_sandbox(["--json", "usb", "cloud-status", BORON]).success().data();
    assert_eq!(told, json!({ "device": BORON, "status": "disconnected" }));
}

#[test]
fn a_status_is_waited_for_across_a_restart() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron", "--mode", "boron=listening"]);
    let wait = ["-vv", "usb", "cloud-status", BORON, "--until", "Connected", "--timeout", "30000"];
    let mut waiting = environment.sandbox_command(wait);
    let mut waiting = waiting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let trace = BufReader::new(waiting.stderr.take().unwrap()).lines().map_while(Result::ok);
    // INIT of the question has wIndex 300: the device was found and is being asked.
    let mut trace = trace.skip_while(|line| !line.contains("index 012c"));
    assert!(trace.next().is_some(), "the device is not asked");
    let rest = std::thread::spawn(move || trace.count());
    environment.in_sandbox(["sandbox", "press", BORON, "reset"]).success();
    let ended = waiting.wait_with_output().unwrap();
    rest.join().unwrap();
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(0), b"connected\n".as_slice()));
}

#[test]
fn a_status_that_does_not_come_ends_with_124() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    // A bare number is milliseconds here, as with the Node tool; were it seconds, the test would not end.
    usb(&environment, &["cloud-status", PHOTON, "--until", "connected", "--timeout", "300"])
        .status(124)
        .stderr_has("the device is not connected; it is connecting");
    environment.in_sandbox(["--timeout", "300ms", "usb", "cloud-status", "--until", "connected"]).status(124);
    environment.in_sandbox(["sandbox", "unplug", PHOTON]).success();
    usb(&environment, &["cloud-status", PHOTON, "--until", "connected"]).status(6);
}

#[test]
fn a_status_that_cannot_be_told_is_an_error() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core,boron", "--protect", "boron"]);
    let core = usb(&environment, &["cloud-status", CORE, "--until", "connected"]).status(8);
    assert!(core.stderr.contains("a Core takes no control requests"), "{}", core.stderr);
    assert!(!core.stderr.contains("particle update"), "no update teaches a Core: {}", core.stderr);
    usb(&environment, &["cloud-status", BORON, "--until", "connected"]).status(7).stderr_has("protected");
    usb(&environment, &["cloud-status", BORON, "--until", "sleeping"]).status(2).stderr_has("disconnected");
}

#[test]
fn an_application_with_a_handler_answers() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "electron,boron"]);
    environment.log_in();
    let code = "#include \"Particle.h\"\n\
                void ctrl_request_custom_handler(ctrl_request* req) {}\n\
                void setup() {}\nvoid loop() {}\n";
    std::fs::write(environment.work().join("app.ino"), code).unwrap();
    environment.in_sandbox(["flash", "boron", "app.ino", "--wait"]).success();
    environment.in_sandbox(["sandbox", "status"]).success();
    let expected = format!(
        "Device {BORON}:\nCommand was successfully sent to device {BORON}.\nResponse from device {BORON}: hi\n"
    );
    assert_eq!(usb(&environment, &["send-request", "hi", BORON]).success().stdout, expected);
    assert_eq!(usb(&environment, &["send-request", "hi", BORON, "--silent"]).success().stdout, "hi\n");
    let told = environment.in_sandbox(["--json", "usb", "send-request", "{\"a\":1}", BORON]).success();
    assert_eq!(told.data(), json!([{ "device": BORON, "response": "{\"a\":1}" }]));
    // One without a handler is the command's failure, and does not hide the answer of the other.
    usb(&environment, &["send-request", "hi", "--all"])
        .status(8)
        .stdout_has("Response from device")
        .stderr_has("has no handler for requests");
}

#[test]
fn an_application_without_a_handler_is_said_to_have_none() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    usb(&environment, &["send-request", "hi"])
        .status(8)
        .stderr_has("has no handler for requests")
        .stderr_has("ctrl_request_custom_handler");
    usb(&environment, &["send-request"]).status(2);
}

#[test]
fn set_up_is_marked_and_the_mark_taken_away_where_there_is_one() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox([
        "--devices",
        "boron",
        "--os-version",
        "boron=1.5.2",
        "--mode",
        "boron=listening",
    ]);
    let done = usb(&environment, &["setup-done"]).success();
    assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("Done.\n", ""));
    assert_eq!(mode(&environment, BORON), "normal");
    assert_eq!(usb(&environment, &["setup-done", "--reset"]).success().stdout, "Done.\n");
    assert_eq!(mode(&environment, BORON), "listening");
}

#[test]
fn a_device_without_a_mark_for_set_up_is_said_to_have_none() {
    let environment = TestEnvironment::new();
    let _sandbox =
        environment.start_sandbox(["--devices", "photon,p2", "--mode", &format!("{P2}=listening")]);
    let done = usb(&environment, &["setup-done", P2]).success();
    assert_eq!(done.stdout, "Done.\n");
    assert!(done.stderr.contains("set-up, which is always done"), "{}", done.stderr);
    assert_eq!(mode(&environment, P2), "normal");
    usb(&environment, &["setup-done", P2, "--reset"])
        .status(8)
        .stderr_has("no mark for set-up that could be taken away");
    assert_eq!(mode(&environment, P2), "normal");
    usb(&environment, &["setup-done", PHOTON]).status(8).stderr_has("a Photon has no mark for set-up");
    let all = environment.in_sandbox(["--json", "usb", "setup-done", "--all"]).status(8);
    assert_eq!((&all.data()[0]["done"], &all.data()[1]["done"]), (&json!(false), &json!(true)));
}
