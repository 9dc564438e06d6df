//! `particle serial inspect`.

use crate::support::{
    TestEnvironment,
    firmware::{needs, put},
};
use particle::{
    firmware::{ModuleFunction, ModuleParts},
    platform::{Anchor, PlatformId},
};

#[test]
fn a_photon_tells_its_modules_in_the_words_of_the_reference() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--os-version", "photon=1.0.1"]);
    let output = environment.in_sandbox(["serial", "inspect"]).success();
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "Platform: 6 - Photon",
            "Modules",
            "  Bootloader module #0 - version 201, main location, 16384 bytes max size",
        ]
    );
    let system = "  System module #1 - version 1002, main location, 262144 bytes max size\n    Integrity: PASS\n    \
                  Address Range: PASS\n    Platform: PASS\n    Dependencies: PASS\n";
    assert!(output.stdout.contains(system), "{}", output.stdout);
    output.stderr_has("System version 1002 is Device OS 1.0.1.");
}

#[test]
fn every_form_of_the_reply_is_understood() {
    for (platform, version, platform_checked) in
        [("photon", "1.0.1", true), ("photon", "3.3.1", false), ("boron", "5.9.0", true)]
    {
        let environment = TestEnvironment::new();
        let option = format!("{platform}={version}");
        let _sandbox = environment.start_sandbox(["--devices", platform, "--os-version", &option]);
        let data = environment.in_sandbox(["--json", "serial", "inspect"]).success().data();
        assert_eq!(data["release"], version);
        assert_eq!(data["platform"], platform);
        let modules = data["modules"].as_array().unwrap();
        let system = modules.iter().find(|module| module["function"] == "systemPart").unwrap();
        assert_eq!((&system["index"], &system["store"]), (&1.into(), &"main".into()));
        assert_eq!(system["checks"]["integrity"], true);
        // The early messages do not tell of this check, so it must not be shown as passed.
        assert_eq!(system["checks"]["platform"].is_null(), !platform_checked, "{version}");
        let text = environment.in_sandbox(["serial", "inspect"]).success();
        assert_eq!(text.stdout.contains("    Platform: not checked\n"), !platform_checked);
    }
}

#[test]
fn a_console_that_listens_tells_what_early_messages_leave_out() {
    for (platform, version) in [("photon", "3.3.1"), ("argon", "1.5.2")] {
        let environment = TestEnvironment::new();
        let option = format!("{platform}={version}");
        let _sandbox = environment.start_sandbox(["--devices", platform, "--os-version", &option]);
        environment.in_sandbox(["usb", "start-listening"]).success();
        let output = environment.in_sandbox(["serial", "inspect"]).success();
        assert!(!output.stdout.contains("not checked"), "{}", output.stdout);
        assert!(output.stdout.matches("PASS").count() >= 16, "{}", output.stdout);
    }
}

#[test]
fn a_listening_console_that_does_not_answer_is_done_without() {
    let environment = TestEnvironment::new();
    let fault = ["--devices", "photon", "--fault", "hang@console:s"];
    let _sandbox = environment.start_sandbox(fault);
    environment.in_sandbox(["usb", "start-listening"]).success();
    let output = environment.in_sandbox(["serial", "inspect"]).success();
    assert!(output.stdout.contains("    Platform: not checked\n"), "{}", output.stdout);
}

#[test]
fn old_firmware_has_to_be_listening() {
    let environment = TestEnvironment::new();
    let options = ["--devices", "core,photon", "--os-version", "photon=0.7.0"];
    let _sandbox = environment.start_sandbox(options);
    for device in ["core", "photon"] {
        environment.in_sandbox(["sandbox", "press", device, "listen"]).success();
    }
    let core = environment.in_sandbox(["serial", "inspect", "--port", "1"]).success();
    assert!(
        core.stdout.starts_with("Platform: 0 - Core\nModules\n  Monolithic module #0 - "),
        "{}",
        core.stdout
    );
    let photon = environment.in_sandbox(["--json", "serial", "inspect", "--port", "2"]).success().data();
    assert_eq!(photon["systemVersion"], 207);
}

#[test]
fn a_device_in_dfu_mode_and_one_that_is_not_there_are_refused() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.in_sandbox(["sandbox", "press", "photon", "dfu"]).success();
    environment
        .in_sandbox(["serial", "inspect"])
        .status(6)
        .stderr_has("Could not inspect device: The device should not be in DFU mode");
    environment.in_sandbox(["sandbox", "unplug", "photon"]).success();
    environment.in_sandbox(["serial", "inspect"]).status(6).stderr_has("No serial port identified");
}

#[test]
fn a_check_that_failed_is_explained() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    let application = ModuleParts {
        dependencies: [needs(ModuleFunction::SystemPart, 2, 9000), None],
        contents: vec![0x5A; 500],
        ..ModuleParts::new(PlatformId(6), ModuleFunction::UserPart, 1, Anchor::Start(0x080A_0000))
    };
    put(&environment, "early.bin", application.build().unwrap());
    environment.in_sandbox(["serial", "flash", "early.bin"]).success();
    environment.in_sandbox(["sandbox", "status"]).success();
    environment
        .in_sandbox(["serial", "inspect"])
        .success()
        .stdout_has("    Dependencies: FAIL\n      System module #2 - version 9000\n")
        .stderr_has("A check failed")
        .stderr_has("particle update");
}

#[cfg(unix)]
#[test]
fn over_a_terminal_a_listening_device_tells_the_same() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
    let port = environment.device("photon")["terminal"].as_str().unwrap().to_owned();
    environment
        .particle(["serial", "inspect", "--port", &port])
        .success()
        .stdout_has("Platform: 6 - Photon\nModules\n  Bootloader module #0 - version 1100, ");
    environment.in_sandbox(["sandbox", "press", "photon", "reset"]).success();
    environment.particle(["--timeout", "500ms", "serial", "inspect", "--port", &port]).status(124);
}
