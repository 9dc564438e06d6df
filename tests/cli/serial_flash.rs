//! `particle serial flash`.

use crate::support::{
    Output, TestEnvironment,
    firmware::{needs, put},
    run,
};
use particle::{
    firmware::{ModuleFunction, ModuleParts},
    platform::{Anchor, PlatformId},
};
use serde_json::json;
use std::fs;

const PHOTON: &str = "3a0027000000000000060001";
const APPLICATION: &str =
    "#include \"Particle.h\"\nvoid setup() { Particle.function(\"brew\", brew); }\nvoid loop() {}\n";

/// An application for a Photon, of several packets.
fn application(system_version: u16) -> Vec<u8> {
    let parts = ModuleParts {
        version: 6,
        dependencies: [needs(ModuleFunction::SystemPart, 2, system_version), None],
        contents: vec![0x5A; 5000],
        ..ModuleParts::new(PlatformId(6), ModuleFunction::UserPart, 1, Anchor::Start(0x080A_0000))
    };
    parts.build().unwrap()
}

/// Compiles an application for a platform to `PLATFORM.bin`.
fn compile(environment: &TestEnvironment, platform: &str) {
    fs::write(environment.work().join("app.ino"), APPLICATION).unwrap();
    let file = format!("{platform}.bin");
    environment.in_sandbox(["compile", platform, "app.ino", "--saveTo", &file]).success();
}

fn flash(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox([&["serial", "flash"], arguments].concat())
}

/// The functions of a device, once it has started again.
fn functions(environment: &TestEnvironment, device: &str) -> String {
    environment.in_sandbox(["sandbox", "status"]).success();
    let list = environment.in_sandbox(["--json", "list", device]).success().data();
    list[0]["functions"].to_string()
}

#[test]
fn a_photon_runs_what_it_was_sent_also_while_it_logs() {
    for log in [&[][..], &["--serial-log", "photon"]] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.start_sandbox([&["--devices", "boron,photon"], log].concat());
        environment.log_in();
        compile(&environment, "photon");
        let output =
            flash(&environment, &["photon.bin", PHOTON]).success().stderr_has("sending file: photon.bin");
        assert_eq!(output.stdout, "\nFlash success!\n");
        output.stderr_has("The device runs photon.bin on Device OS 3.3.1.");
        assert_eq!(functions(&environment, "photon"), r#"["brew"]"#);
        let again =
            environment.in_sandbox(["--json", "serial", "flash", "photon.bin", "--port", "2"]).success();
        let expected = json!({
            "id": PHOTON, "file": "photon.bin", "transport": "serial", "running": true, "osVersion": "3.3.1"
        });
        assert_eq!(again.data(), expected);
    }
}

#[test]
fn a_device_that_does_not_come_back_has_the_file_all_the_same() {
    let environment = TestEnvironment::new();
    // The first question about its modules is the one for the new one.
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "unplug@control:90"]);
    put(&environment, "good.bin", application(100));
    let output = environment.in_sandbox(["--json", "serial", "flash", "good.bin"]).success();
    let told = format!("device {PHOTON} has taken the file, and was not seen to run with it yet");
    assert!(output.stderr.contains(&told), "{}", output.stderr);
    assert_eq!(output.data()["running"], false);
    assert!(output.data()["osVersion"].is_null());
}

#[test]
fn early_firmware_does_not_tell_what_it_runs() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--os-version", "photon=0.5.5"]);
    put(&environment, "good.bin", application(0));
    flash(&environment, &["good.bin"]).success().stderr_has("The device is back.");
}

#[test]
fn known_applications_go_over_the_serial_port() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon,electron"]);
    flash(&environment, &["tinker", "photon", "--offline"])
        .status(4)
        .stderr_has("leave --offline out once, and it is kept for the next time");
    flash(&environment, &["tinker", "photon"]).success().stderr_has("The device runs tinker-photon.bin");
    flash(&environment, &["tinker", "photon", "--offline"]).success();
    flash(&environment, &["tinker", "electron"]).success().stderr_has("sending file: tinker-electron.bin");
    flash(&environment, &["cc3000", "photon"])
        .status(4)
        .stderr_has("I don't have a cc3000 binary for Photon.");
}

#[test]
fn a_bundle_goes_over_usb() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    put(&environment, "app.bin", crate::support::firmware::application().build().unwrap());
    put(&environment, "assets/cat.txt", "meow");
    environment.in_sandbox(["bundle", "app.bin", "--assets", "assets", "--saveTo", "bundle.zip"]).success();
    flash(&environment, &["bundle.zip"])
        .status(2)
        .stderr_has(
            "bundle.zip cannot be flashed: it is a bundle, and only a single module goes over a serial port",
        )
        .stderr_has("`particle flash --usb BUNDLE` takes it");
    environment.in_sandbox(["flash", "--usb", "bundle.zip"]).success();
}

#[test]
fn where_device_os_refuses_the_file_goes_by_control_request() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron", "--serial-log", "boron"]);
    environment.log_in();
    compile(&environment, "boron");
    let arguments = ["--json", "serial", "flash", "boron.bin", "--port", "2"];
    let output = environment.in_sandbox(arguments).success().stderr_has("sending it by control request");
    assert_eq!(output.data()["transport"], "controlRequest");
    assert_eq!(functions(&environment, "boron"), r#"["brew"]"#);
}

#[test]
fn what_cannot_be_flashed_is_refused_before_anything_is_sent() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    put(&environment, "app.ino", APPLICATION);
    flash(&environment, &["app.ino"]).status(2).stderr_has("particle compile");
    flash(&environment, &["."]).status(2).stderr_has("You cannot flash a directory over USB");
    flash(&environment, &["no.bin"])
        .status(4)
        .stderr_has("File does not exist and no known app found: no.bin");
    let mut damaged = application(100);
    damaged[3000] ^= 1;
    put(&environment, "damaged.bin", &damaged);
    flash(&environment, &["damaged.bin"]).status(9).stderr_has("CRC");
    put(&environment, "text.bin", "hello");
    assert_ne!(flash(&environment, &["text.bin"]).status, 0);
    let other = crate::support::firmware::application().build().unwrap();
    put(&environment, "boron.bin", &other);
    flash(&environment, &["boron.bin"]).status(2).stderr_has("it is for Boron, and the device is a Photon");
    assert_eq!(environment.device("photon")["mode"], "normal");
    environment.in_sandbox(["sandbox", "press", "photon", "dfu"]).success();
    put(&environment, "good.bin", application(100));
    flash(&environment, &["good.bin"]).status(6).stderr_has("should not be in DFU mode");
}

#[test]
fn a_core_is_refused() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core"]);
    put(&environment, "good.bin", application(100));
    flash(&environment, &["good.bin"])
        .status(8)
        .stderr_has("Serial flashing is not supported on the Core")
        .stderr_has("particle flash --usb");
}

#[test]
fn a_module_that_the_device_has_no_use_for_is_not_taken() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    put(&environment, "later.bin", {
        let mut parts = crate::support::firmware::system_part();
        parts.dependencies = [needs(ModuleFunction::SystemPart, 1, 9000), None];
        parts.build().unwrap()
    });
    flash(&environment, &["later.bin"])
        .status(8)
        .stderr_has("Error writing firmware: Validation failed: -")
        .stderr_has("particle serial inspect");
}

#[test]
fn a_device_that_goes_away_in_the_middle_can_be_flashed_again() {
    for (fault, cause) in [("unplug@ymodem:4", "disconnected"), ("hang@ymodem:3", "Transfer cancelled")] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", fault]);
        put(&environment, "good.bin", application(100));
        flash(&environment, &["good.bin"])
            .status(8)
            .stderr_has("Error writing firmware: ")
            .stderr_has(cause)
            .stderr_has("the device goes on with the firmware it has");
        environment.in_sandbox(["sandbox", "plug", "photon"]).success();
        environment.in_sandbox(["sandbox", "press", "photon", "reset"]).success();
        environment.in_sandbox(["sandbox", "status"]).success();
        flash(&environment, &["good.bin"]).success();
    }
}

#[test]
fn a_file_that_is_damaged_on_its_way_is_not_taken() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "corrupt@ymodem:3"]);
    put(&environment, "good.bin", application(100));
    flash(&environment, &["good.bin"]).status(8).stderr_has("Validation failed: -");
    environment.in_sandbox(["sandbox", "status"]).success();
    flash(&environment, &["good.bin"]).success();
}

#[cfg(unix)]
mod over_a_terminal {
    use super::*;
    use crate::support::terminal::run_on_terminal;
    use std::{
        io::{BufRead, BufReader},
        process::Stdio,
    };

    fn port(environment: &TestEnvironment) -> String {
        environment.device("photon")["terminal"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_listening_device_takes_a_file() {
        let environment = TestEnvironment::new();
        let _sandbox = environment.start_sandbox(["--devices", "photon"]);
        put(&environment, "good.bin", application(100));
        let arguments = ["serial", "flash", "good.bin", "--port", &port(&environment)];
        environment
            .particle(arguments)
            .status(6)
            .stderr_has("Error writing firmware: Timed out waiting for initial response from device")
            .stderr_has("listening mode");
        environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
        environment.particle(arguments).success();
        assert_eq!(environment.device("photon")["mode"], "normal");
        environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
        let asked = run_on_terminal(
            environment.command(arguments),
            &[("Press ENTER when your device is blinking BLUE", "\r")],
        );
        asked.success().stdout_has("Flash success!");
    }

    #[test]
    fn device_os_6_is_told_to_take_another_way() {
        let environment = TestEnvironment::new();
        let _sandbox = environment.start_sandbox(["--devices", "photon", "--os-version", "photon=6.0.0"]);
        environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
        put(&environment, "good.bin", application(100));
        environment
            .particle(["serial", "flash", "good.bin", "--port", &port(&environment)])
            .status(8)
            .stderr_has("takes no files over the serial port")
            .stderr_has("particle flash --usb");
    }

    #[test]
    fn ctrl_c_makes_the_device_give_up() {
        let environment = TestEnvironment::new();
        let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "hang@ymodem:2"]);
        put(&environment, "good.bin", application(100));
        let mut command = environment.sandbox_command(["-vv", "serial", "flash", "good.bin"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(said.any(|line| line == "sending file: good.bin"));
        // The command for the device, the header, and the first packet, to which no answer comes.
        assert_eq!(said.by_ref().filter(|line| line.contains("bulk out")).take(3).count(), 3);
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let rest: Vec<String> = said.collect();
        assert_eq!(child.wait().unwrap().code(), Some(130));
        assert!(rest.iter().any(|line| line.contains("goes on with the firmware it has")), "{rest:?}");
        run(environment.sandbox_command(["serial", "flash", "good.bin"]), "").success();
    }
}
