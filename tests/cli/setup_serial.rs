//! `particle setup` over the cable.

use crate::support::{
    MFA_USERNAME, OTP, Output, PASSWORD, Sandbox, TestEnvironment, USERNAME, terminal::run_on_terminal,
};
use serde_json::{Value, json};

const USE_ACCOUNT: (&str, &str) = ("Would you like to use this account?", "\r");
const CONTINUE: (&str, &str) = ("Would you like to continue with this one?", "\r");
const DOWN: &str = "\u{1b}[B";

/// A running sandbox with a device that is nobody's, and a Boron, which is no device to set up over the cable.
struct Bench {
    environment: TestEnvironment,
    _sandbox: Sandbox,
    id: String,
}

impl Bench {
    fn start(device: &str, arguments: &[&str]) -> Self {
        let environment = TestEnvironment::new();
        let devices = format!("boron,{device}");
        let sandbox = environment.start_sandbox([&["--devices", &devices], arguments].concat());
        environment.log_in();
        let id = environment.device(device)["id"].as_str().unwrap().to_owned();
        environment.in_sandbox(["device", "remove", device, "--yes"]).success();
        Self { environment, _sandbox: sandbox, id }
    }

    /// Runs `particle setup --yes --file FILE ARGUMENTS`, with the network in the file.
    fn set_up(&self, network: &Value, arguments: &[&str]) -> Output {
        self.environment.in_sandbox(self.arguments(network, arguments))
    }

    fn arguments<'a>(&self, network: &Value, arguments: &[&'a str]) -> Vec<&'a str> {
        std::fs::write(self.environment.work().join("wifi.json"), network.to_string()).unwrap();
        [&["-vv", "setup", "--yes", "--file", "wifi.json"], arguments].concat()
    }

    fn state(&self) -> Value {
        self.environment.device(&self.id)
    }
}

fn workshop() -> Value {
    json!({ "network": "Workshop", "security": "WPA2_AES", "password": "solder and flux" })
}

#[test]
fn a_photon_or_p1_is_claimed_named_and_online() {
    for (device, version, kind) in
        [("photon", "3.3.1", "Photon"), ("p1", "3.3.1", "P1"), ("photon", "0.6.4", "Photon")]
    {
        let bench = Bench::start(device, &["--os-version", &format!("{device}={version}")]);
        let done = bench.set_up(&workshop(), &["--name", "porch"]).success();
        let expected = format!(
            "Your {kind} has been given the name porch\nCongratulations! You've just won the internet!\nDevice id: {}\n",
            bench.id
        );
        assert_eq!(done.stdout, expected);
        let done = done
            .stderr_has(&format!("> I have detected a {kind} connected via USB."))
            .stderr_has("Claim code set. Now setting up Wi-Fi")
            .stderr_has(&format!("It looks like your {kind} has made it happily to the cloud!"));
        assert!(!done.stderr.contains("solder"), "{}", done.stderr);
        let state = bench.state();
        assert_eq!((&state["owner"], &state["name"]), (&json!(USERNAME), &json!("porch")));
        assert_eq!((&state["online"], &state["mode"]), (&json!(true), &json!("normal")));
    }
}

#[test]
fn a_core_is_claimed_by_its_id_once_it_is_online() {
    let bench = Bench::start("core", &[]);
    let done = bench.set_up(&workshop(), &["--name", "porch"]).success();
    assert_eq!(
        done.stdout,
        format!("You've successfully setup your core porch ({})\nNice work!\n", bench.id)
    );
    let state = bench.state();
    assert_eq!((&state["owner"], &state["name"]), (&json!(USERNAME), &json!("porch")));
    assert_eq!(state["online"], true);
}

#[test]
fn a_device_of_which_only_the_port_is_known_says_who_it_is() {
    for device in ["core", "photon"] {
        let mode = format!("{device}=listening");
        let bench = Bench::start(device, &["--mode", &mode]);
        let port = bench.state()["terminal"].as_str().unwrap().to_owned();
        let done = bench.set_up(&workshop(), &["--port", &port]).success();
        assert_eq!(
            done.stdout,
            format!("You've successfully setup your device ({})\nNice work!\n", bench.id)
        );
        assert_eq!((&bench.state()["owner"], &bench.state()["online"]), (&json!(USERNAME), &json!(true)));
    }
}

#[test]
fn the_device_is_one_report_as_json() {
    let bench = Bench::start("photon", &[]);
    let data = bench.set_up(&workshop(), &["--json"]).success().data();
    assert_eq!(data, json!({ "device": bench.id, "name": null, "online": true }));
}

#[test]
fn a_person_is_asked_step_by_step() {
    let bench = Bench::start("photon", &[]);
    let answers = [
        USE_ACCOUNT,
        CONTINUE,
        ("Should I scan for nearby Wi-Fi networks?", "n"),
        ("SSID", "Workshop\r"),
        ("Wi-Fi Password", "solder and flux\r"),
        ("What would you like to call your Photon (Enter to skip)?", "porch\r"),
    ];
    let shown = run_on_terminal(bench.environment.sandbox_command(["setup"]), &answers)
        .success()
        .stdout_has("Your Photon has been given the name porch")
        .stdout_has("Congratulations! You've just won the internet!");
    assert!(!shown.stdout.contains("solder"), "{}", shown.stdout);
    assert_eq!(bench.state()["name"], "porch");
}

#[test]
fn a_core_shouts_rainbows_while_it_is_named() {
    let bench = Bench::start("core", &[]);
    let answers = [
        USE_ACCOUNT,
        CONTINUE,
        ("Should I scan for nearby Wi-Fi networks?", "n"),
        ("SSID", "Workshop\r"),
        // A Core does not look for the network itself.
        ("Security Type", "\r"),
        ("Cipher Type", "\r"),
        ("Wi-Fi Password", "solder and flux\r"),
        ("Press ENTER when your core is breathing CYAN", "\r"),
        ("What would you like to call your core (Enter to skip)?", "porch\r"),
    ];
    run_on_terminal(bench.environment.sandbox_command(["-vv", "setup"]), &answers)
        .success()
        .stdout_has("\"signal\":\"1\"")
        .stdout_has("\"signal\":\"0\"")
        .stdout_has(&format!("You've successfully setup your core porch ({})", bench.id))
        .stdout_has("Nice work!");
}

#[test]
fn a_core_that_is_somebody_elses_ends_with_7() {
    let bench = Bench::start("core", &[]);
    let environment = &bench.environment;
    environment.in_sandbox(["login", "-u", MFA_USERNAME, "-p", PASSWORD, "--otp", OTP]).success();
    environment.in_sandbox(["device", "add", &bench.id]).success();
    environment.log_in();
    bench
        .set_up(&workshop(), &["--name", "porch"])
        .status(7)
        .stderr_has(&format!("The device {} is online, but belongs to someone else", bench.id))
        .stderr_has(&format!("`particle device add {}` asks its owner for it", bench.id));
    assert_eq!(bench.state()["owner"], MFA_USERNAME);
    assert_ne!(bench.state()["name"], "porch");
}

#[test]
fn a_port_at_which_nobody_says_who_it_is_ends_with_6() {
    let bench = Bench::start("photon", &[]);
    let port = bench.state()["terminal"].as_str().unwrap().to_owned();
    let arguments = bench.arguments(&workshop(), &["--port", &port]);
    // A device that does not listen says nothing. A person may change that.
    let listen = "Hold MODE or SETUP until the light blinks blue, then press ENTER";
    let command = bench.environment.sandbox_command(&arguments);
    run_on_terminal(command, &[(listen, "\u{3}")]).status(130);
    bench
        .environment
        .in_sandbox(&arguments)
        .status(6)
        .stderr_has("Serial timed out")
        .stderr_has("put the device into listening mode");
    assert_eq!(bench.state()["owner"], Value::Null);
}

#[test]
fn a_wrong_password_ends_with_6_where_nobody_can_be_asked() {
    for device in ["photon", "core"] {
        let bench = Bench::start(device, &[]);
        bench
            .set_up(&json!({ "network": "Sandbox", "password": "sandcastles" }), &[])
            .status(6)
            .stderr_has("has its Wi-Fi settings, but is not online")
            .stderr_has("a wrong Wi-Fi password is the usual reason");
        assert_eq!(bench.state()["reason"], "the device knows no Wi-Fi network in range");
    }
}

#[test]
fn after_a_wrong_password_a_person_may_type_another() {
    let bench = Bench::start("photon", &[]);
    std::fs::write(
        bench.environment.work().join("wifi.json"),
        json!({ "network": "Sandbox", "password": "sandcastles" }).to_string(),
    )
    .unwrap();
    let reconfigure = format!("{DOWN}\r");
    let answers = [
        USE_ACCOUNT,
        CONTINUE,
        ("What would you like to do?", reconfigure.as_str()),
        ("Should I scan for nearby Wi-Fi networks?", "n"),
        ("SSID", "Sandbox\r"),
        ("Wi-Fi Password", "sandcastle\r"),
        ("What would you like to call your Photon", "\r"),
    ];
    run_on_terminal(bench.environment.sandbox_command(["setup", "--file", "wifi.json"]), &answers)
        .success()
        .stdout_has("It doesn't look like your Photon has made it to the cloud yet.")
        .stdout_has("Reconfigure the Wi-Fi settings of the Photon")
        .stdout_has("Congratulations! You've just won the internet!");
    assert_eq!((&bench.state()["owner"], &bench.state()["online"]), (&json!(USERNAME), &json!(true)));
}

#[test]
fn firmware_that_knows_no_claims_is_set_up_over_its_own_network() {
    let bench = Bench::start("photon", &["--os-version", "photon=0.5.5"]);
    let arguments = bench.arguments(&workshop(), &["--manual"]);
    bench
        .environment
        .in_sandbox(arguments)
        .status(2)
        .stderr_has("The firmware of this device cannot be claimed over the cable.")
        .stderr_has("--softap");
}

#[test]
fn a_device_that_is_unplugged_half_way_is_set_up_by_the_same_command() {
    for fault in ["unplug@control:70", "unplug@control:200"] {
        let bench = Bench::start("photon", &["--fault", fault]);
        bench
            .set_up(&workshop(), &[])
            .status(8)
            .stderr_has("the device was disconnected")
            .stderr_has("connect the device again, and repeat the command");
        assert_eq!(bench.state()["owner"], Value::Null);
        bench.environment.in_sandbox(["sandbox", "plug", &bench.id]).success();
        bench.set_up(&workshop(), &[]).success();
        assert_eq!(bench.state()["owner"], json!(USERNAME));
    }
}

#[test]
fn dfu_mode_and_several_devices_end_with_6() {
    let bench = Bench::start("photon", &["--mode", "photon=dfu"]);
    bench.set_up(&workshop(), &[]).status(6).stderr_has("The device should not be in DFU mode");
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "core,photon,boron"]);
    environment
        .in_sandbox(["setup", "--yes"])
        .status(6)
        .stderr_has("Found multiple devices")
        .stderr_has("Photon");
}

#[test]
fn without_a_terminal_the_missing_flag_is_named() {
    let bench = Bench::start("photon", &[]);
    bench.environment.in_sandbox(["setup"]).status(2).stderr_has("--yes");
    bench.environment.in_sandbox(["setup", "--yes"]).status(2).stderr_has("--file");
    bench.environment.in_sandbox(["setup", "--wifi", &bench.id]).status(2);
}

#[test]
fn a_cloud_that_gives_no_claim_code_leaves_the_device_without_settings() {
    let bench = Bench::start("photon", &["--fault", "http-403@POST:/v1/device_claims"]);
    bench.set_up(&workshop(), &[]).status(7);
    assert_eq!(bench.state()["owner"], Value::Null);
}
