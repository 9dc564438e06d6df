//! `update`: Device OS of attached devices.

use crate::support::{
    TestEnvironment,
    firmware::put,
    flashing::{application, sized, system_version},
};
use particle::firmware::{Dependency, ModuleFunction, ModuleParts};
use std::path::PathBuf;

fn os_version(environment: &TestEnvironment, device: &str) -> String {
    environment.device(device)["osVersion"].as_str().unwrap().to_owned()
}

#[test]
fn a_device_gets_the_newest_device_os_and_once_it_has_it_nothing_more() {
    for (name, before, after) in [
        ("photon", "2.0.1", "3.3.1"),
        ("electron", "2.3.1", "3.3.1"),
        ("argon", "5.9.0", "6.3.4"),
        ("tracker", "4.0.2", "6.3.4"),
        ("p2", "5.9.0", "6.3.4"),
    ] {
        let environment = TestEnvironment::new();
        let version = format!("{name}={before}");
        let _sandbox = environment.sandbox_with_login(&["--devices", name, "--os-version", &version]);
        let output = environment.in_sandbox(["update"]).success();
        let expected = "\n> Your device is ready for a system update.\n\
                        > This process should take about 30 seconds. Here it goes!\n\n\
                        ! System firmware update successfully completed!\n\n\
                        > Your device should now restart automatically.\n\n";
        assert_eq!(output.stdout, expected, "{name}: {}", output.stderr);
        assert!(output.stderr.contains("particle flash --usb tinker"), "{}", output.stderr);
        assert!(output.stderr.contains(&format!("Downloaded Device OS {after}")), "{}", output.stderr);
        assert_eq!(os_version(&environment, name), after, "{name}");
        assert_eq!(environment.device(name)["mode"], "normal", "{name}");
        let again = environment.in_sandbox(["--json", "update"]).success();
        assert!(!again.stderr.contains("Download"), "{}", again.stderr);
        assert_eq!(again.data()[0]["flashed"].as_array().unwrap().len(), 0, "{name}: {}", again.stdout);
        let again = environment.in_sandbox(["update"]).success();
        assert!(
            again.stdout.ends_with("has all of this Device OS already: nothing was written.\n"),
            "{name}"
        );
        assert!(!again.stdout.contains("completed"), "{name}: {}", again.stdout);
    }
}

#[test]
fn a_device_that_tells_that_it_has_everything_is_not_restarted() {
    let environment = TestEnvironment::new();
    // To be put into DFU mode would be the end of it.
    let arguments = ["--devices", "boron,p2,photon", "--fault", "unplug@control:50*"];
    let _sandbox = environment.sandbox_with_login(&arguments);
    for name in ["boron", "p2"] {
        let output = environment.in_sandbox(["update", name]).success();
        let expected = "> Your device has all of this Device OS already: nothing was written.\n";
        assert_eq!(output.stdout, expected, "{name}");
        assert!(!output.stderr.contains("tinker"), "{name}: {}", output.stderr);
    }
    // One that does not tell the hashes of its modules has to be read.
    environment.in_sandbox(["update", "photon"]).status(8);
    assert_eq!(environment.device("photon")["plugged"], false);
    let several = environment.in_sandbox(["update", "boron", "p2"]).success();
    assert_eq!(several.stdout.matches("Nothing to update.").count(), 2, "{}", several.stdout);
}

#[test]
fn an_update_that_was_interrupted_goes_on() {
    for (name, before) in [("photon", "2.0.1"), ("boron", "5.9.0"), ("msom", "5.9.0")] {
        let environment = TestEnvironment::new();
        let version = format!("{name}={before}");
        let faults = ["unplug@control:253#5", "unplug@dfu-write:2", "unplug@dfu-write:4", "unplug@dfu-leave"];
        let mut arguments = vec!["--devices", name, "--os-version", &version];
        arguments.extend(faults.iter().flat_map(|fault| ["--fault", fault]));
        let _sandbox = environment.sandbox_with_login(&arguments);
        for fault in faults {
            environment
                .in_sandbox(["update"])
                .status(8)
                .stderr_has(
                    "! An error occurred while attempting to update the system firmware of your device",
                )
                .stderr_has("same command again");
            assert_eq!(environment.device(name)["plugged"], false, "{name} {fault}");
            environment.in_sandbox(["sandbox", "plug", name]).success();
        }
        environment.in_sandbox(["update"]).success();
        assert_eq!(environment.device(name)["mode"], "normal", "{name}");
        assert_ne!(os_version(&environment, name), before, "{name}");
    }
}

#[test]
fn versions_are_chosen_and_kept() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon", "--os-version", "photon=2.0.1"]);
    environment
        .in_sandbox(["update", "--target", "no/thing"])
        .status(2)
        .stderr_has("Invalid version: no/thing");
    environment
        .in_sandbox(["update", "--target", "9.9.9"])
        .status(4)
        .stderr_has("Device OS version not found for platform: 6 version: 9.9.9");
    environment
        .in_sandbox(["update", "--target", "2.3.1", "--offline"])
        .status(4)
        .stderr_has("leave --offline out once");
    let plan =
        environment.in_sandbox(["--json", "update", "--target", "2.3.1", "--dry-run"]).success().data();
    let steps: Vec<&str> =
        plan[0]["steps"].as_array().unwrap().iter().map(|step| step["do"].as_str().unwrap()).collect();
    assert_eq!(steps, ["transfer", "enterDfu", "write", "write", "restart"]);
    assert_eq!(os_version(&environment, "photon"), "2.0.1");
    environment.in_sandbox(["update", "--target", "2.3.1", "--offline"]).success();
    assert_eq!(os_version(&environment, "photon"), "2.3.1");
}

#[test]
fn a_downgrade_that_the_application_would_not_survive_needs_force() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron"]);
    put(&environment, "app.bin", sized(application("boron")));
    environment.in_sandbox(["flash", "--usb", "app.bin"]).success();
    environment
        .in_sandbox(["update", "--target", "6.2.0"])
        .status(1)
        .stderr_has("application module 2 on the device needs system part 1 in version 6305 or later");
    assert_eq!(environment.device("boron")["mode"], "normal");
    environment.in_sandbox(["update", "--target", "6.2.0", "--force"]).success();
    assert_eq!(os_version(&environment, "boron"), "6.2.0");
    assert_eq!(environment.device("boron")["mode"], "safe-mode");
}

#[test]
fn a_core_is_as_new_as_it_gets() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "core"]);
    let output = environment.in_sandbox(["update"]).success();
    let expected = "\n! There are currently no system firmware updates available for this device.\n";
    assert_eq!(output.stdout, expected);
}

#[test]
fn the_cloud_is_needed_once_and_may_refuse() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron", "--fault", "http-500@/v1/firmware*"]);
    environment.in_sandbox(["update"]).status(3).stderr_has("You're not logged in.");
    environment.log_in();
    environment.in_sandbox(["update"]).status(5).stderr_has("cannot download boron-");
    assert_eq!(environment.device("boron")["mode"], "normal");
    environment.in_sandbox(["sandbox", "unplug", "boron"]).success();
    environment.in_sandbox(["update"]).status(6).stderr_has("No devices found");
}

/// The range that a traced request asked for, and the bytes that came.
fn resumed(trace: &str) -> (usize, usize) {
    let after = |mark: &str| {
        let found = trace.lines().find_map(|line| Some(line.split_once(mark)?.1.to_owned()));
        found.unwrap_or_else(|| panic!("no {mark:?} in {trace}"))
    };
    let from = after("> range: bytes=").trim_end_matches('-').parse().unwrap();
    let answer = after("< HTTP 206 Partial Content from ");
    let received = answer.split(", ").nth(1).unwrap().trim_end_matches(" bytes").parse().unwrap();
    (from, received)
}

#[test]
fn a_download_that_broke_off_goes_on_where_it_ended() {
    let environment = TestEnvironment::new();
    const FILE: &str = "/v1/firmware/device-os/v6.3.4/boron-system-part1";
    // As often as one run tries.
    let fault = format!("cut@GET:{FILE}*4");
    let _sandbox = environment.sandbox_with_login(&[
        "--devices",
        "boron",
        "--os-version",
        "boron=5.9.0",
        "--fault",
        &fault,
    ]);
    environment
        .in_sandbox(["update"])
        .status(5)
        .stderr_has("cannot download boron-system-part1@6.3.4.bin: the connection to 127.0.0.1")
        .stderr_has("what came is kept: the same command goes on from there");
    assert_eq!(os_version(&environment, "boron"), "5.9.0");
    let again = environment.in_sandbox(["-vv", "update"]).success();
    let (from, received) = resumed(&again.stderr);
    let note = format!("going on with boron-system-part1@6.3.4.bin behind the {from} bytes that are there");
    assert!(from > 0 && again.stderr.contains(&note), "{}", again.stderr);
    let kept = kept(&environment, "device-os/boron/6.3.4/boron-system-part1@6.3.4.bin");
    assert_eq!(from + received, std::fs::read(&kept).unwrap().len());
    assert!(!kept.with_extension("bin.part").exists());
    assert_eq!(os_version(&environment, "boron"), "6.3.4");
}

/// A file in the cache.
fn kept(environment: &TestEnvironment, name: &str) -> PathBuf {
    environment.home().join(".cache/particle").join(name)
}

#[test]
fn what_is_left_of_another_file_is_not_used() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron", "--os-version", "boron=5.9.0"]);
    let part = kept(&environment, "device-os/boron/6.3.4/boron-system-part1@6.3.4.bin.part");
    std::fs::create_dir_all(part.parent().unwrap()).unwrap();
    std::fs::write(&part, [7; 1000]).unwrap();
    let output = environment.in_sandbox(["-v", "update"]).success();
    output.stderr_has("behind the 1000 bytes that are there").stderr_has("does not fit");
    assert_eq!(os_version(&environment, "boron"), "6.3.4");
}

#[test]
fn known_applications_are_resumed_too() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[
        "--devices",
        "boron",
        "--fault",
        "cut@GET:/apps/tinker/boron.bin*4",
    ]);
    environment
        .in_sandbox(["flash", "--usb", "tinker"])
        .status(5)
        .stderr_has("what came is kept: the same command goes on from there");
    let again = environment.in_sandbox(["-vv", "flash", "--usb", "tinker"]).success();
    assert!(resumed(&again.stderr).0 > 0, "{}", again.stderr);
}

#[test]
fn local_flashing_brings_the_device_os_along() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "boron", "--os-version", "boron=5.9.0"]);
    put(&environment, "app.bin", sized(application("boron")));
    environment
        .in_sandbox(["flash", "--local", "app.bin", "--application-only"])
        .status(1)
        .stderr_has("needs system part 1");
    environment
        .in_sandbox(["flash", "--local", "app.bin"])
        .success()
        .stderr_has("Downloading Device OS 6.3.4");
    assert_eq!(os_version(&environment, "boron"), "6.3.4");
    assert_eq!(environment.device("boron")["mode"], "normal");
    // An application that needs less leaves it alone.
    let needed = Dependency { function: ModuleFunction::SystemPart, index: 1, version: 5901 };
    assert!(needed.version < system_version("boron"));
    let older = ModuleParts { dependencies: [Some(needed), None], ..application("boron") };
    put(&environment, "older.bin", sized(older));
    let output = environment.in_sandbox(["flash", "--local", "older.bin"]).success();
    assert!(!output.stderr.contains("system-part"), "{}", output.stderr);
}
