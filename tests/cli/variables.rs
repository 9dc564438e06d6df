//! `get`, `monitor` and the `variable` group.

use crate::support::{
    Output, Sandbox, TestEnvironment, portal::run_behind_portal, run, terminal::run_on_terminal,
};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Child, ChildStderr, ChildStdout, Stdio},
};

const BORON: &str = "e00fce6800000000000d0001";
const ELECTRON: &str = "3a00270000000000000a0001";
const PHOTON: &str = "3a0027000000000000060001";

/// A running sandbox with a Photon that is offline, and an Electron and a Boron that are online, and somebody logged in.
struct Fleet {
    environment: TestEnvironment,
    _sandbox: Sandbox,
}

impl Fleet {
    fn start(faults: &[&str]) -> Self {
        let environment = TestEnvironment::new();
        let sandbox = environment.start_sandbox(faults.iter().flat_map(|fault| ["--fault", fault]));
        environment.log_in();
        Self { environment, _sandbox: sandbox }
    }

    fn get(&self, arguments: &[&str]) -> Output {
        self.environment.in_sandbox(["get"].iter().chain(arguments))
    }

    fn monitor(&self, arguments: &[&str]) -> Monitor {
        let mut command = self.environment.sandbox_command(["monitor"].iter().chain(arguments));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let notes = BufReader::new(child.stderr.take().unwrap());
        Monitor { child, lines, notes }
    }
}

/// A running `particle monitor`.
struct Monitor {
    child: Child,
    lines: BufReader<ChildStdout>,
    notes: BufReader<ChildStderr>,
}

impl Monitor {
    /// The next lines of its output.
    fn take(&mut self, count: usize) -> Vec<String> {
        (0..count)
            .map(|_| {
                let mut line = String::new();
                self.lines.read_line(&mut line).unwrap();
                line.trim_end_matches('\n').to_owned()
            })
            .collect()
    }

    /// Reads standard error up to a line with this text.
    fn wait_for_note(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(self.notes.read_line(&mut line).unwrap() > 0, "it does not say {text:?}");
        }
    }

    /// Presses Ctrl-C. What is left of standard error is in the result.
    fn interrupt(mut self) -> Output {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        self.end_of(String::new())
    }

    /// Waits until it ends by itself.
    fn end(mut self) -> Output {
        let mut stdout = String::new();
        self.lines.read_to_string(&mut stdout).unwrap();
        self.end_of(stdout)
    }

    fn end_of(&mut self, stdout: String) -> Output {
        let mut stderr = String::new();
        self.notes.read_to_string(&mut stderr).unwrap();
        Output { status: self.child.wait().unwrap().code().unwrap_or(-1), stdout, stderr }
    }
}

/// Whether a text is a time with its offset, to the second.
fn is_time(text: &str) -> bool {
    text.len() == "2026-11-20T15:40:16+00:00".len() && text.parse::<jiff::Timestamp>().is_ok()
}

#[test]
fn get_prints_the_value() {
    let fleet = Fleet::start(&[]);
    let get = fleet.get(&[BORON, "temperature"]).success();
    assert_eq!((get.stdout.as_str(), get.stderr.as_str()), ("72.1\n", ""));
    assert_eq!(fleet.get(&["boron", "version"]).success().stdout, "6.3.4\n");
    let long_form = fleet.environment.in_sandbox(["variable", "get", "boron", "temperature"]);
    assert_eq!(long_form.success().stdout, "72.1\n");
    let with_time = fleet.get(&["boron", "temperature", "--time"]).success().stdout;
    let (time, value) = with_time.split_once(", ").unwrap();
    assert!(is_time(time) && value == "72.1\n", "{with_time}");
}

#[test]
fn get_reads_from_a_device_of_a_product() {
    let fleet = Fleet::start(&[]);
    let product = ["--product", "12345"];
    assert_eq!(fleet.get(&[&[BORON, "temperature"][..], &product].concat()).success().stdout, "72.1\n");
    fleet
        .get(&[&["boron", "temperature"][..], &product].concat())
        .status(2)
        .stderr_has("`device` must be an id when `--product` flag is set - received: boron");
    fleet.get(&product).status(2).stderr_has("`device` parameter is required when `--product` flag is set");
    fleet
        .get(&[&[BORON][..], &product].concat())
        .status(2)
        .stderr_has("`variableName` parameter is required when `--product` flag is set")
        .stderr_has("particle variable list --product 12345");
}

#[test]
fn get_reads_from_all_devices_that_have_the_variable() {
    let fleet = Fleet::start(&[]);
    for arguments in [&["all", "temperature"][..], &["temperature"]] {
        let get = fleet.get(arguments).success().stderr_has("polling server to see what devices are online");
        assert_eq!(get.stdout, format!("{BORON}, 72.1\n{ELECTRON}, 72.1\n"));
    }
    let with_time = fleet.get(&["all", "temperature", "--time", "-q"]).success();
    let columns: Vec<_> = with_time.stdout.lines().next().unwrap().split(", ").collect();
    assert!(columns.len() == 3 && is_time(columns[1]), "{columns:?}");
    assert_eq!(with_time.stderr, "");
}

#[test]
fn get_without_a_variable_lists_what_there_is() {
    let fleet = Fleet::start(&[]);
    let variables = "  Variables:\n    temperature (double)\n    uptime (int32)\n    version (string)\n";
    let boron = format!("boron [{BORON}] (Product 12345) is online\n{variables}");
    assert_eq!(fleet.get(&["boron"]).success().stdout, boron);
    let electron = format!("electron [{ELECTRON}] (Electron) is online\n{variables}");
    let all = format!("{boron}{electron}photon [{PHOTON}] (Photon) is offline\n");
    assert_eq!(fleet.get(&[]).success().stdout, all);
    assert_eq!(fleet.environment.in_sandbox(["variable", "list"]).success().stdout, all);
    let product = fleet.environment.in_sandbox(["variable", "list", "--product", "sensors-v1"]).success();
    assert_eq!(product.stdout, boron);
    fleet.environment.in_sandbox(["function", "list", "--product", "12345"]).success();
    fleet.get(&["photon"]).status(6).stderr_has("photon is offline");
}

#[cfg(unix)]
#[test]
fn get_lets_a_person_choose_the_variable() {
    let fleet = Fleet::start(&[]);
    let command = fleet.environment.sandbox_command(["get", "boron"]);
    run_on_terminal(command, &[("Which variable did you want?", "\r")]).success().stdout_has("72.1");
}

#[test]
fn values_are_json_too() {
    let fleet = Fleet::start(&[]);
    let one = fleet.get(&["boron", "temperature", "--json"]).success().data();
    assert_eq!((&one["device"], &one["variable"]), (&json!("boron"), &json!("temperature")));
    assert_eq!((&one["value"], &one["error"]), (&json!(72.1), &Value::Null));
    assert!(one["time"].as_str().unwrap().ends_with('Z'));
    let all = fleet.get(&["all", "version", "--json"]).success().data();
    assert_eq!((&all[0]["device"], &all[0]["value"]), (&json!(BORON), &json!("6.3.4")));
    let list = fleet.environment.in_sandbox(["variable", "list", "--json"]).success().data();
    assert_eq!(list[0]["variables"]["uptime"], "int32");
}

#[test]
fn what_cannot_be_read_is_told_apart() {
    let fleet = Fleet::start(&[]);
    fleet.get(&["toaster", "temperature"]).status(4).stderr_has("Device not found: toaster");
    fleet
        .get(&["boron", "tea"])
        .status(4)
        .stderr_has("Variable `tea` not found")
        .stderr_has("boron has the variables temperature, uptime, version");
    fleet.get(&["photon", "temperature"]).status(6).stderr_has("Error while reading value: Timed out.");
    for arguments in [&["tea"][..], &["all", "tea"]] {
        fleet
            .get(arguments)
            .status(4)
            .stderr_has("No matching device")
            .stderr_has("2 of your 3 devices are online, none has a variable tea");
    }
    fleet.get(&[BORON, "temperature", "--product", "99"]).status(4).stderr_has("Device not found");
    fleet.get(&[BORON, "temperature", "--product", "gateways-v1"]).status(7);
}

#[test]
fn one_device_that_does_not_answer_does_not_spoil_the_others() {
    let fault = format!("http-408@GET:/v1/devices/{BORON}/temperature*");
    let fleet = Fleet::start(&[&fault]);
    let get = fleet.get(&["all", "temperature"]).status(6).stderr_has("Some variables could not be read");
    assert_eq!(get.stdout, format!("{ELECTRON}, 72.1\n"));
    assert!(get.stderr.contains(&format!("{BORON}: Error while reading value")), "{}", get.stderr);
    let get = fleet.get(&["all", "temperature", "--json"]).status(6).data();
    assert_eq!((&get[0]["value"], &get[1]["error"]), (&Value::Null, &Value::Null));
    assert!(get[0]["error"].as_str().unwrap().contains("HTTP 408"));
}

#[test]
fn trouble_with_the_cloud_is_waited_out_or_told() {
    let path = "GET:/v1/devices/boron/temperature";
    let faults = [format!("http-429@{path}*2"), format!("cut@{path}"), format!("http-500@{path}")];
    let fleet = Fleet::start(&faults.each_ref().map(String::as_str));
    let patient = fleet.get(&["boron", "temperature"]).status(5).stderr_has("trying again in 1.0 s");
    assert!(patient.stderr.contains("HTTP 500"), "{}", patient.stderr);
    assert_eq!(fleet.get(&["boron", "temperature"]).success().stdout, "72.1\n");
    let fleet = Fleet::start(&[&format!("http-401@{path}"), &format!("http-429@{path}*4")]);
    fleet.get(&["boron", "temperature"]).status(3).stderr_has("particle login");
    fleet.get(&["boron", "temperature"]).status(5).stderr_has("HTTP 429");
}

#[test]
fn a_cloud_that_is_not_there() {
    let environment = TestEnvironment::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for arguments in [&["get", "boron", "temperature"][..], &["get"], &["monitor", "boron", "temperature"]] {
        let mut command = environment.command(arguments);
        command.env("PARTICLE_API_URL", format!("http://{address}")).env("PARTICLE_ACCESS_TOKEN", "abc");
        run(command, "").status(5).stderr_has("cannot reach 127.0.0.1:");
    }
}

#[test]
fn an_answer_that_is_no_json_is_none() {
    for arguments in [
        &["get", "boron", "temperature"][..],
        &["get", "all", "temperature"],
        &["monitor", "boron", "temperature"],
        &["variable", "list"],
    ] {
        run_behind_portal(arguments).status(5).stderr_has("no JSON");
    }
}

#[test]
fn an_account_without_devices_has_no_variables() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "boron"]);
    environment.log_in();
    environment.in_sandbox(["device", "remove", "boron", "--yes"]).success();
    assert_eq!(environment.in_sandbox(["get"]).success().stdout, "No devices found.\n");
    environment.in_sandbox(["get", "all", "temperature"]).status(4).stderr_has("No matching device");
}

#[cfg(unix)]
#[test]
fn monitor_prints_values_until_it_is_interrupted() {
    let fleet = Fleet::start(&[]);
    for arguments in [
        &[BORON, "temperature"][..],
        &[BORON, "temperature", "5000"],
        &["boron", "temperature", "--delay", "500"],
        &[BORON, "temperature", "--product", "12345"],
    ] {
        let mut monitor = fleet.monitor(arguments);
        assert_eq!(monitor.take(3), ["72.1"; 3], "{arguments:?}");
        monitor.interrupt().success().stderr_has("Hit CTRL-C to stop!");
    }
}

#[cfg(unix)]
#[test]
fn monitor_watches_several_devices_side_by_side() {
    let fleet = Fleet::start(&[]);
    for arguments in [&["all", "temperature", "5000", "--time"][..], &["temperature", "--time"]] {
        let mut monitor = fleet.monitor(arguments);
        let lines = monitor.take(8);
        monitor.interrupt().success();
        for device in [BORON, ELECTRON] {
            let of_device: Vec<_> = lines.iter().filter(|line| line.starts_with(device)).collect();
            assert!(of_device.len() >= 2, "{lines:?}");
            let columns: Vec<_> = of_device[0].split(", ").collect();
            assert!(columns.len() == 3 && is_time(columns[1]) && columns[2] == "72.1", "{columns:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn monitor_writes_one_object_a_line() {
    let fleet = Fleet::start(&[]);
    let mut monitor = fleet.monitor(&["--json", "boron", "temperature"]);
    for line in monitor.take(2) {
        let reading: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&reading["device"], &reading["value"]), (&json!("boron"), &json!(72.1)));
    }
    monitor.interrupt().success();
}

#[cfg(unix)]
#[test]
fn a_short_interval_is_made_longer_and_nonsense_is_refused() {
    let fleet = Fleet::start(&[]);
    let mut monitor = fleet.monitor(&["boron", "temperature", "100"]);
    monitor.take(1);
    monitor.interrupt().success().stderr_has("Delay was too short, resetting to 500ms");
    let mut monitor = fleet.monitor(&["boron", "temperature", "100", "--delay", "600"]);
    monitor.take(1);
    let stderr = monitor.interrupt().success().stderr;
    assert!(!stderr.contains("too short"), "{stderr}");
    for nonsense in ["abc", "-1", "1e3", "99999999999999999999"] {
        fleet.monitor(&["boron", "temperature", "--delay", nonsense]).end().status(2);
        fleet.monitor(&["boron", "temperature", nonsense]).end().status(2);
    }
    fleet.monitor(&[]).end().status(2).stderr_has("Which variable");
    fleet.monitor(&["boron"]).end().status(2).stderr_has("it has temperature, uptime, version");
}

#[test]
fn monitor_ends_by_itself_where_there_is_nothing_to_wait_for() {
    let fault = "http-401@GET:/v1/devices/electron/temperature";
    let fleet = Fleet::start(&[fault]);
    fleet.monitor(&["electron", "temperature"]).end().status(3);
    fleet.monitor(&["boron", "tea"]).end().status(4).stderr_has("Variable `tea` not found");
    fleet.monitor(&["toaster", "temperature"]).end().status(4);
    fleet.monitor(&["photon", "temperature"]).end().status(6);
    fleet.monitor(&["all", "tea"]).end().status(4).stderr_has("No matching device");
    fleet.monitor(&["boron", "temperature", "--timeout", "200ms"]).end().status(124);
}

#[cfg(unix)]
#[test]
fn monitor_goes_on_after_a_failure() {
    let fleet = Fleet::start(&[]);
    let mut monitor = fleet.monitor(&["boron", "temperature", "--json"]);
    let mut next_error = || serde_json::from_str::<Value>(&monitor.take(1)[0]).unwrap()["error"].clone();
    assert_eq!(next_error(), Value::Null);
    fleet.environment.in_sandbox(["sandbox", "press", "boron", "safe"]).success();
    while next_error() != "Error while reading value: Variable `temperature` not found" {}
    fleet.environment.in_sandbox(["sandbox", "press", "boron", "reset"]).success();
    while next_error() != Value::Null {}
    monitor.interrupt().success();
}

#[cfg(unix)]
#[test]
fn monitor_tells_once_that_one_of_several_devices_fails() {
    for status in ["408", "429"] {
        let fault = format!("http-{status}@GET:/v1/devices/{BORON}/temperature*");
        let fleet = Fleet::start(&[&fault]);
        let mut monitor = fleet.monitor(&["all", "temperature"]);
        let complaint = format!("{BORON}: Error while reading value: ");
        monitor.wait_for_note(&complaint);
        assert_eq!(monitor.take(5), vec![format!("{ELECTRON}, 72.1"); 5]);
        let stderr = monitor.interrupt().success().stderr;
        assert!(!stderr.contains(&complaint), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn a_token_that_is_refused_later_ends_monitoring_too() {
    let fleet = Fleet::start(&[]);
    let mut monitor = fleet.monitor(&["all", "temperature"]);
    monitor.take(1);
    fleet.environment.in_sandbox(["logout"]).success();
    monitor.end().status(3).stderr_has("particle login");
}
