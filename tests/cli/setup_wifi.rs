//! `particle setup` and this computer's own Wi-Fi: looking for Photons, going to one, and coming back.

use crate::support::{Sandbox, TestEnvironment, nmcli::Nmcli, run, terminal::run_on_terminal};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

const USE_ACCOUNT: (&str, &str) = ("Would you like to use this account?", "\r");
/// The Photon's network, and its address.
const PHOTON: (&str, &str) = ("Photon-A B", "02:00:00:00:00:02");
/// What NetworkManager does the first time this computer is to go there.
const UNKNOWN: &str = "'connection up id Photon-A B') exit 10;;";
/// Everything a Photon is asked, in order.
const COMMANDS: [&str; 7] =
    ["version", "scan-ap", "device-id", "public-key", "set", "configure-ap", "connect-ap"];

/// A sandbox whose Photon listens, and a computer that hears its network.
struct Bench {
    environment: TestEnvironment,
    _sandbox: Sandbox,
    nmcli: Nmcli,
    softap: String,
}

impl Bench {
    fn start(arguments: &[&str]) -> Self {
        let environment = TestEnvironment::new();
        let usual = ["--devices", "core,photon", "--mode", "photon=listening"];
        let sandbox = environment.start_sandbox([&usual, arguments].concat());
        environment.log_in();
        let softap = environment.device("photon")["softap"].as_str().unwrap().to_owned();
        let file = json!({ "network": "Sandbox", "password": "sandcastle" }).to_string();
        fs::write(environment.work().join("network.json"), file).unwrap();
        let nmcli = Nmcli::near(&environment, &[PHOTON], UNKNOWN);
        Self { environment, _sandbox: sandbox, nmcli, softap }
    }

    /// The same with a computer that hears these networks instead.
    fn hearing(self, networks: &[(&str, &str)], more: &str) -> Self {
        let nmcli = Nmcli::near(&self.environment, networks, more);
        Self { nmcli, ..self }
    }

    /// `particle ARGUMENTS` on that computer.
    fn command(&self, arguments: &[&str]) -> Command {
        self.nmcli.before(self.environment.sandbox_command(arguments))
    }

    /// A set-up that asks nothing and changes this computer's network.
    fn set_up(&self) -> Command {
        let softap = &self.softap;
        self.command(&["-vv", "setup", "--wifi", "--softap", softap, "--yes", "--file", "network.json"])
    }

    fn photon(&self) -> Value {
        self.environment.device("photon")
    }
}

#[test]
fn this_computer_goes_to_the_devices_network_and_comes_back() {
    let bench = Bench::start(&[]);
    run(bench.set_up(), "").success();
    assert_eq!(bench.photon()["online"], true);
    assert_eq!(
        bench.nmcli.calls()[1..],
        [
            "--terse --escape yes --fields NAME,TYPE connection show --active",
            "connection up id Photon-A B",
            "device wifi connect Photon-A B",
            "connection up id Our Home"
        ]
    );
}

#[test]
fn a_device_that_is_lost_half_way_is_set_up_by_the_same_command() {
    for command in COMMANDS {
        let bench = Bench::start(&["--fault", &format!("unplug@softap:{command}")]);
        let lost = run(bench.set_up(), "").status(6);
        let expected = match command {
            // It may have gone off to its network without an answer.
            "connect-ap" => "has its Wi-Fi settings, but is not online",
            _ => &format!("does not answer to `{command}`"),
        };
        lost.stderr_has(expected).stderr_has("run `particle setup` again");
        assert!(bench.nmcli.is_home(), "{command}: {:?}", bench.nmcli.calls());
        bench.environment.in_sandbox(["sandbox", "plug", "photon"]).success();
        bench.environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
        run(bench.set_up(), "").success();
        assert_eq!((&bench.photon()["online"], bench.nmcli.is_home()), (&json!(true), true));
    }
}

#[test]
fn an_answer_that_is_cut_short_is_asked_for_again() {
    for command in COMMANDS {
        let bench = Bench::start(&["--fault", &format!("cut@softap:{command}")]);
        run(bench.set_up(), "").success();
        assert_eq!(bench.photon()["online"], true, "{command}");
    }
}

#[test]
fn a_device_that_speaks_one_transport_alone_is_set_up_over_that_one() {
    for (fault, used, unused) in [
        ("cut@softap-tcp*", "http://", "tcp://"),
        ("hang@softap-tcp*", "http://", ""),
        ("cut@softap-http*", "", "http://"),
    ] {
        let bench = Bench::start(&["--fault", fault]);
        let softap = |scheme: &str| format!("{scheme}{}", bench.softap);
        let trace = format!("softap: connect-ap to {}", softap(used));
        run(bench.set_up(), "").success().stderr_has(&trace);
        assert_eq!(bench.photon()["online"], true, "{fault}");
        if unused.is_empty() {
            continue;
        }
        bench.environment.in_sandbox(["sandbox", "press", "photon", "listen"]).success();
        let only = softap(unused);
        let setup = ["setup", "--softap", &only, "--yes", "--file", "network.json"];
        bench
            .environment
            .in_sandbox(setup)
            .status(8)
            .stderr_has("the device's answer to `version` makes no sense");
    }
}

#[test]
fn ctrl_c_brings_this_computer_back() {
    let bench = Bench::start(&["--fault", "hang@softap:set*"]);
    let mut running = bench.set_up().stderr(Stdio::piped()).spawn().unwrap();
    let mut trace = BufReader::new(running.stderr.take().unwrap()).lines();
    assert!(trace.any(|line| line.unwrap().contains("softap: set to")), "no trace of `set`");
    let process = rustix::process::Pid::from_child(&running);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert!(trace.any(|line| line.unwrap().contains("interrupted")), "no word of the interrupt");
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert!(bench.nmcli.is_home(), "{:?}", bench.nmcli.calls());
    // The same where a question is asked.
    let setup = bench.command(&["setup", "--wifi", "--softap", &bench.softap]);
    let answers = [USE_ACCOUNT, ("Found \"Photon-A B\"", "\r"), ("Shall I have the Photon scan", "\u{3}")];
    run_on_terminal(setup, &answers).status(130);
    assert!(bench.nmcli.is_home(), "{:?}", bench.nmcli.calls());
}

#[test]
fn a_computer_that_cannot_join_the_network_stays_where_it_was() {
    let bench = Bench::start(&[]);
    let failure = "*'up id Photon-A B') echo 'Error: Connection activation failed.' >&2; exit 4;;";
    let bench = bench.hearing(&[PHOTON], failure);
    run(bench.set_up(), "").status(1).stderr_has("`nmcli` failed: Error: Connection activation failed.");
    assert!(bench.nmcli.is_home(), "{:?}", bench.nmcli.calls());
}

#[test]
fn a_computer_without_network_manager_offers_to_leave_it_to_the_person() {
    let bench = Bench::start(&[]);
    let answers = [USE_ACCOUNT, ("We can still proceed in 'manual' mode", "n")];
    let mut command = bench.environment.sandbox_command(["setup", "--wifi"]);
    command.env("PATH", "/nowhere");
    run_on_terminal(command, &answers)
        .status(1)
        .stdout_has("I am unable to automatically connect to Wi-Fi networks: `nmcli` is not installed")
        .stdout_has("this program finds and changes networks with NetworkManager; install it")
        .stdout_has("Goodbye!");
}

#[test]
fn in_manual_mode_a_person_changes_between_the_networks() {
    let bench = Bench::start(&[]);
    let setup = bench.command(&["setup", "--wifi", "--manual", "--softap", &bench.softap]);
    let answers = [
        USE_ACCOUNT,
        ("Please connect to the Photon-XXXX network now. Press enter when ready", "\r"),
        ("Shall I have the Photon scan for available Wi-Fi networks?", "\r"),
        ("Select the Wi-Fi network", "\r"),
        ("Wi-Fi Password", "sandcastle\r"),
        ("with the information shown above?", "\r"),
        ("Please connect this computer to your own network again. Press enter when ready", "\r"),
        ("What would you like to call your device", "porch\r"),
    ];
    run_on_terminal(setup, &answers).success().stdout_has("Your device has been given the name porch");
    assert_eq!(bench.environment.device("porch")["online"], true);
    assert_eq!(bench.nmcli.calls(), [""; 0], "this computer's Wi-Fi is left alone");
}

#[test]
fn in_manual_mode_a_person_is_brought_back_after_a_failure_too() {
    let bench = Bench::start(&["--fault", "unplug@softap:set"]);
    let setup =
        bench.command(&["setup", "--wifi", "--manual", "--softap", &bench.softap, "--file", "network.json"]);
    let answers = [USE_ACCOUNT, ("Please connect to the Photon-XXXX network now", "\r")];
    run_on_terminal(setup, &answers)
        .status(6)
        .stdout_has("Please connect this computer to your own network again.")
        .stdout_has("does not answer to `set`")
        .stdout_has("this computer has to be in the network of the device");
}

#[test]
fn of_several_photons_a_person_chooses_and_names_of_networks_cannot_trick_the_terminal() {
    let bench = Bench::start(&[]);
    let evil = ("Photon-\u{1b}[2JZ", "02:00:00:00:00:03");
    let bench = bench.hearing(&[PHOTON, evil], UNKNOWN);
    let setup = bench.command(&["setup", "--wifi", "--softap", &bench.softap, "--file", "network.json"]);
    let answers = [
        USE_ACCOUNT,
        ("Which Photon would you like to set up?", "\u{1b}[B\r"),
        ("What would you like to call your device", "\r"),
    ];
    let shown = run_on_terminal(setup, &answers).success();
    assert!(!shown.stdout.contains("\u{1b}[2JZ"), "{}", shown.stdout);
    assert!(bench.nmcli.calls().contains(&"device wifi connect Photon-A B".to_owned()));
}

#[test]
fn with_nothing_attached_a_person_is_asked_whether_to_scan() {
    let bench = Bench::start(&[]);
    for device in ["core", "photon"] {
        bench.environment.in_sandbox(["sandbox", "unplug", device]).success();
    }
    let bench = bench.hearing(&[], "");
    let question = "Would you like to scan for nearby Photons in Wi-Fi setup mode?";
    run_on_terminal(bench.command(&["setup"]), &[(question, "n")])
        .status(1)
        .stdout_has("No devices detected via USB.")
        .stdout_has("Goodbye! Nothing was set up");
    run(bench.command(&["setup"]), "").status(2).stderr_has(question).stderr_has("--yes");
    assert_eq!(bench.nmcli.calls(), [""; 0], "nothing was scanned for");
    let monitor = "Would you like to wait and monitor for Photons entering setup mode?";
    let answers = [(question, "\r"), USE_ACCOUNT, (monitor, "n")];
    run_on_terminal(bench.command(&["setup"]), &answers).status(6);
    assert_eq!(bench.nmcli.calls().len(), 1);
    run(bench.command(&["setup", "--yes"]), "")
        .status(6)
        .stderr_has("No Photon in listening mode is in reach");
}

#[test]
fn the_network_of_the_photon_on_the_cable_is_preferred() {
    // Firmware that cannot be claimed over the cable.
    let bench = Bench::start(&["--os-version", "photon=0.5.5"]);
    let told = bench.environment.in_sandbox(["--json", "serial", "mac", "photon"]).success().data();
    let address = told["macAddress"].as_str().unwrap();
    let bench = bench.hearing(&[PHOTON, ("Photon-MINE", address)], "*'up id Photon-MINE') exit 4;;");
    let answers = [USE_ACCOUNT, ("Found \"Photon-MINE\"", "\r")];
    run_on_terminal(bench.command(&["setup", "photon"]), &answers)
        .status(1)
        .stdout_has("The firmware of this device cannot be claimed over the cable.");
}
