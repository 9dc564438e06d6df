//! `nyan`, in every form of the documents.

use crate::support::{MFA_USERNAME, OTP, PASSWORD, Sandbox, TestEnvironment};
use serde_json::json;

/// In no product.
const PHOTON: &str = "3a0027000000000000060001";
const BORON: &str = "e00fce6800000000000d0001";

/// A sandbox that runs, with an Electron and a Boron that are online and a Photon that is not, and Ada logged in.
fn sandbox(environment: &TestEnvironment) -> Sandbox {
    let sandbox = environment.start_sandbox([] as [&str; 0]);
    environment.log_in();
    sandbox
}

#[test]
fn every_device_that_is_online_shouts() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    let shouting = "electron is shouting rainbows\nboron is shouting rainbows\n";
    let quiet = "electron stopped shouting rainbows\nboron stopped shouting rainbows\n";
    for (words, expected) in [
        (&[][..], shouting),
        (&["on"], shouting),
        (&["all"], shouting),
        (&["all", "on"], shouting),
        (&["off"], quiet),
        (&["all", "off"], quiet),
    ] {
        for command in [&["nyan"][..], &["cloud", "nyan"]] {
            let output = environment.in_sandbox(command.iter().chain(words)).success();
            assert_eq!((output.stdout.as_str(), output.stderr.as_str()), (expected, ""), "{words:?}");
        }
    }
}

#[test]
fn one_device_shouts() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    for (words, expected) in [
        (&["boron"][..], "boron is shouting rainbows\n"),
        (&["boron", "on"], "boron is shouting rainbows\n"),
        (&["boron", "off"], "boron stopped shouting rainbows\n"),
        (&[BORON, "on"], "e00fce6800000000000d0001 is shouting rainbows\n"),
    ] {
        let output = environment.in_sandbox(["cloud", "nyan"].iter().chain(words)).success();
        assert_eq!(output.stdout, expected);
    }
}

#[test]
fn other_words_than_on_and_off_are_refused() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.in_sandbox(["nyan", "boron", "rainbows"]).status(2).stderr_has("[possible values: on, off]");
}

#[test]
fn a_device_that_cannot_shout_says_why() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment.in_sandbox(["nyan", "photon"]).status(6).stderr_has("Signaling failed: Timed out.");
    environment.in_sandbox(["nyan", "ghost"]).status(4).stderr_has("Device not found: ghost");
}

#[test]
fn a_device_of_a_product_is_named_by_its_id() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment);
    environment
        .in_sandbox(["nyan", "boron", "--product", "12345"])
        .status(2)
        .stderr_has("`device` must be an id when `--product` flag is set - received: boron");
    environment.in_sandbox(["nyan", "--product", "12345"]).status(2).stderr_has("which device");
    let signal = |device, product| environment.in_sandbox(["nyan", device, "off", "--product", product]);
    assert_eq!(signal(BORON, "12345").success().stdout, format!("{BORON} stopped shouting rainbows\n"));
    signal(PHOTON, "12345").status(4);
    signal(BORON, "99999").status(4);
}

#[test]
fn nobody_shouts_where_nobody_is() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.log_in();
    environment.in_sandbox(["nyan"]).status(6).stderr_has("None of your 1 devices is online.");
    environment.in_sandbox(["login", "-u", MFA_USERNAME, "-p", PASSWORD, "--otp", OTP]).success();
    environment.in_sandbox(["nyan", "all"]).status(6).stderr_has("No devices found.");
}

#[test]
fn one_device_that_fails_does_not_silence_the_others() {
    let environment = TestEnvironment::new();
    let fault = format!("http-400@PUT:/v1/devices/{BORON}*");
    let _sandbox = environment.start_sandbox(["--fault", &fault]);
    environment.log_in();
    let output = environment.in_sandbox(["nyan", "--json"]).status(1);
    assert_eq!(output.data()[0], json!({ "device": "electron", "done": true, "error": null }));
    assert_eq!((&output.data()[1]["device"], &output.data()[1]["done"]), (&json!("boron"), &json!(false)));
    environment.in_sandbox(["nyan"]).status(1).stdout_has("electron is shouting").stderr_has("boron: ");
}
