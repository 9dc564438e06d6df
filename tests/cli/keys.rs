//! `particle keys`, except for `keys doctor` and `keys server`.

use crate::support::{Output, TestEnvironment, read};
use particle::keys::{PublicKey, import};
use serde_json::{Value, json};
use std::{fs, path::Path};

const PHOTON: &str = "3a0027000000000000060001";
const ELECTRON: &str = "3a00270000000000000a0001";
const BORON: &str = "e00fce6800000000000d0001";
const RSA_PKCS8: &[u8] = include_bytes!("../data/keys/rsa_pkcs8.pem");
const RSA: &[u8] = include_bytes!("../data/keys/rsa.der");
const RSA_MISREAD: &[u8] = include_bytes!("../data/keys/rsa_short_exponent1.der");
const EC: &[u8] = include_bytes!("../data/keys/ec.der");

/// Runs `particle keys ARGUMENTS` in the sandbox.
pub(super) fn keys(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox(std::iter::once(&"keys").chain(arguments))
}

/// A file in the folder that commands run in.
pub(super) fn file(environment: &TestEnvironment, name: &str) -> Vec<u8> {
    fs::read(environment.work().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(super) fn put(environment: &TestEnvironment, name: &str, contents: &[u8]) {
    fs::write(environment.work().join(name), contents).unwrap();
}

/// The key that a device has now, by `keys save`.
fn device_key(environment: &TestEnvironment, device: &str) -> Vec<u8> {
    keys(environment, &["save", "--force", "now.der", "--device", device]).success();
    file(environment, "now.der")
}

fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn new_needs_no_device_when_the_protocol_is_given() {
    let environment = TestEnvironment::new();
    for (protocol, name) in [("tcp", "one"), ("udp", "two")] {
        let output = environment.particle(["keys", "new", name, "--protocol", protocol]).success();
        assert_eq!(output.stdout, "New Key Created!\n");
        let work = environment.work();
        let private =
            import(&file(&environment, &format!("{name}.pem"))).ok().unwrap().into_private().unwrap();
        assert_eq!(private.device_der().as_slice(), file(&environment, &format!("{name}.der")));
        assert_eq!(read(&work.join(format!("{name}.pub.pem"))), private.public_key().to_pem());
        assert_eq!(mode_of(&work.join(format!("{name}.pem"))), 0o600);
        assert_eq!(mode_of(&work.join(format!("{name}.der"))), 0o600);
    }
}

#[test]
fn new_makes_what_the_attached_device_needs() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    let output = environment.in_sandbox(["--json", "keys", "new"]).success();
    let expected = json!({
        "algorithm": "ec",
        "privateKey": "device.pem",
        "publicKey": "device.pub.pem",
        "deviceKey": "device.der",
    });
    assert_eq!(output.data(), expected);
    environment.in_sandbox(["sandbox", "unplug", BORON]).success();
    keys(&environment, &["new", "other"])
        .success()
        .stderr_has("No device is attached, so this is an RSA key");
    assert_eq!(PublicKey::from_pem_or_der(&file(&environment, "other.der")).unwrap().bits(), 1024);
}

#[test]
fn new_asks_for_the_protocol_where_devices_disagree() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox::<&str>([]);
    keys(&environment, &["new"]).status(6).stderr_has("--protocol tcp");
}

#[test]
fn new_overwrites_nothing_without_force() {
    let environment = TestEnvironment::new();
    put(&environment, "mykey.pub.pem", b"precious");
    let new = |more: &[&str]| {
        environment.particle(["keys", "new", "mykey.der", "--protocol", "udp"].iter().chain(more))
    };
    new(&[]).status(1).stderr_has("mykey.pub.pem").stderr_has("--force");
    assert_eq!(file(&environment, "mykey.pub.pem"), b"precious");
    assert_eq!(fs::read_dir(environment.work()).unwrap().count(), 1, "nothing else was written either");
    new(&["--force"]).success();
    assert_ne!(file(&environment, "mykey.pub.pem"), b"precious");
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let environment = TestEnvironment::new();
    put(&environment, "file", b"");
    let output = environment.particle(["keys", "new", "file/mykey", "--protocol", "udp"]);
    output.status(1).stderr_has("cannot write file/mykey.pem").stderr_has("hint:");
}

#[test]
fn save_cuts_the_key_and_derives_its_public_half() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core,photon,electron,boron"]);
    for device in ["core", "photon", "electron", "boron"] {
        environment.in_sandbox(["sandbox", "press", device, "dfu"]).success();
        let id = environment.device(device)["id"].as_str().unwrap().to_owned();
        let name = format!("{device}.der");
        let output = keys(&environment, &["save", &name, "--device", &id]).success();
        assert_eq!(output.stdout, "Saved!\n");
        let key = import(&file(&environment, &name)).ok().unwrap().into_private().unwrap();
        assert_eq!(key.device_der().as_slice(), file(&environment, &name), "nothing behind the key");
        assert_eq!(file(&environment, &format!("{device}.pub.pem")), key.public_key().to_pem().as_bytes());
        assert_eq!(environment.device(device)["mode"], "dfu", "it stays where it was found");
    }
}

#[test]
fn save_asks_before_it_looks() {
    let environment = TestEnvironment::new();
    put(&environment, "mykey.der", b"precious");
    keys(&environment, &["save", "mykey"]).status(1).stderr_has(
        "mykey.der: This file already exists, please specify a different file, or use the --force flag.",
    );
    assert_eq!(file(&environment, "mykey.der"), b"precious");
}

#[test]
fn a_corrupt_key_is_saved_whole_and_reported() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    put(&environment, "junk.der", b"this is no key");
    keys(&environment, &["load", "junk.der"]).status(1).stderr_has("--force");
    keys(&environment, &["load", "junk.der", "--force"]).success();
    keys(&environment, &["save", "corrupt"]).status(9).stderr_has("you had a corrupt key on the device");
    let saved = file(&environment, "corrupt.der");
    assert_eq!((saved.len(), &saved[..14]), (612, &b"this is no key"[..]));
}

#[test]
fn load_backs_up_writes_and_restores() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    let old = device_key(&environment, PHOTON);
    put(&environment, "mine.pem", RSA_PKCS8);
    keys(&environment, &["load", "mine.pem"])
        .success()
        .stdout_has("Saved existing key to backup_rsa_mine.der\nSaved!\n")
        .stderr_has("PKCS#8");
    assert_eq!(device_key(&environment, PHOTON), RSA);
    let backup = file(&environment, "backup_rsa_mine.der");
    assert!(backup.len() == 612 && backup.starts_with(&old));
    assert_eq!(mode_of(&environment.work().join("backup_rsa_mine.der")), 0o600);
    // Loading the same again changes nothing and backs nothing up.
    assert_eq!(keys(&environment, &["load", "mine"]).status(4).stdout, "");
    assert_eq!(keys(&environment, &["load", "mine.pem"]).success().stdout, "Saved!\n");
    keys(&environment, &["load", "backup_rsa_mine"]).success();
    assert_eq!(device_key(&environment, PHOTON), old);
    assert_eq!(environment.device("photon")["mode"], "normal");
}

#[test]
fn keys_a_device_cannot_use_are_refused_before_it_is_touched() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    let old = device_key(&environment, PHOTON);
    put(&environment, "misread.der", RSA_MISREAD);
    put(&environment, "ec.der", EC);
    keys(&environment, &["load", "misread"]).status(1).stderr_has("its firmware would misread the key");
    keys(&environment, &["load", "ec"]).status(1).stderr_has("this is an elliptic-curve key");
    put(&environment, "public.der", include_bytes!("../data/keys/rsa.pub.der"));
    keys(&environment, &["load", "public"]).status(1).stderr_has("this is a public key");
    keys(&environment, &["load", "nothing"]).status(4).stderr_has("I couldn't find the file: nothing");
    assert_eq!(device_key(&environment, PHOTON), old);
    assert_eq!(environment.device("photon")["mode"], "normal");
    keys(&environment, &["load", "misread", "--force"]).success();
    assert_eq!(device_key(&environment, PHOTON), RSA_MISREAD);
}

#[test]
fn a_key_that_arrives_damaged_is_noticed() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron", "--fault", "corrupt@dfu-write"]);
    put(&environment, "ec.der", EC);
    keys(&environment, &["load", "ec"]).status(9).stderr_has("verification failed");
    assert_eq!(environment.device("boron")["mode"], "dfu", "it stays where it can be repaired");
    keys(&environment, &["load", "ec"]).success();
    assert_eq!(device_key(&environment, BORON), EC);
}

#[test]
fn a_device_pulled_out_half_way_is_said_and_the_key_is_kept() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron", "--fault", "unplug@dfu-write"]);
    let old = device_key(&environment, BORON);
    put(&environment, "ec.der", EC);
    keys(&environment, &["load", "ec"]).status(8).stderr_has("disconnected");
    assert!(file(&environment, "backup_ec_ec.der").starts_with(&old));
}

#[test]
fn devices_that_cannot_be_used_are_told_apart() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron", "--protect", "boron"]);
    put(&environment, "ec.der", EC);
    keys(&environment, &["load", "ec"]).status(6).stderr_has(PHOTON).stderr_has(BORON);
    keys(&environment, &["load", "ec", "--device", ELECTRON]).status(6).stderr_has(ELECTRON);
    keys(&environment, &["load", "ec", "--device", BORON]).status(7).stderr_has("protected");
    for device in ["photon", "boron"] {
        environment.in_sandbox(["sandbox", "unplug", device]).success();
    }
    keys(&environment, &["address"]).status(6).stderr_has("No devices found");
}

#[test]
fn a_device_that_another_program_has_is_busy() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "busy@import*"]);
    keys(&environment, &["address"]).status(7).stderr_has("in use");
}

#[test]
fn a_device_that_cannot_be_switched_is_given_up_when_the_time_given_is_over() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--fault", "hang@control:50*"]);
    let output = environment.in_sandbox(["--timeout", "200ms", "keys", "save", "mykey"]);
    output.status(124).stderr_has("--timeout");
    assert_eq!(fs::read_dir(environment.work()).unwrap().count(), 0);
}

#[test]
fn firmware_that_knows_no_control_requests_is_switched_by_its_serial_port() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--os-version", "photon=0.5.5"]);
    keys(&environment, &["address"]).success();
}

#[test]
fn send_takes_either_half_of_a_key_and_any_way_to_name_the_device() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    put(&environment, "device.pub.pem", include_bytes!("../data/keys/rsa.pub.pem"));
    keys(&environment, &["send", PHOTON, "device.pub.pem"]).status(3).stderr_has("logged in");
    environment.log_in();
    let expected =
        format!("attempting to add a new public key for device {PHOTON}\nsubmitting public key succeeded!\n");
    for arguments in [
        &[PHOTON, "device.pub.pem"][..],
        &["photon", "device.der"],
        &["device.pub.pem"],
        &[PHOTON, "device", "--product_id", "6"],
    ] {
        let output = environment.in_sandbox(["keys", "send"].iter().chain(arguments)).success();
        assert_eq!(output.stdout, expected);
    }
    put(&environment, "private.pem", RSA_PKCS8);
    keys(&environment, &["send", PHOTON, "private.pem"]).success();
    keys(&environment, &["send", PHOTON, "nothing"]).status(4).stderr_has("Couldn't find nothing.pub.pem");
    keys(&environment, &["send", "0123456789ABCDEFGHI", "device.pub.pem"])
        .status(4)
        .stderr_has("use `particle identify` to find your device id");
    put(&environment, "letter.pem", b"dear sir");
    keys(&environment, &["send", PHOTON, "letter.pem"]).status(1).stderr_has("letter.pem: this is no key");
}

#[test]
fn send_says_why_the_cloud_refuses() {
    let environment = TestEnvironment::new();
    environment.log_in();
    let _sandbox = environment.start_sandbox(["--fault", "http-403@POST:/v1/provisioning"]);
    put(&environment, "device.pub.pem", include_bytes!("../data/keys/rsa.pub.pem"));
    keys(&environment, &["send", PHOTON, "device.pub.pem"])
        .status(7)
        .stderr_has("Error sending public key to server");
}

#[test]
fn address_and_protocol_are_read() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,electron"]);
    let address = keys(&environment, &["address", "--device", PHOTON]).success();
    assert_eq!(address.stdout, "\ntcp://device.spark.io:5683\n");
    let address = keys(&environment, &["address", "--device", ELECTRON, "--protocol", "tcp"]).success();
    assert_eq!(address.stdout, "\ntcp://device.spark.io:5683\n");
    let json = environment.in_sandbox(["--json", "keys", "address", "--device", ELECTRON]).success().data();
    let expected =
        json!({"device": ELECTRON, "protocol": "udp", "host": "$id.udp.particle.io", "port": 5684});
    assert_eq!(json, expected);
    keys(&environment, &["address", "--device", PHOTON, "--protocol", "udp"]).status(2);
    let shown = keys(&environment, &["protocol", "--device", PHOTON]).success();
    assert_eq!(shown.stdout, "Device protocol is set to tcp\n");
}

#[test]
fn the_protocol_of_an_electron_is_changed_and_nobody_elses() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,electron"]);
    let protocol = |arguments: &[&str]| {
        environment
            .in_sandbox(["keys", "protocol", "--device", ELECTRON].iter().chain(arguments))
            .success()
            .stdout
    };
    assert_eq!(protocol(&[]), "Device protocol is set to udp\n");
    assert_eq!(protocol(&["tcp"]), "Protocol changed to tcp\n");
    assert_eq!(protocol(&[]), "Device protocol is set to tcp\n");
    assert_eq!(protocol(&["--protocol", "udp"]), "Protocol changed to udp\n");
    assert_eq!(protocol(&[]), "Device protocol is set to udp\n");
    keys(&environment, &["protocol", "udp", "--device", PHOTON])
        .status(1)
        .stderr_has("Protocol cannot be changed for this device");
    keys(&environment, &["protocol", "smoke"]).status(2);
}

#[test]
fn json_names_what_was_done() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    put(&environment, "mine.der", RSA);
    let data = |arguments: &[&str]| -> Value {
        environment.in_sandbox(["--json", "keys"].iter().chain(arguments)).success().data()
    };
    assert_eq!(
        data(&["load", "mine.der"]),
        json!({"device": PHOTON, "protocol": "tcp", "algorithm": "rsa", "backup": "backup_rsa_mine.der"})
    );
    assert_eq!(
        data(&["save", "saved"]),
        json!({
            "device": PHOTON, "protocol": "tcp", "algorithm": "rsa",
            "deviceKey": "saved.der", "publicKey": "saved.pub.pem",
        })
    );
    assert_eq!(data(&["protocol"]), json!({"device": PHOTON, "protocol": "tcp", "changed": false}));
    assert_eq!(
        data(&["server"]),
        json!({
            "device": PHOTON, "protocol": "tcp", "host": "device.spark.io", "port": 5683, "file": null,
            "backup": null,
        })
    );
}

#[test]
fn a_device_that_cannot_be_switched_needs_a_hand_on_its_buttons() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron", "--fault", "hang@control:50*"]);
    // It takes the client's full minute to give the device up.
    keys(&environment, &["save", "mykey.der"])
        .status(6)
        .stderr_has("cannot be put into DFU mode from here")
        .stderr_has("put the device into DFU mode and try again");
    assert!(!environment.work().join("mykey.der").exists());
}
