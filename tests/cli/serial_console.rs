//! `particle serial mac` and `particle serial claim`.

use crate::support::TestEnvironment;

#[test]
fn a_photon_tells_its_mac_address_while_it_listens() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
    let output = environment.in_sandbox(["serial", "mac"]).success();
    assert_eq!(output.stdout, "\nYour device MAC address is 6c:0b:84:06:00:01\n");
    environment.in_sandbox(["sandbox", "press", "photon", "reset"]).success();
    environment
        .in_sandbox(["serial", "mac"])
        .status(6)
        .stderr_has("Could not get MAC address: Serial timed out")
        .stderr_has("listening mode");
}

#[test]
fn later_boards_tell_it_over_usb() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "argon"]);
    let data = environment.in_sandbox(["--json", "serial", "mac"]).success().data();
    assert_eq!(data["interface"], "Wifi");
    assert_eq!(data["macAddress"].as_str().unwrap().split(':').count(), 6);
    environment.in_sandbox(["serial", "mac"]).success().stdout_has("Interface is Wifi\n");
}

#[test]
fn boards_without_such_an_interface_say_so() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core,electron"]);
    environment
        .in_sandbox(["serial", "mac", "--port", "1"])
        .status(8)
        .stderr_has("Unable to get MAC address of a Core");
    environment
        .in_sandbox(["serial", "mac", "--port", "2"])
        .status(8)
        .stderr_has("Your device does not have a MAC address");
}

#[test]
fn a_claim_code_is_taken_over_usb_and_on_the_console() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron,photon", "--os-version", "photon=0.7.0"]);
    let code = "A1b+/".repeat(13)[..63].to_owned();
    let claim = |port: &str| environment.in_sandbox(["serial", "claim", &code, "--port", port]);
    assert_eq!(claim("1").success().stdout, "Claim code set.\n");
    claim("2").status(6).stderr_has("Could not set the claim code: Serial timed out");
    environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
    assert_eq!(claim("2").success().stdout, "Claim code set.\n");
    environment.in_sandbox(["serial", "claim", &code[1..]]).status(2).stderr_has("63 characters");
}
