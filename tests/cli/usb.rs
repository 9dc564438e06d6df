//! `particle usb`.

use crate::support::{Output, TestEnvironment};
use serde_json::{Value, json};

const PHOTON: &str = "3a0027000000000000060001";
const ELECTRON: &str = "3a00270000000000000a0001";
const BORON: &str = "e00fce6800000000000d0001";
const P2: &str = "0a10aced0000000000200001";
const CORE: &str = "53ff6c060000000000000001";
const STRANGER: &str = "000000000000000000000000";

/// Runs `particle usb ARGUMENTS` in the sandbox.
fn usb(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox(std::iter::once(&"usb").chain(arguments))
}

/// What `usb list` says about one device's state.
#[track_caller]
fn state_of(environment: &TestEnvironment, id: &str) -> String {
    let list = environment.in_sandbox(["--json", "usb", "list", id]).success().data();
    list[0]["state"].as_str().unwrap_or_else(|| panic!("{id} is not attached: {list}")).to_owned()
}

/// Waits until a device that restarts shows up in a state.
#[track_caller]
fn await_state(environment: &TestEnvironment, id: &str, state: &str) {
    for _ in 0..500 {
        let list = environment.in_sandbox(["--json", "usb", "list", id]).success().data();
        if list[0]["state"] == state {
            return;
        }
    }
    panic!("{id} is not in the state {state}: {}", usb(environment, &["list"]).stdout);
}

/// Waits until the sandbox says that a device is in a mode: it sees safe mode, which USB does not show.
#[track_caller]
fn await_mode(environment: &TestEnvironment, id: &str, mode: &str) {
    for _ in 0..500 {
        let status = environment.in_sandbox(["--json", "sandbox", "status"]).success().data();
        let devices = status["devices"].as_array().unwrap();
        if devices.iter().any(|device| device["id"] == id && device["mode"] == mode) {
            return;
        }
    }
    panic!("{id} is not in the mode {mode}");
}

/// Changes one member of every device in a sandbox that is not running.
fn change_devices(environment: &TestEnvironment, member: &str, value: &Value) {
    environment.in_sandbox(["sandbox", "status"]).success();
    let mut state: Value = serde_json::from_slice(&std::fs::read(environment.state()).unwrap()).unwrap();
    for device in state["bench"].as_array_mut().unwrap() {
        device[member] = value.clone();
    }
    std::fs::write(environment.state(), state.to_string()).unwrap();
}

#[test]
fn list_shows_platform_and_mode_sorted_by_name() {
    let environment = TestEnvironment::new();
    let modes = [format!("{PHOTON}=dfu"), format!("{BORON}=listening")];
    let _sandbox = environment.start_sandbox(["--mode", &modes[0], "--mode", &modes[1]]);
    let expected = format!(
        "<no name> [{PHOTON}] (Photon, DFU)\n\
         <no name> [{ELECTRON}] (Electron)\n\
         <no name> [{BORON}] (Boron, LISTENING)\n"
    );
    assert_eq!(usb(&environment, &["list"]).success().stdout, expected);
    environment.log_in();
    let expected = format!(
        "boron [{BORON}] (Boron, LISTENING)\n\
         electron [{ELECTRON}] (Electron)\n\
         photon [{PHOTON}] (Photon, DFU)\n"
    );
    assert_eq!(usb(&environment, &["list"]).success().stdout, expected);
}

#[test]
fn list_can_leave_out_dfu_and_print_ids_only() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--mode", &format!("{PHOTON}=dfu")]);
    let ids = |arguments: &[&str]| usb(&environment, arguments).success().stdout;
    assert_eq!(ids(&["list", "--ids-only"]), format!("{PHOTON}\n{ELECTRON}\n{BORON}\n"));
    assert_eq!(ids(&["list", "--ids-only", "--exclude-dfu"]), format!("{ELECTRON}\n{BORON}\n"));
    assert_eq!(ids(&["list", "--ids-only", "boron"]), format!("{BORON}\n"));
    let json = environment.in_sandbox(["--json", "usb", "list", "--ids-only", "photon"]).success();
    assert_eq!(json.data(), json!([PHOTON]));
}

#[test]
fn list_is_filtered_by_platform_id_name_and_connection() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox::<&str>([]);
    let ids = |filter: &str| usb(&environment, &["list", "--ids-only", filter]).success().stdout;
    assert_eq!(ids("electron"), format!("{ELECTRON}\n"));
    assert_eq!(ids(&PHOTON.to_uppercase()), format!("{PHOTON}\n"));
    assert_eq!(ids("argon"), "");
    assert_eq!(usb(&environment, &["list", "argon"]).success().stdout, "");
    usb(&environment, &["list", "offline"]).status(3).stderr_has("logged in");
    environment.log_in();
    assert_eq!(ids("offline"), format!("{PHOTON}\n"));
    assert_eq!(ids("online"), format!("{ELECTRON}\n{BORON}\n"));
}

#[test]
fn list_as_json_states_everything_known() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox::<&str>([]);
    environment.log_in();
    let list = environment.in_sandbox(["--json", "usb", "list", "photon"]).success().data();
    let expected = json!([{
        "id": PHOTON,
        "name": "photon",
        "platform": "photon",
        "platformId": 6,
        "state": "normal",
        "online": false,
        "bus": list[0]["bus"],
        "address": "1-1",
    }]);
    assert_eq!(list, expected);
    assert!(list[0]["bus"].as_str().unwrap().starts_with("usbip://127.0.0.1:"), "{}", sandbox.ready());
}

#[test]
fn nothing_attached_is_an_empty_list_but_no_target() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.in_sandbox(["sandbox", "unplug", PHOTON]).success();
    assert_eq!(usb(&environment, &["list"]).success().stdout, "No devices found.\n");
    assert_eq!(usb(&environment, &["list", "--ids-only"]).success().stdout, "");
    assert_eq!(environment.in_sandbox(["--json", "usb", "list"]).success().data(), json!([]));
    for arguments in [vec!["dfu"], vec!["reset", "--all"], vec!["listen"]] {
        usb(&environment, &arguments).status(6).stderr_has("No devices found");
    }
}

#[test]
fn every_generation_goes_into_dfu_mode_and_comes_back() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core,photon,electron,boron,p2"]);
    for id in [CORE, PHOTON, ELECTRON, BORON, P2] {
        assert_eq!(usb(&environment, &["dfu", id]).success().stdout, "Done.\n");
        assert_eq!(state_of(&environment, id), "dfu");
        // Already there: nothing to do.
        assert_eq!(usb(&environment, &["dfu", id]).success().stdout, "Done.\n");
        assert_eq!(usb(&environment, &["reset", id]).success().stdout, "Done.\n");
        await_state(&environment, id, if id == CORE { "unknown" } else { "normal" });
    }
}

#[test]
fn listening_mode_is_entered_and_left() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron,p2"]);
    for id in [PHOTON, BORON, P2] {
        assert_eq!(usb(&environment, &["listen", id]).success().stdout, "Done.\n");
        assert_eq!(state_of(&environment, id), "listening");
        assert_eq!(usb(&environment, &["stop-listening", id]).success().stdout, "Done.\n");
        assert_eq!(state_of(&environment, id), "normal");
    }
}

#[test]
fn a_running_device_is_put_into_safe_mode_and_reset() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron,p2"]);
    for id in [PHOTON, BORON, P2] {
        usb(&environment, &["safe-mode", id]).success();
        await_mode(&environment, id, "safe-mode");
        await_state(&environment, id, "normal");
        usb(&environment, &["reset", id]).success();
        await_mode(&environment, id, "normal");
    }
}

#[test]
fn a_device_that_restarts_is_there_for_the_next_command() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox_at(0.2, ["--devices", "boron"]);
    for command in ["reset", "safe-mode", "dfu", "reset"] {
        usb(&environment, &[command]).success();
        let state = if command == "dfu" { "dfu" } else { "normal" };
        assert_eq!(state_of(&environment, BORON), state, "after {command}");
    }
}

#[test]
fn dfu_mode_refuses_what_only_running_firmware_can_do() {
    let environment = TestEnvironment::new();
    let modes = [format!("{PHOTON}=dfu"), format!("{BORON}=dfu")];
    let _sandbox =
        environment.start_sandbox(["--devices", "photon,boron", "--mode", &modes[0], "--mode", &modes[1]]);
    for arguments in [["start-listening", PHOTON], ["stop-listening", PHOTON], ["safe-mode", PHOTON]] {
        usb(&environment, &arguments).status(6).stderr_has("The device should not be in DFU mode");
    }
    assert_eq!(state_of(&environment, PHOTON), "dfu");
    // New bootloaders know a way.
    usb(&environment, &["safe-mode", BORON]).success();
    await_mode(&environment, BORON, "safe-mode");
}

#[test]
fn several_devices_and_none_named_are_listed_as_candidates() {
    let environment = TestEnvironment::new();
    let _sandbox =
        environment.start_sandbox(["--devices", "photon,boron", "--mode", &format!("{BORON}=dfu")]);
    usb(&environment, &["dfu"])
        .status(6)
        .stderr_has("Found multiple devices. Please specify the ID or name of one of them")
        .stderr_has(&format!("{PHOTON} (Photon)"))
        .stderr_has(&format!("{BORON} (Boron, DFU)"));
}

#[test]
fn second_photon_in_dfu_can_be_chosen() {
    let environment = TestEnvironment::new();
    let second = PHOTON.replace("60001", "60002");
    let modes = [format!("{PHOTON}=dfu"), format!("{second}=dfu")];
    let _sandbox =
        environment.start_sandbox(["--devices", "photon,photon", "--mode", &modes[0], "--mode", &modes[1]]);
    usb(&environment, &["reset"]).status(6).stderr_has(&second);
    usb(&environment, &["reset", &second]).success();
    await_state(&environment, &second, "normal");
    assert_eq!(state_of(&environment, PHOTON), "dfu");
}

#[test]
fn a_command_that_needs_dfu_mode_brings_the_device_back_to_what_it_was_doing() {
    let environment = TestEnvironment::new();
    let modes = [format!("{BORON}=listening"), format!("{PHOTON}=dfu")];
    let _sandbox = environment.start_sandbox([
        "--devices",
        "photon,boron,electron,core",
        "--mode",
        &modes[0],
        "--mode",
        &modes[1],
    ]);
    for (id, state) in [(BORON, "listening"), (PHOTON, "dfu"), (ELECTRON, "normal"), (CORE, "unknown")] {
        environment.in_sandbox(["keys", "address", "--device", id]).success();
        assert_eq!(state_of(&environment, id), state);
    }
}

#[test]
fn the_only_device_needs_no_name() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    usb(&environment, &["dfu"]).success();
    assert_eq!(state_of(&environment, PHOTON), "dfu");
}

#[test]
fn an_id_needs_no_login_and_a_name_does() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    usb(&environment, &["dfu", STRANGER]).status(6).stderr_has(&format!(
        "Unable to connect to the device {STRANGER}. Make sure the device is connected to the host computer via USB"
    ));
    usb(&environment, &["dfu", "boron"]).status(3).stderr_has("particle login");
    environment.log_in();
    usb(&environment, &["dfu", "boron"]).success();
    assert_eq!(state_of(&environment, BORON), "dfu");
    usb(&environment, &["dfu", "toaster"]).status(4).stderr_has("Device not found: toaster");
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let environment = TestEnvironment::new();
    let _sandbox =
        environment.start_sandbox(["--devices", "photon,boron,p2", "--mode", &format!("{PHOTON}=dfu")]);
    usb(&environment, &["listen", "--all"])
        .status(6)
        .stderr_has(&format!("{PHOTON}: The device should not be in DFU mode"))
        .stdout_has(&format!("{BORON}: done\n{P2}: done\n"));
    assert_eq!(state_of(&environment, BORON), "listening");
    usb(&environment, &["stop-listening", STRANGER, BORON]).status(6);
    assert_eq!(state_of(&environment, BORON), "normal");
    let output = environment.in_sandbox(["--json", "usb", "listen", BORON, PHOTON]).status(6);
    let refusal = "The device should not be in DFU mode";
    let expected = json!([
        {"device": BORON, "done": true, "error": null},
        {"device": PHOTON, "done": false, "error": refusal},
    ]);
    assert_eq!(output.data(), expected);
}

#[test]
fn all_devices_are_switched_at_once() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,electron,boron,p2"]);
    assert_eq!(usb(&environment, &["dfu", "--all"]).success().stdout, "Done.\n");
    for id in [PHOTON, ELECTRON, BORON, P2] {
        assert_eq!(state_of(&environment, id), "dfu");
    }
}

#[test]
fn a_busy_device_is_listed_and_not_taken() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "busy@import*"]);
    assert_eq!(usb(&environment, &["list"]).success().stdout, "<no name> [<unknown>] (Photon, BUSY)\n");
    usb(&environment, &["dfu"]).status(7).stderr_has("in use");
    usb(&environment, &["dfu", PHOTON]).status(7).stderr_has("in use");
}

#[test]
fn a_protected_device_is_shown_and_refuses() {
    let environment = TestEnvironment::new();
    environment.start_sandbox(["--devices", "boron"]);
    change_devices(&environment, "protection", &json!("protected"));
    let _sandbox = environment.start_sandbox::<&str>([]);
    assert_eq!(
        usb(&environment, &["list"]).success().stdout,
        format!("<no name> [{BORON}] (Boron, PROTECTED)\n")
    );
    for command in ["dfu", "listen", "safe-mode", "reset"] {
        usb(&environment, &[command]).status(7).stderr_has("protected").stderr_has("Device Protection");
    }
}

#[test]
fn a_device_unplugged_in_the_middle_is_told() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "unplug@control:50"]);
    usb(&environment, &["dfu"]).status(8).stderr_has("disconnected");
}

#[test]
fn a_device_that_hangs_is_given_up_when_the_time_given_is_over() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "hang@control:50*"]);
    environment.in_sandbox(["--timeout", "100ms", "usb", "dfu"]).status(124).stderr_has("--timeout");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_an_operation_between_two_transfers() {
    use std::{
        io::{BufRead, BufReader},
        process::Stdio,
    };
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "hang@control:50*"]);
    let mut command = environment.sandbox_command(["-vv", "usb", "dfu"]);
    let mut running = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut trace = BufReader::new(running.stderr.take().unwrap()).lines();
    // The order is about to be given once the earlier session has been swept away.
    assert!(trace.any(|line| line.unwrap().contains("control in c0 05")), "no trace of the RESET");
    let process = rustix::process::Pid::from_child(&running);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert!(trace.any(|line| line.unwrap().contains("interrupted")), "no word of the interrupt");
    assert_eq!(running.wait().unwrap().code(), Some(130));
}

#[test]
fn firmware_without_control_requests_is_ordered_otherwise() {
    let environment = TestEnvironment::new();
    environment.start_sandbox(["--devices", "photon"]);
    for version in ["0.5.5", "0.6.0", "0.7.0", "0.8.0"] {
        let version = format!("photon={version}");
        let _sandbox = environment.start_sandbox(["--os-version", &version]);
        usb(&environment, &["dfu"]).success();
        assert_eq!(state_of(&environment, PHOTON), "dfu", "{version}");
        usb(&environment, &["reset"]).success();
        await_state(&environment, PHOTON, "unknown");
    }
    let _sandbox = environment.start_sandbox(["--os-version", "photon=0.5.5"]);
    usb(&environment, &["safe-mode"]).status(8).stderr_has("release SETUP when the device blinks magenta");
}

#[test]
fn a_host_that_is_not_there_is_named() {
    let environment = TestEnvironment::new();
    environment
        .particle(["--usb-host", "usbip://127.0.0.1:1", "usb", "list"])
        .status(5)
        .stderr_has("usbip://127.0.0.1:1 cannot be used");
    environment.particle(["--usb-host", "bench", "usb", "list"]).status(2).stderr_has("usbip://HOST:PORT");
}

#[test]
fn udev_rules_are_printed_and_written_once() {
    let environment = TestEnvironment::new();
    let rules = environment.particle(["usb", "configure", "--print"]).success().stdout;
    assert!(rules.contains(r#"ATTRS{idVendor}=="2b04""#));
    let folder = environment.work().join("rules.d");
    let target = folder.to_str().unwrap();
    environment.particle(["usb", "configure", "--target", target]).status(4).stderr_has("50-particle.rules");
    std::fs::create_dir(&folder).unwrap();
    let configure = || environment.particle(["usb", "configure", "--target", target]).success().stdout;
    assert_eq!(configure(), "Done.\n");
    assert_eq!(std::fs::read_to_string(folder.join("50-particle.rules")).unwrap(), rules);
    assert_eq!(configure(), "The system is already configured.\n");
    std::fs::write(folder.join("50-particle.rules"), "# older").unwrap();
    assert_eq!(configure(), "Done.\n");
}
