//! `particle mesh`.

use crate::support::{Output, Sandbox, TestEnvironment, read, terminal::run_on_terminal};
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::read::DeflateDecoder;
use serde_json::{Value, json};
use std::io::Read;

const PHOTON: &str = "3a0027000000000000060001";
const ARGON: &str = "e00fce6800000000000c0001";
const BORON: &str = "e00fce6800000000000d0001";
const XENON: &str = "e00fce6800000000000e0001";
const STRANGER: &str = "e00fce6800000000000e0009";

const CREATED: &str =
    "Done! The device will be registered in the network once it is connected to the cloud.\n";
const ADDED: &str = "Done! The device should now connect to the cloud.\n";
const NO_MEMBER: &str = "This device is not a member of any mesh network.\n";

/// A sandbox with mesh boards of the last Device OS for them, and Ada logged in.
fn sandbox(environment: &TestEnvironment, arguments: &[&str]) -> Sandbox {
    let versions = [format!("{ARGON}=1.5.2"), format!("{BORON}=1.5.2")];
    let fixed =
        ["--devices", "photon,argon,boron,xenon", "--os-version", &versions[0], "--os-version", &versions[1]];
    let sandbox = environment.start_sandbox(fixed.iter().chain(arguments));
    environment.log_in();
    sandbox
}

/// Runs `particle mesh ARGUMENTS` in the sandbox.
fn mesh(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox(std::iter::once(&"mesh").chain(arguments))
}

/// What it tells as JSON.
fn data(environment: &TestEnvironment, arguments: &[&str]) -> Value {
    environment.in_sandbox(["--json", "mesh"].iter().chain(arguments)).success().data()
}

/// Makes a network whose password is `secret`.
fn create(environment: &TestEnvironment, name: &str, device: &str) {
    let output = mesh(environment, &["create", name, device, "--password", "secret"]).success();
    assert_eq!(output.stdout, CREATED);
}

/// Adds a device to a network whose password is `secret`.
fn add(environment: &TestEnvironment, device: &str, assistant: &str) -> Output {
    mesh(environment, &["add", device, assistant, "--password", "secret"])
}

/// What the device says of its own network.
fn info(environment: &TestEnvironment, device: &str) -> String {
    mesh(environment, &["info", device]).success().stdout
}

/// Waits until the cloud's records hold networks, pending ones too, with so many members.
#[track_caller]
fn await_members(environment: &TestEnvironment, expected: &[usize]) {
    for _ in 0..500 {
        let state: Value = serde_json::from_str(&read(&environment.state())).unwrap();
        let networks = state["cloud"]["networks"].as_array().unwrap();
        if networks
            .iter()
            .map(|network| network["members"].as_array().unwrap().len())
            .eq(expected.iter().copied())
        {
            return;
        }
        environment.device(ARGON);
    }
    panic!("not {expected:?}: {}", read(&environment.state()));
}

#[test]
fn a_network_is_made_listed_and_kept() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, &[]);
    assert_eq!(mesh(&environment, &["list"]).success().stdout, "No networks found.\n");
    assert_eq!(info(&environment, "argon"), NO_MEMBER);
    assert_eq!(data(&environment, &["info", ARGON]), json!({ "device": ARGON, "network": null }));

    create(&environment, "office", "argon");
    assert_eq!(environment.device("argon")["mode"], "normal");
    assert_eq!(info(&environment, "argon"), "This device is a member of office.\n");
    let network = data(&environment, &["info", "argon"])["network"].clone();
    assert_eq!((&network["name"], &network["channel"]), (&json!("office"), &json!(11)));

    let listed = format!("office\n  devices:\n    argon [{ARGON}] (Argon)\n");
    for arguments in [&["list"][..], &["list", "office"], &["list", network["id"].as_str().unwrap()]] {
        assert_eq!(mesh(&environment, arguments).success().stdout, listed);
    }
    assert_eq!(mesh(&environment, &["list", "-n"]).success().stdout, "office\n");
    let argon = json!({ "id": ARGON, "name": "argon", "platform": "argon", "platformId": 12 });
    let row = |devices: Value| json!([{ "id": network["id"], "name": "office", "devices": devices }]);
    assert_eq!(data(&environment, &["list"]), row(json!([argon])));
    assert_eq!(data(&environment, &["list", "--networks-only"]), row(Value::Null));
    mesh(&environment, &["list", "home"]).status(4).stderr_has("Network not found: home");

    drop(sandbox);
    let _sandbox = environment.start_sandbox::<&str>([]);
    assert_eq!(mesh(&environment, &["list"]).success().stdout, listed);
    assert_eq!(info(&environment, "argon"), "This device is a member of office.\n");
}

#[test]
fn channel_and_password_are_the_ones_given_and_the_password_is_not_to_be_seen() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, &[]);
    let arguments = ["-vv", "mesh", "create", "office", "boron", "--channel", "20", "--password", "hunter22"];
    let output = environment.in_sandbox(arguments).success();
    assert!(
        output.stderr.contains("/v1/networks") && !output.stderr.contains("hunter22"),
        "{}",
        output.stderr
    );
    assert_eq!(data(&environment, &["info", "boron"])["network"]["channel"], 20);
    add(&environment, "xenon", "boron").status(8).stderr_has("This is not the password of the network");
    assert_eq!(info(&environment, "xenon"), NO_MEMBER);
    let arguments = ["-vv", "mesh", "add", "xenon", "boron", "--password", "hunter22"];
    let output = environment.in_sandbox(arguments).success();
    assert!(!output.stderr.contains("hunter22"), "{}", output.stderr);
    assert_eq!(info(&environment, "xenon"), "This device is a member of office.\n");
    sandbox.interrupt();
    assert!(!read(&environment.state()).contains("hunter22"));
}

#[test]
fn a_device_joins_through_another_one() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    create(&environment, "office", "argon");
    let network = data(&environment, &["list"])[0]["id"].clone();
    assert_eq!(add(&environment, "xenon", "argon").success().stdout, ADDED);
    let devices = format!("    argon [{ARGON}] (Argon)\n    xenon [{XENON}] (Xenon)\n");
    assert_eq!(mesh(&environment, &["list"]).success().stdout, format!("office\n  devices:\n{devices}"));
    assert_eq!(data(&environment, &["info", XENON])["network"]["id"], network);
    assert_eq!(environment.device("xenon")["mode"], "normal");

    let again = add(&environment, "xenon", "argon").success();
    assert_eq!(again.stdout, "The device is already a member of the network.\n");
    let again = data(&environment, &["add", "boron", "xenon", "--password", "secret"]);
    let expected = json!({
        "device": BORON, "network": { "id": network, "name": "office" }, "added": true, "claimed": false,
    });
    assert_eq!(again, expected);
}

#[test]
fn a_device_of_nobody_is_claimed_with_that() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, &[]);
    create(&environment, "office", "argon");
    environment.in_sandbox(["device", "remove", "xenon", "--yes"]).success();
    add(&environment, "xenon", "argon").status(4).stderr_has("Device not found: xenon");
    assert_eq!(environment.device(XENON)["owner"], Value::Null);

    let added = data(&environment, &["add", XENON, "argon", "--password", "secret"]);
    assert_eq!((&added["added"], &added["claimed"]), (&json!(true), &json!(true)));
    environment.in_sandbox(["list"]).success().stdout_has(&format!("<no name> [{XENON}]"));
    mesh(&environment, &["list"]).success().stdout_has(&format!("    <no name> [{XENON}] (Xenon)\n"));
    sandbox.interrupt();
    let state: Value = serde_json::from_str(&read(&environment.state())).unwrap();
    let xenon = state["bench"].as_array().unwrap().iter().find(|device| device["id"] == XENON).unwrap();
    let packed = BASE64_STANDARD.decode(xenon["memories"]["1"]["0x00001000"].as_str().unwrap()).unwrap();
    let mut page = Vec::new();
    DeflateDecoder::new(packed.as_slice()).read_to_end(&mut page).unwrap();
    assert_eq!(page[8134 - 4096], 1, "set-up is not done");
}

#[test]
fn a_member_of_another_network_is_asked_about() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    create(&environment, "office", "argon");
    create(&environment, "home", "boron");
    add(&environment, "xenon", "argon").success();

    let move_to_home = ["mesh", "add", "xenon", "boron", "--password", "secret"];
    let question = "The device is already a member of another network. Do you want to remove it from that network \
                    and proceed?";
    environment.in_sandbox(move_to_home).status(2).stderr_has(question).stderr_has("--yes");
    let declined = run_on_terminal(environment.sandbox_command(move_to_home), &[("and proceed?", "\r")]);
    declined.status(1).stdout_has("Cancelled");
    assert_eq!(info(&environment, "xenon"), "This device is a member of office.\n");
    environment.in_sandbox(move_to_home.iter().chain(&["--yes"])).success();
    assert_eq!(info(&environment, "xenon"), "This device is a member of home.\n");
    let listed = mesh(&environment, &["list"]).success().stdout;
    let expected = format!(
        "home\n  devices:\n    boron [{BORON}] (Boron)\n    xenon [{XENON}] (Xenon)\n\
         office\n  devices:\n    argon [{ARGON}] (Argon)\n"
    );
    assert_eq!(listed, expected);

    let own = ["mesh", "create", "cellar", "xenon", "--password", "secret"];
    environment.in_sandbox(own).status(2).stderr_has("This device is already a member of another network.");
    let declined = run_on_terminal(environment.sandbox_command(own), &[("and proceed?", "n")]);
    declined.status(1).stdout_has("Cancelled");
    environment.in_sandbox(own.iter().chain(&["-y"])).success();
    assert_eq!(mesh(&environment, &["list", "-n"]).success().stdout, "cellar\nhome\noffice\n");
    mesh(&environment, &["create", "home", "argon", "--password", "secret", "--yes"])
        .status(1)
        .stderr_has("Unable to register the network: Name already in use");
}

#[test]
fn a_device_is_removed_when_it_is_confirmed() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    create(&environment, "office", "argon");
    let question = "Are you sure you want to remove this device from the network?";
    mesh(&environment, &["remove", "argon"]).status(2).stderr_has(question).stderr_has("--yes");
    let remove = || environment.sandbox_command(["mesh", "remove", "argon"]);
    run_on_terminal(remove(), &[(question, "\r")]).status(1).stdout_has("Cancelled");
    assert_eq!(info(&environment, "argon"), "This device is a member of office.\n");
    run_on_terminal(remove(), &[(question, "y")]).success().stdout_has("Done.");
    assert_eq!(info(&environment, "argon"), NO_MEMBER);
    await_members(&environment, &[]);
    assert_eq!(mesh(&environment, &["remove", "argon"]).success().stdout, NO_MEMBER);
    assert_eq!(data(&environment, &["remove", "argon"]), json!({ "device": ARGON, "removed": false }));
}

#[test]
fn a_scan_finds_the_networks_of_devices_that_have_power() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    assert_eq!(mesh(&environment, &["scan", "xenon"]).success().stdout, "No networks found.\n");
    create(&environment, "office", "argon");
    create(&environment, "Home", "boron");
    assert_eq!(mesh(&environment, &["scan", XENON]).success().stdout, "Home\noffice\n");
    let seen = data(&environment, &["scan", "argon"]);
    let own = data(&environment, &["info", "boron"])["network"].clone();
    let expected = json!([{
        "name": "Home", "panId": own["panId"], "extPanId": own["extPanId"], "channel": own["channel"],
    }]);
    assert_eq!(seen, expected);
    assert_eq!(own["channel"], 12);
    environment.in_sandbox(["sandbox", "unplug", ARGON]).success();
    assert_eq!(mesh(&environment, &["scan", "xenon"]).success().stdout, "Home\n");
    environment.in_sandbox(["sandbox", "press", BORON, "dfu"]).success();
    assert_eq!(mesh(&environment, &["scan", "xenon"]).success().stdout, "No networks found.\n");
    environment.in_sandbox(["sandbox", "plug", ARGON]).success();
    environment.device(ARGON);
    assert_eq!(mesh(&environment, &["scan", "xenon"]).success().stdout, "office\n");
}

#[test]
fn other_boards_and_versions_are_refused() {
    let environment = TestEnvironment::new();
    let modern = format!("{BORON}=2.0.0");
    let ancient = format!("{XENON}=0.8.0");
    let _sandbox = sandbox(&environment, &["--os-version", &modern, "--os-version", &ancient]);
    for arguments in [&["create", "net", "photon"][..], &["info", PHOTON], &["scan", "photon"]] {
        mesh(&environment, arguments)
            .status(8)
            .stderr_has("The device does not support mesh networking")
            .stderr_has("is a Photon");
    }
    for arguments in [&["create", "net", "boron"][..], &["info", BORON], &["scan", "boron"]] {
        mesh(&environment, arguments)
            .status(8)
            .stderr_has("The device does not support mesh networking: it runs Device OS 2.0.0")
            .stderr_has("discontinued: only Device OS 0.9.0 to 1.5.2 has it")
            .stderr_has("`particle update --target 1.5.2`");
    }
    mesh(&environment, &["info", "xenon"]).status(8).stderr_has("it runs Device OS 0.8.0");
    create(&environment, "office", "argon");
    add(&environment, "boron", "argon").status(8).stderr_has("it runs Device OS 2.0.0");
    add(&environment, "argon", "boron").status(1).stderr_has("not a member of any mesh network");
    await_members(&environment, &[1]);
}

#[test]
fn what_is_missing_is_said_before_anything_is_changed() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &["--mode", &format!("{XENON}=dfu")]);
    let password = ["--password", "secret"];
    let create = |name, device| mesh(&environment, &[&["create", name, device][..], &password].concat());
    create("a name of seventeen", "argon").status(2).stderr_has("Invalid length of the network name");
    let short = mesh(&environment, &["create", "office", "argon", "--password", "12345"]).status(2);
    assert!(
        short.stderr.contains("Invalid length of the network password") && !short.stderr.contains("12345")
    );
    mesh(&environment, &["create", "office", "argon", "--channel", "9"]).status(2);
    mesh(&environment, &["create", "office", "argon"]).status(2).stderr_has("--password");
    mesh(&environment, &["create", "office"]).status(2);
    create("office", "nobody").status(4).stderr_has("Device not found: nobody");
    create("office", STRANGER).status(4);
    create("office", "xenon").status(6).stderr_has("should not be in DFU mode");
    await_members(&environment, &[]);
    assert_eq!(info(&environment, "argon"), NO_MEMBER);

    create("office", "argon").success();
    mesh(&environment, &["add", "boron", "argon"]).status(2).stderr_has("--password");
    environment.in_sandbox(["sandbox", "unplug", ARGON]).success();
    for arguments in [&["info", ARGON][..], &["remove", "argon", "--yes"], &["add", "boron", "argon"]] {
        mesh(&environment, arguments).status(6).stderr_has("Unable to connect to the device");
    }
    environment.in_sandbox(["logout"]).success();
    for arguments in [&["list"][..], &["remove", BORON], &["create", "home", BORON], &["add", BORON, ARGON]] {
        mesh(&environment, arguments).status(3).stderr_has("logged in");
    }
    assert_eq!(info(&environment, BORON), NO_MEMBER);
}

#[test]
fn passwords_are_asked_for_and_not_shown() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let (first, second) = ("Enter a password for the new network", "Confirm the password");
    let create = || environment.sandbox_command(["mesh", "create", "office", "argon"]);
    run_on_terminal(create(), &[(first, "hunter22\r"), (second, "hunter23\r")])
        .status(1)
        .stdout_has("The entered passwords do not match");
    run_on_terminal(create(), &[(first, "short\r"), (second, "short\r")])
        .status(2)
        .stdout_has("Invalid length of the network password");
    await_members(&environment, &[]);
    let shown = run_on_terminal(create(), &[(first, "hunter22\r"), (second, "hunter22\r")]).success().stdout;
    assert!(shown.contains("Done!") && !shown.contains("hunter22"), "{shown}");
    let add = environment.sandbox_command(["mesh", "add", "xenon", "argon"]);
    let shown = run_on_terminal(add, &[("Enter the network password", "hunter22\r")]).success().stdout;
    assert!(shown.contains("Done!") && !shown.contains("hunter22"), "{shown}");
}

#[test]
fn a_network_that_the_device_does_not_make_is_taken_back() {
    for (fault, status) in [("unplug@control:1002", 8), ("stall@control:1002", 8), ("unplug@control:70", 8)] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        mesh(&environment, &["create", "office", "argon", "--password", "secret"])
            .status(status)
            .stderr_has("Unable to create the network on the device")
            .stderr_has("the network was taken back from the cloud");
        await_members(&environment, &[]);
        environment.in_sandbox(["sandbox", "plug", ARGON]).success();
        create(&environment, "office", "argon");
        assert_eq!(environment.device("argon")["mode"], "normal", "{fault}");
    }
    let environment = TestEnvironment::new();
    let faults = ["--fault", "unplug@control:1002", "--fault", "http-500@DELETE:/v1/networks"];
    let _sandbox = sandbox(&environment, &faults);
    mesh(&environment, &["create", "office", "argon", "--password", "secret"])
        .status(8)
        .stderr_has("the cloud still keeps a place for the network");
    environment.in_sandbox(["sandbox", "plug", ARGON]).success();
    create(&environment, "office", "argon");
    await_members(&environment, &[1]);
}

#[test]
fn a_cloud_that_fails_leaves_the_device_alone() {
    for (fault, status) in [
        ("http-500@POST:/v1/networks", 5),
        ("http-404@POST:/v1/networks", 4),
        ("http-403@POST:/v1/networks", 7),
        ("http-401@POST:/v1/networks", 3),
        ("http-429@POST:/v1/networks*", 5),
        ("cut@GET:/v1/devices*", 5),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        mesh(&environment, &["create", "office", "argon", "--password", "secret"]).status(status);
        assert_eq!(info(&environment, ARGON), NO_MEMBER, "{fault}");
        assert_eq!(environment.device(ARGON)["mode"], "normal", "{fault}");
    }
    for (fault, status) in [("http-500@/v1/networks*", 5), ("http-404@/v1/networks*", 4)] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        mesh(&environment, &["list"]).status(status);
    }
}

#[test]
fn a_device_that_does_not_join_is_taken_back() {
    for fault in ["unplug@control:1005", "unplug@control:1008", "stall@control:1006"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        create(&environment, "office", "argon");
        add(&environment, "xenon", "argon")
            .status(8)
            .stderr_has("Unable to join the network")
            .stderr_has("type the same command again");
        await_members(&environment, &[1]);
        environment.in_sandbox(["sandbox", "plug", XENON]).success();
        environment.device(XENON);
        assert_eq!(add(&environment, "xenon", "argon").success().stdout, ADDED, "{fault}");
    }
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &["--fault", "unplug@control:1003"]);
    create(&environment, "office", "argon");
    add(&environment, "xenon", "argon").status(8);
    assert_eq!(info(&environment, "xenon"), NO_MEMBER);
    await_members(&environment, &[1]);
}

#[test]
fn a_cloud_that_refuses_keeps_the_device_out() {
    for (fault, status) in [
        ("http-500@PUT:/v1/networks*", 5),
        ("http-404@PUT:/v1/networks", 4),
        ("http-403@PUT:/v1/networks", 7),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        create(&environment, "office", "argon");
        add(&environment, "xenon", "argon").status(status).stderr_has("Unable to register the device");
        assert_eq!(info(&environment, "xenon"), NO_MEMBER, "{fault}");
    }
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &["--fault", "http-500@POST:/v1/device_claims"]);
    create(&environment, "office", "argon");
    environment.in_sandbox(["device", "remove", "xenon", "--yes"]).success();
    add(&environment, XENON, "argon")
        .status(5)
        .stderr_has("The device has joined the network, but was not claimed")
        .stderr_has(&format!("`particle device add {XENON}` makes it yours"));
    assert_eq!(info(&environment, XENON), "This device is a member of office.\n");
}

#[test]
fn a_removal_that_fails_can_be_done_again() {
    for fault in ["unplug@control:1009", "http-500@DELETE:/v1/devices"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        create(&environment, "office", "argon");
        let failed = mesh(&environment, &["remove", "argon", "--yes"]);
        match fault.starts_with("http") {
            true => failed
                .status(5)
                .stderr_has("The device has left its network, but the cloud still takes it for a member")
                .stderr_has("type the same command again"),
            false => failed.status(8).stderr_has("Unable to clear the network credentials"),
        };
        environment.in_sandbox(["sandbox", "plug", ARGON]).success();
        environment.device(ARGON);
        assert_eq!(mesh(&environment, &["remove", "argon", "--yes"]).success().stdout, "Done.\n", "{fault}");
        assert_eq!(info(&environment, "argon"), NO_MEMBER);
    }
}

#[test]
fn a_device_that_was_listening_is_asked_as_it_is_and_goes_to_work() {
    let environment = TestEnvironment::new();
    let modes = [format!("{ARGON}=listening"), format!("{XENON}=listening")];
    let _sandbox = sandbox(&environment, &["--mode", &modes[0], "--mode", &modes[1]]);
    create(&environment, "office", "argon");
    add(&environment, "xenon", "argon").success();
    for device in ["argon", "xenon"] {
        assert_eq!(environment.device(device)["mode"], "normal");
    }
}
