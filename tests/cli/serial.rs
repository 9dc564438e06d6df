//! `particle serial list`, `particle serial identify` and `particle identify`.

use crate::support::{Output, TestEnvironment};
use serde_json::{Value, json};

const PHOTON: &str = "3a0027000000000000060001";
const CORE: &str = "53ff6c060000000000000001";
const BORON: &str = "e00fce6800000000000d0001";

#[track_caller]
fn identity(output: Output) -> Value {
    let data = output.success().data();
    json!([data["id"], data["systemVersion"]])
}

#[test]
fn consoles_on_the_bus_are_listed_in_order() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    let listed = environment.in_sandbox(["--json", "serial", "list"]).success().data();
    let port = listed[0]["port"].as_str().unwrap().to_owned();
    assert!(port.starts_with("usbip://127.0.0.1:") && port.ends_with("/1-1"), "{port}");
    assert_eq!(listed[0]["platform"], "photon");
    assert_eq!(listed[1]["id"], BORON);
    let text = environment.in_sandbox(["serial", "list"]).success().stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "Found 2 devices connected via serial:");
    assert_eq!(lines[1], format!("{port} - Photon - {PHOTON}"));
    environment.in_sandbox(["sandbox", "press", "photon", "dfu"]).success();
    environment
        .in_sandbox(["serial", "list"])
        .success()
        .stdout_has("Found 1 device connected via serial:")
        .stdout_has(BORON);
    environment.in_sandbox(["sandbox", "unplug", "boron"]).success();
    let none = environment.in_sandbox(["serial", "list"]).success();
    assert_eq!(none.stdout, "No devices available via serial\n");
}

#[test]
fn a_device_is_identified_by_number_port_name_and_id() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    let listed = environment.in_sandbox(["--json", "serial", "list"]).success().data();
    let port = listed[0]["port"].as_str().unwrap().to_owned();
    let upper_case = PHOTON.to_uppercase();
    environment.log_in();
    for words in [
        vec!["identify", "--port", "1"],
        vec!["serial", "identify", "--port", port.as_str()],
        vec!["identify", PHOTON],
        vec!["identify", upper_case.as_str()],
        vec!["identify", "photon"],
    ] {
        let output = environment.in_sandbox(["--json"].iter().chain(&words));
        assert_eq!(identity(output), json!([PHOTON, "3.3.1"]), "{words:?}");
    }
}

#[test]
fn the_text_is_that_of_the_support_articles() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    let output = environment.in_sandbox(["serial", "identify"]).success();
    assert_eq!(
        output.stdout,
        format!("\nYour device id is {PHOTON}\nYour system firmware version is 3.3.1\n")
    );
}

#[test]
fn a_cellular_board_tells_the_numbers_of_its_modem() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "electron,boron"]);
    let boron = environment.in_sandbox(["identify", "--port", "2"]).success();
    let lines: Vec<&str> = boron.stdout.lines().collect();
    assert!(lines[2].starts_with("Your IMEI is 35") && lines[3].starts_with("Your ICCID is 89"), "{lines:?}");
    // Firmware of this age tells the IMEI on its console only.
    let electron = environment.in_sandbox(["--json", "identify", "--port", "1"]).success().data();
    assert_eq!(electron["imei"], Value::Null);
    environment.in_sandbox(["sandbox", "press", "electron", "listen"]).success();
    let electron = environment.in_sandbox(["--json", "identify", "--port", "1"]).success().data();
    assert!(electron["imei"].as_str().unwrap().starts_with("35"), "{electron}");
}

#[test]
fn a_core_tells_its_version_in_listening_mode_only() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core"]);
    environment
        .in_sandbox(["identify"])
        .success()
        .stdout_has(&format!("Your device id is {CORE}\nUnable to determine system firmware version\n"));
    environment.in_sandbox(["sandbox", "press", "core", "listen"]).success();
    assert_eq!(identity(environment.in_sandbox(["--json", "identify"])), json!([CORE, "1.4.4"]));
}

#[test]
fn a_device_in_dfu_mode_is_identified_without_its_firmware() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.in_sandbox(["sandbox", "press", "photon", "dfu"]).success();
    environment
        .in_sandbox(["identify"])
        .success()
        .stdout_has(&format!("Your device id is {PHOTON}\nUnable to determine system firmware version\n"))
        .stderr_has("in DFU mode");
}

#[test]
fn none_several_and_strangers_are_refused() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    environment.in_sandbox(["identify"]).status(6).stderr_has("multiple devices").stderr_has(BORON);
    environment.in_sandbox(["identify", "--port", "3"]).status(6).stderr_has("number 3");
    environment.in_sandbox(["identify", "--port", "usbip://127.0.0.1:1/1-1"]).status(6);
    environment.in_sandbox(["identify", CORE]).status(6).stderr_has("Unable to connect to the device");
    environment.in_sandbox(["identify", "--port", "1", PHOTON]).status(2);
    for device in ["photon", "boron"] {
        environment.in_sandbox(["sandbox", "unplug", device]).success();
    }
    environment.in_sandbox(["identify"]).status(6).stderr_has("No serial port identified");
}

#[test]
fn a_device_that_another_client_has_is_busy() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "busy@import*"]);
    environment.in_sandbox(["identify", "--port", "1"]).status(7).stderr_has("in use");
}

#[test]
fn an_exporting_host_that_is_not_there_is_said_to_be() {
    let environment = TestEnvironment::new();
    let command = ["--usb-host", "usbip://127.0.0.1:1", "serial", "list"];
    environment.particle(command).status(5).stderr_has("usbip://127.0.0.1:1");
}

/// Over a pseudo-terminal, where nothing is known of the device but what its console says.
#[cfg(unix)]
mod over_a_terminal {
    use super::*;
    use crate::support::Sandbox;

    fn terminal(environment: &TestEnvironment, devices: &str) -> (Sandbox, String) {
        let sandbox = environment.start_sandbox(["--devices", devices]);
        let device = environment.device(devices);
        (sandbox, device["terminal"].as_str().unwrap().to_owned())
    }

    #[test]
    fn a_listening_device_says_who_it_is() {
        for (name, id, version) in [("core", CORE, "1.4.4"), ("boron", BORON, "6.3.4")] {
            let environment = TestEnvironment::new();
            let (_sandbox, port) = terminal(&environment, name);
            environment.in_sandbox(["sandbox", "press", name, "listen"]).success();
            let output = environment.particle(["--json", "identify", "--port", &port]);
            assert_eq!(identity(output), json!([id, version]));
        }
    }

    #[test]
    fn a_silent_device_is_not_in_listening_mode() {
        let environment = TestEnvironment::new();
        let (_sandbox, port) = terminal(&environment, "photon");
        environment
            .particle(["identify", "--port", &port])
            .status(6)
            .stderr_has("Could not identify device: Serial timed out")
            .stderr_has("listening mode");
        environment.particle(["--timeout", "100ms", "identify", "--port", &port]).status(124);
    }

    #[test]
    fn a_port_that_another_program_has_is_busy() {
        let environment = TestEnvironment::new();
        let (_sandbox, port) = terminal(&environment, "photon");
        let held = std::fs::File::open(&port).unwrap();
        held.lock().unwrap();
        environment.particle(["identify", "--port", &port]).status(7).stderr_has("in use by another program");
    }

    #[test]
    fn a_port_that_is_not_there_is_no_device() {
        let environment = TestEnvironment::new();
        environment
            .particle(["identify", "--port", "/nonexistent/tty"])
            .status(6)
            .stderr_has("there is no serial port /nonexistent/tty");
    }
}
