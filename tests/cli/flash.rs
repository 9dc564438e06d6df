//! `flash` over the air, in every form of the documents.

use crate::support::{Output, TestEnvironment};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

const BORON: &str = "e00fce6800000000000d0001";
const APPLICATION: &str =
    "#include \"Particle.h\"\nvoid setup() { Particle.function(\"brew\", brew); }\nvoid loop() {}\n";

fn flash(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox([&["flash"], arguments].concat())
}

/// Waits until every device that was flashed has started again.
fn settle(environment: &TestEnvironment) {
    environment.in_sandbox(["sandbox", "status"]).success();
}

/// A project in the folder `my_project`, and its application alone in `app.ino`.
fn project(environment: &TestEnvironment) {
    let source = environment.work().join("my_project/src");
    fs::create_dir_all(&source).unwrap();
    fs::write(source.join("app.ino"), APPLICATION).unwrap();
    fs::write(environment.work().join("my_project/project.properties"), "name=my_project\n").unwrap();
    fs::write(environment.work().join("app.ino"), APPLICATION).unwrap();
}

/// A binary for a platform, in `PLATFORM.bin`.
fn binary(environment: &TestEnvironment, platform: &str) -> String {
    project(environment);
    let file = format!("{platform}.bin");
    environment.in_sandbox(["compile", platform, "app.ino", "--saveTo", &file]).success();
    file
}

#[track_caller]
fn functions(environment: &TestEnvironment, device: &str) -> String {
    let list = environment.in_sandbox(["--json", "list", device]).success().data();
    list[0]["functions"].to_string()
}

#[test]
fn a_device_runs_what_it_was_sent() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment);
    let output = flash(&environment, &["boron", "my_project", "--wait"]).success();
    let expected = "Compiling code for boron\n\nIncluding:\n    my_project/project.properties\n    \
                    my_project/src/app.ino\n\nFlash device OK: Update started\n\nFlash success!\n";
    assert_eq!(output.stdout, expected, "{}", output.stderr);
    settle(&environment);
    assert_eq!(functions(&environment, "boron"), r#"["brew"]"#);
    flash(&environment, &["boron", "tinker", "--wait"]).success();
    settle(&environment);
    assert!(functions(&environment, "boron").contains("digitalWrite"));
}

#[test]
fn a_project_with_assets_is_sent_as_a_bundle() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment);
    fs::write(environment.work().join("my_project/project.properties"), "assetOtaDir=sounds\n").unwrap();
    fs::create_dir(environment.work().join("my_project/sounds")).unwrap();
    fs::write(environment.work().join("my_project/sounds/bell.wav"), "ding").unwrap();
    flash(&environment, &["boron", "my_project", "--wait"])
        .success()
        .stdout_has("    my_project/sounds/bell.wav\n");
    settle(&environment);
    assert_eq!(functions(&environment, "boron"), r#"["brew"]"#);
}

#[test]
fn a_device_that_is_unplugged_in_the_middle_has_not_taken_the_firmware() {
    let environment = TestEnvironment::new();
    // True to the hardware: the device takes two seconds.
    let _sandbox = environment.start_sandbox_at::<&str>(1.0, []);
    environment.log_in();
    project(&environment);
    let mut flash = environment.sandbox_command(["flash", "boron", "my_project", "--wait"]);
    let mut flash = flash.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(flash.stderr.take().unwrap()).lines().map_while(Result::ok);
    let started = stderr.find(|line| line.contains("The device is receiving the firmware."));
    assert!(started.is_some());
    environment.in_sandbox(["sandbox", "unplug", "boron"]).success();
    let rest: Vec<String> = stderr.collect();
    let status = flash.wait().unwrap().code();
    assert!([Some(6), Some(8)].contains(&status), "{status:?}: {rest:?}");
    assert!(rest.iter().any(|line| line.contains("it runs what it ran before")), "{rest:?}");
}

#[test]
fn files_and_versions_may_be_named() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment);
    fs::write(environment.work().join("library1.cpp"), "").unwrap();
    fs::write(environment.work().join("library1.h"), "").unwrap();
    flash(&environment, &[BORON, "app.ino", "library1.cpp", "library1.h"]).success();
    flash(&environment, &["--target", "3.3.1", "electron", "my_project"])
        .success()
        .stdout_has("Targeting version: 3.3.1\n");
    flash(&environment, &["--cloud", "electron", "app.ino", "--target", "9.9.9"])
        .status(2)
        .stderr_has("Failed to flash electron: Invalid build target version.");
}

#[test]
fn a_binary_is_sent_as_it_is_but_only_where_it_belongs() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    let file = binary(&environment, "boron");
    let output = flash(&environment, &["boron", &file]).success();
    assert_eq!(output.stdout, "Flash device OK: Update started\n\nFlash success!\n");
    flash(&environment, &["electron", &file])
        .status(2)
        .stderr_has("boron.bin is for Boron, and electron is a device of platform Electron");
    fs::write(environment.work().join("boron.bin"), "no binary").unwrap();
    flash(&environment, &["boron", &file]).status(1).stderr_has("this is no Particle binary");
}

#[test]
fn a_damaged_binary_is_not_sent() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    let file = environment.work().join(binary(&environment, "boron"));
    let mut bytes = fs::read(&file).unwrap();
    bytes[1000] ^= 1;
    fs::write(&file, bytes).unwrap();
    flash(&environment, &["boron", "boron.bin"]).status(9).stderr_has("the CRC is wrong");
}

#[test]
fn a_bundle_is_taken() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    let file = binary(&environment, "boron");
    fs::create_dir(environment.work().join("assets")).unwrap();
    fs::write(environment.work().join("assets/logo.txt"), "logo").unwrap();
    let bundle = ["bundle", &file, "--assets", "assets", "--saveTo", "bundle.zip"];
    environment.in_sandbox(bundle).success();
    flash(&environment, &["boron", "bundle.zip", "--wait"]).success().stdout_has("Flash success!\n");
}

#[test]
fn a_device_that_does_not_take_the_firmware_fails() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--os-version", "boron=5.0.0"]);
    project(&environment);
    flash(&environment, &["boron", "app.ino"]).success();
    let output = flash(&environment, &["boron", "app.ino", "--wait"]).status(8);
    let output = output.stderr_has("Failed to flash boron: the device did not take the firmware");
    assert!(!output.stdout.contains("Flash success!"), "{}", output.stdout);
}

#[test]
fn known_applications_are_fetched_once_and_checked() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    flash(&environment, &["boron", "tinker"]).success().stderr_has("fetching tinker for Boron from ");
    settle(&environment);
    let again = flash(&environment, &["boron", "tinker"]).success();
    settle(&environment);
    assert!(!again.stderr.contains("fetching"), "{}", again.stderr);
    flash(&environment, &["boron", "cc3000"]).status(4).stderr_has("I don't have a cc3000 binary for Boron.");
    flash(&environment, &["boron", "teapot"]).status(4).stderr_has("I couldn't find that file: teapot");
    // A folder of that name is meant where there is one.
    project(&environment);
    fs::rename(environment.work().join("my_project"), environment.work().join("tinker")).unwrap();
    flash(&environment, &["boron", "tinker"]).success().stdout_has("tinker/src/app.ino");
}

#[test]
fn a_mirror_has_to_have_the_files_of_the_publisher() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--fault", "http-404@GET:/apps/index.json*9"]);
    // Without an index, the server is a mirror of the publisher, and has to have the publisher's files.
    flash(&environment, &["boron", "tinker"]).status(4);
}

#[test]
fn a_core_is_patched() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--devices", "photon,core"]);
    flash(&environment, &["core", "cc3000", "--wait"]).success().stdout_has("Flash success!\n");
}

#[test]
fn a_device_of_a_product_becomes_a_development_device() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment);
    let arguments = ["cloud", "flash", BORON, "--product", "12345", "my_project", "--wait"];
    let output = environment.in_sandbox(arguments).success();
    let output = output.stdout_has(&format!("Marking device {BORON} as a development device\n"));
    output.stdout_has(&format!("https://console.particle.io/12345/devices/unmark-development/{BORON}\n"));
    let devices = ["--json", "product", "device", "list", "12345", BORON];
    assert_eq!(environment.in_sandbox(devices).success().data()["development"], true);
    environment.in_sandbox(["flash", "boron", "--product", "12345"]).status(2).stderr_has("must be an id");
}

#[test]
fn several_devices_are_flashed_and_one_failure_is_told() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    let output = flash(&environment, &["photon,boron,ghost", "tinker", "--json"]).status(6);
    let data = output.data();
    let done: Vec<bool> = (0..3).map(|at| data[at]["done"].as_bool().unwrap()).collect();
    assert_eq!(done, [false, true, false]);
    let output = output.stderr_has("Failed to flash photon: Timed out.");
    output.stderr_has("Device not found: ghost");
}

#[test]
fn a_local_cloud_gets_the_source_code() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&["--local-cloud"]);
    project(&environment);
    flash(&environment, &["boron", "my_project", "--wait"])
        .success()
        .stderr_has("This cloud has no compiler of its own: it gets the source code.");
    settle(&environment);
    assert_eq!(functions(&environment, "boron"), r#"["brew"]"#);
    fs::write(environment.work().join("my_project/src/app.ino"), "void loop() {}\n").unwrap();
    flash(&environment, &["boron", "my_project"]).status(10).stderr_has("my_project/src/app.ino:1:1: error:");
    environment.in_sandbox(["compile", "boron", "my_project"]).status(4).stderr_has("particle flash DEVICE");
}

#[test]
fn files_are_listed_and_nothing_is_sent() {
    let environment = TestEnvironment::new();
    project(&environment);
    let output = environment.particle(["flash", "boron", "my_project", "--list-files"]).success();
    let expected = "Including:\n    my_project/project.properties\n    my_project/src/app.ino\n";
    assert_eq!(output.stdout, expected);
}

#[test]
fn trouble_with_the_cloud_has_a_status_of_its_own() {
    let environment = TestEnvironment::new();
    project(&environment);
    environment.particle(["flash", "boron", "app.ino"]).status(3).stderr_has("You're not logged in.");
    for (fault, status) in [
        ("http-500@PUT:/v1/devices*", 5),
        ("http-429@PUT:/v1/devices*9", 5),
        ("http-401@PUT:/v1/devices", 3),
        ("http-403@PUT:/v1/devices", 7),
        ("cut@PUT:/v1/devices", 5),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.sandbox_with_login(&["--fault", fault]);
        let output = flash(&environment, &["boron", "tinker"]);
        assert_eq!(output.status, status, "{fault}: {}", output.stderr);
    }
}
