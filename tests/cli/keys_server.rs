//! `particle keys server`.

use super::keys::{file, keys, put};
use crate::support::TestEnvironment;

const RSA: &[u8] = include_bytes!("../data/keys/rsa.der");
const OWN_SERVER: &[u8] = include_bytes!("../data/keys/server_rsa.pub.pem");

#[test]
fn server_writes_key_and_address_and_the_way_back() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--mode", "photon=dfu"]);
    put(&environment, "my_server.pub.pem", OWN_SERVER);
    let server = |arguments: &[&str]| {
        environment.in_sandbox(["keys", "server"].iter().chain(arguments)).success().stdout
    };
    let done = "Okay!  New keys in place, your device will not restart.\n";
    assert_eq!(server(&["my_server.pub.pem", "192.168.1.10", "9000"]), done);
    assert_eq!(environment.device("photon")["server"], "tcp://192.168.1.10:9000");
    assert_eq!(server(&["my_server.pub.pem", "--host", "my.server", "--protocol", "tcp"]), done);
    assert_eq!(environment.device("photon")["server"], "tcp://my.server:5683");
    assert_eq!(server(&[]), done);
    assert_eq!(environment.device("photon")["server"], "tcp://device.spark.io:5683");
    assert_eq!(environment.device("photon")["mode"], "dfu");
}

#[test]
fn a_server_that_would_be_forgotten_is_kept_in_a_file() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    put(&environment, "own.pem", OWN_SERVER);
    let server = |arguments: &[&str]| {
        environment.in_sandbox(["--json", "keys", "server"].iter().chain(arguments)).success().data()
    };
    let changed = server(&["own.pem", "192.168.1.10", "9000"]);
    assert!(changed["backup"].is_null(), "the usual server is no loss: {changed}");
    assert!(server(&["own.pem", "192.168.1.10", "9000"])["backup"].is_null(), "nothing changed");
    let backup = server(&[])["backup"].as_str().unwrap().to_owned();
    assert_eq!(backup, "backup_rsa_3a0027000000000000060001_server.der");
    server(&[&backup]);
    assert_eq!(environment.device("photon")["server"], "tcp://192.168.1.10:9000");
}

#[test]
fn server_warns_that_udp_devices_have_a_port_of_their_own() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    put(&environment, "own.der", include_bytes!("../data/keys/ec.pub.der"));
    keys(&environment, &["server", "own.der", "192.168.1.10", "9000", "--protocol", "udp"])
        .success()
        .stderr_has("firmware ignores the port for udp");
    keys(&environment, &["server", "own.der"]).success().stderr_has("No address was given");
}

#[test]
fn server_makes_files_for_a_kind_of_device() {
    let environment = TestEnvironment::new();
    put(&environment, "own.pub.pem", OWN_SERVER);
    let make = |arguments: &[&str]| environment.particle(["keys", "server"].iter().chain(arguments));
    make(&["own.pub.pem", "192.168.1.10", "9000", "--deviceType", "photon"])
        .success()
        .stdout_has("Okay!  Formated server key file generated for this type of device.");
    let image = file(&environment, "own.pub-192_168_1_10-rsa.der");
    assert_eq!((image.len(), &image[384..390]), (512, &[0, 4, 192, 168, 1, 10][..]));
    make(&["own.pub.pem", "out.der", "--deviceType", "core"]).success();
    assert_eq!(file(&environment, "out.der").len(), 2048);
    make(&["own.pub.pem", "out.der", "--deviceType", "photon"]).status(1).stderr_has("already exists");
    make(&["--deviceType", "photon"]).status(2).stderr_has("`filename` parameter is required");
    make(&["own.pub.pem", "--deviceType", "toaster"]).status(2).stderr_has("photon");
    make(&["own.pub.pem", "--deviceType", "boron"]).status(1).stderr_has("this is an RSA key");
}

#[test]
fn server_addresses_that_cannot_be_stored_are_refused() {
    let environment = TestEnvironment::new();
    put(&environment, "own.pub.pem", OWN_SERVER);
    let long = "a".repeat(64);
    for host in ["::1", "1.2.3", "300.1.1.1", long.as_str()] {
        environment.particle(["keys", "server", "own.pub.pem", "--host", host]).status(2).stderr_has(host);
    }
    environment.particle(["keys", "server", "own.pub.pem", "--port", "9000"]).status(2).stderr_has("host");
    environment
        .particle(["keys", "server", "nothing.der"])
        .status(4)
        .stderr_has("Please specify a server key");
    put(&environment, "small.der", RSA);
    let output = environment.particle(["keys", "server", "small.der", "--deviceType", "photon"]);
    output.status(1).stderr_has("2048 bits");
}
