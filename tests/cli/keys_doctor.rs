//! `particle keys doctor`.

use crate::support::{Output, TestEnvironment, terminal::run_on_terminal};
use serde_json::json;
use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

const PHOTON: &str = "3a0027000000000000060001";
const BORON: &str = "e00fce6800000000000d0001";
const STRANGER: &str = "3a0027000000000000069999";

fn doctor(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox(["keys", "doctor"].iter().chain(arguments))
}

fn backup(environment: &TestEnvironment) -> Vec<u8> {
    let path = environment.work().join(format!("backup_rsa_{PHOTON}_rsa_new.der"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The key on the device, which goes back to where it was.
fn device_key(environment: &TestEnvironment) -> Vec<u8> {
    environment.in_sandbox(["keys", "save", "--force", "before.der"]).success();
    fs::read(environment.work().join("before.der")).unwrap()
}

#[test]
fn an_offline_device_comes_online() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let _sandbox = environment.start_sandbox::<&str>([]);
    assert_eq!(environment.device("photon")["reason"], "the cloud holds another public key for this device");
    let output = doctor(&environment, &[PHOTON, "--wait"]).success();
    let expected = format!(
        "New Key Created!\n\
         Saved existing key to backup_rsa_{PHOTON}_rsa_new.der\n\
         Saved!\n\
         attempting to add a new public key for device {PHOTON}\n\
         submitting public key succeeded!\n\
         Okay!  New keys in place, your device should restart.\n\
         Your device is online.\n"
    );
    assert_eq!(output.stdout, expected);
    assert_eq!(environment.device("photon")["online"], true);
}

#[test]
fn every_generation_gets_a_key_it_can_use() {
    let environment = TestEnvironment::new();
    let boards = ["core", "photon", "p1", "electron", "argon", "boron", "tracker", "p2", "msom"];
    let _sandbox = environment.start_sandbox(["--devices", &boards.join(",")]);
    environment.log_in();
    for board in boards {
        let before = environment.device(board);
        doctor(&environment, &[board, "--wait"]).success();
        let after = environment.device(board);
        assert_eq!(after["online"], true, "{after:#}");
        assert_ne!(before["deviceKey"], after["deviceKey"]);
    }
}

#[test]
fn json_names_the_files() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    environment.log_in();
    let data = environment.in_sandbox(["--json", "keys", "doctor", "boron", "--wait"]).success().data();
    let expected = json!({
        "device": BORON,
        "protocol": "udp",
        "algorithm": "ec",
        "backup": format!("backup_ec_{BORON}_ec_new.der"),
        "privateKey": format!("{BORON}_ec_new.pem"),
        "publicKey": format!("{BORON}_ec_new.pub.pem"),
        "deviceKey": format!("{BORON}_ec_new.der"),
        "online": true,
    });
    assert_eq!(data, expected);
}

#[test]
fn what_can_be_checked_is_checked_before_anything_is_touched() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "photon,boron", "--protect", "boron"]);
    doctor(&environment, &[PHOTON]).status(3).stderr_has("particle login");
    environment.log_in();
    doctor(&environment, &[BORON]).status(7).stderr_has("Protection");
    doctor(&environment, &["0123456789ABCDEFGHI"])
        .status(4)
        .stderr_has("device id was shorter than 24 characters")
        .stderr_has("use `particle identify` to find your device id");
    doctor(&environment, &[STRANGER]).status(2).stderr_has("does not list device").stderr_has("--yes");
    doctor(&environment, &[STRANGER, "--yes"]).status(6).stderr_has("Unable to connect to the device");
    doctor(&environment, &[PHOTON, "--protocol", "udp"]).status(2);
    environment.in_sandbox(["sandbox", "unplug", PHOTON]).success();
    doctor(&environment, &[PHOTON]).status(6).stderr_has(PHOTON);
    drop(sandbox);
    let _sandbox = environment.start_sandbox(["--fault", "http-503@GET:/v1/devices*"]);
    doctor(&environment, &[PHOTON]).status(5);
    assert_eq!(fs::read_dir(environment.work()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_written_costs_the_device_nothing() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.log_in();
    let before = environment.device("photon");
    let path = environment.work().join(format!("{PHOTON}_rsa_new.pem"));
    fs::create_dir(path).unwrap();
    doctor(&environment, &[PHOTON]).status(1);
    assert_eq!(environment.device("photon")["deviceKey"], before["deviceKey"]);
}

#[test]
fn a_key_the_cloud_refuses_stays_and_can_be_sent_later() {
    let environment = TestEnvironment::new();
    let sandbox =
        environment.start_sandbox(["--devices", "photon", "--fault", "http-403@POST:/v1/provisioning"]);
    environment.log_in();
    let send = format!("particle keys send {PHOTON} {PHOTON}_rsa_new.pub.pem");
    doctor(&environment, &[PHOTON])
        .status(7)
        .stderr_has("Error sending public key to server")
        .stderr_has(&send)
        .stderr_has("https://support.particle.io");
    assert_eq!(environment.device("photon")["online"], false);
    environment.in_sandbox(send.split(' ').skip(1)).success();
    environment.in_sandbox(["sandbox", "press", "photon", "reset"]).success();
    assert_eq!(environment.device("photon")["online"], true);
    drop(sandbox);
}

#[test]
fn a_person_may_go_back_to_the_old_key_when_the_cloud_refuses_the_new_one() {
    for (answer, goes_back) in [("y", true), ("n", false)] {
        let environment = TestEnvironment::new();
        let _sandbox =
            environment.start_sandbox(["--devices", "photon", "--fault", "http-403@POST:/v1/provisioning"]);
        environment.log_in();
        let before = environment.device("photon")["deviceKey"].clone();
        let output = run_on_terminal(
            environment.sandbox_command(["keys", "doctor", PHOTON]),
            &[("Put the old key back?", answer)],
        );
        let advice = if goes_back { "the device has its old key again" } else { "particle keys send" };
        output.status(7).stdout_has(advice);
        assert_eq!(environment.device("photon")["deviceKey"] == before, goes_back);
    }
}

#[test]
fn on_a_terminal_the_device_is_waited_for() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    environment.log_in();
    let output = run_on_terminal(environment.sandbox_command(["keys", "doctor", BORON]), &[]);
    output.success().stdout_has("Your device is online.");
}

#[test]
fn a_device_of_somebody_else_is_treated_when_that_is_confirmed() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.log_in();
    let output = run_on_terminal(
        environment.sandbox_command(["keys", "doctor", STRANGER]),
        &[("Replace its key all the same?", "n")],
    );
    output.status(1).stdout_has("nothing was changed");
}

#[test]
fn a_device_that_cannot_reach_the_cloud_is_reported() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    environment.log_in();
    let own = include_bytes!("../data/keys/server_rsa.pub.pem");
    fs::write(environment.work().join("own.pem"), own).unwrap();
    environment.in_sandbox(["keys", "server", "own.pem", "192.168.1.10"]).success();
    doctor(&environment, &[PHOTON, "--wait"]).status(6).stderr_has("particle keys server");
}

#[test]
fn a_run_that_is_killed_at_any_step_is_repaired_by_the_next() {
    // The step that hangs, and the line after which the program has come to it.
    for (fault, line) in [
        ("hang@GET:/v1/devices", "> GET "),
        ("hang@control:50", "particle::usb::trace"),
        ("hang@dfu-read", "DFU alternate setting 1"),
        ("hang@dfu-write", "Saved existing key"),
        ("hang@dfu-read:2", "DFU alternate setting 1"),
        ("hang@POST:/v1/provisioning", "> POST "),
        ("hang@dfu-leave", "submitting public key succeeded!"),
    ] {
        let environment = TestEnvironment::new();
        let sandbox = environment.start_sandbox(["--devices", "photon"]);
        environment.log_in();
        let first = device_key(&environment);
        drop(sandbox);
        let sandbox = environment.start_sandbox(["--fault", fault]);
        kill_doctor_at(&environment, line);
        // The next run shall not meet a fault that the killed one did not quite come to.
        assert!(sandbox.interrupt().success());
        let _sandbox = environment.start_sandbox::<&str>([]);
        doctor(&environment, &[PHOTON, "--wait"]).success();
        assert_eq!(environment.device("photon")["online"], true, "{fault}");
        assert!(backup(&environment).starts_with(&first), "{fault}: the first backup is lost");
    }
}

/// Starts `keys doctor`, waits until it has said something with this text, and kills it.
fn kill_doctor_at(environment: &TestEnvironment, text: &str) {
    let mut command = environment.sandbox_command(["-vv", "keys", "doctor", PHOTON]);
    let (reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer.try_clone().unwrap()).stderr(writer).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    drop(command);
    let found = BufReader::new(reader).lines().map_while(Result::ok).any(|line| line.contains(text));
    assert!(found, "{text:?} was not said");
    child.kill().unwrap();
    child.wait().unwrap();
}
