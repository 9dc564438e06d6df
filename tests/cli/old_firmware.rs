//! Firmware that takes no control requests: it is switched by the speed of its serial port, or by hand.

#[cfg(unix)]
use crate::support::terminal::run_on_terminal_with;
use crate::support::{
    Sandbox, TestEnvironment,
    firmware::put,
    flashing::{application, sized},
};
use particle::firmware::ModuleParts;

/// Boards with firmware that takes no control requests.
const OLD: [(&str, &str); 3] = [("core", "1.4.4"), ("photon", "0.5.5"), ("electron", "0.5.1")];

/// Starts a sandbox with one such board, and puts an application for it into `app.bin`.
fn start(environment: &TestEnvironment, (board, version): (&str, &str), more: &[&str]) -> Sandbox {
    let parts = ModuleParts { dependencies: [None, None], ..application(board) };
    put(environment, "app.bin", sized(parts));
    let version = format!("{board}={version}");
    environment.sandbox_with_login(&[&["--devices", board, "--os-version", &version], more].concat())
}

#[test]
fn the_speed_of_the_serial_port_is_an_order() {
    for old in OLD {
        let environment = TestEnvironment::new();
        let _sandbox = start(&environment, old, &[]);
        environment
            .in_sandbox(["flash", "--usb", "app.bin"])
            .success()
            .stderr_has("Switching device to dfu mode");
        assert_eq!(environment.device(old.0)["mode"], "normal", "{}", old.0);
        environment.in_sandbox(["usb", "dfu"]).success();
        assert_eq!(environment.device(old.0)["mode"], "dfu", "{}", old.0);
    }
}

#[test]
fn device_os_that_old_is_brought_up_to_date() {
    for old in &OLD[1..] {
        let environment = TestEnvironment::new();
        let _sandbox = start(&environment, *old, &[]);
        environment.in_sandbox(["update"]).success();
        assert_eq!(environment.device(old.0)["osVersion"], "3.3.1", "{}", old.0);
        assert_eq!(environment.device(old.0)["mode"], "normal", "{}", old.0);
    }
}

/// Where the application has claimed that speed, the buttons of the board are named, and nothing is changed.
#[test]
fn an_application_in_the_way_is_got_around_by_hand() {
    for (old, buttons) in OLD.iter().zip(["RST and MODE", "RESET and SETUP", "RESET and MODE"]) {
        let environment = TestEnvironment::new();
        let board = old.0;
        let _sandbox = start(&environment, *old, &["--no-touch", board]);
        let hold = format!("1) Press and hold both the {buttons} buttons simultaneously.");
        for command in [&["flash", "--usb", "app.bin"][..], &["usb", "dfu"]] {
            environment
                .in_sandbox(command)
                .status(6)
                .stderr_has("go into DFU mode by itself; its application may be in the way")
                .stderr_has(&hold);
            assert_eq!(environment.device(board)["mode"], "normal", "{board}");
        }
        environment.in_sandbox(["sandbox", "press", board, "dfu"]).success();
        environment.in_sandbox(["flash", "--usb", "app.bin"]).success().stderr_has("Flashing app.bin");
    }
}

#[test]
fn an_update_and_keys_name_the_buttons_too() {
    let environment = TestEnvironment::new();
    let _sandbox = start(&environment, OLD[1], &["--no-touch", "photon"]);
    for (command, said) in [
        (&["update"][..], "its application may be in the way"),
        (&["keys", "address"], "cannot be put into DFU mode from here"),
    ] {
        environment.in_sandbox(command).status(6).stderr_has(said).stderr_has("RESET and SETUP");
    }
    assert_eq!(environment.device("photon")["osVersion"], "0.5.5");
}

/// At a terminal, a command waits for the buttons and goes on.
#[cfg(unix)]
#[test]
fn buttons_are_waited_for() {
    let environment = TestEnvironment::new();
    let _sandbox = start(&environment, OLD[1], &["--no-touch", "photon"]);
    let press = || drop(environment.in_sandbox(["sandbox", "press", "photon", "dfu"]).success());
    for (command, outcome) in
        [(&["flash", "--usb", "app.bin"][..], "Flash success!"), (&["update"], "successfully completed")]
    {
        let command = environment.sandbox_command(command);
        let output = run_on_terminal_with(command, "Waiting until you do it by hand", press);
        output.success().stdout_has("RESET and SETUP").stdout_has(outcome);
        assert_eq!(environment.device("photon")["mode"], "normal");
    }
}
