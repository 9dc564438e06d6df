//! `particle serial monitor`.

#![cfg(unix)]

use crate::support::{Output, TestEnvironment, run};
use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};
use serde_json::Value;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

const PHOTON: &str = "3a0027000000000000060001";

/// A running monitor, killed when dropped.
struct Monitor {
    child: Child,
    output: BufReader<ChildStdout>,
    remarks: BufReader<ChildStderr>,
}

impl Monitor {
    /// Starts it and waits until it has opened the port.
    fn start(command: Command) -> Self {
        let mut monitor = Self::spawn(command);
        monitor.await_remark("Serial monitor opened successfully:");
        monitor
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let remarks = BufReader::new(child.stderr.take().unwrap());
        Self { child, output, remarks }
    }

    /// Reads what it says up to a line that begins like this.
    fn await_remark(&mut self, beginning: &str) -> String {
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert!(self.remarks.read_line(&mut line).unwrap() > 0, "no {beginning:?} in {said}");
            if line.starts_with(beginning) {
                return line;
            }
            said += &line;
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    fn signal(mut self, signal: Signal) -> Output {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.end()
    }

    fn end(&mut self) -> Output {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.output.read_to_string(&mut stdout).unwrap();
        self.remarks.read_to_string(&mut stderr).unwrap();
        Output { status: self.child.wait().unwrap().code().unwrap_or(-1), stdout, stderr }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A pseudo-terminal that stands for a device: our end, and the name of the other one.
fn terminal() -> (File, String) {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
    (File::from(controller), name)
}

#[test]
fn what_a_device_prints_is_shown_until_ctrl_c() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--serial-log", "photon"]);
    for signal in [Signal::INT, Signal::TERM, Signal::QUIT] {
        let mut monitor = Monitor::start(environment.sandbox_command(["serial", "monitor", "--port", "1"]));
        for _ in 0..2 {
            let line = monitor.line();
            assert!(line.contains(" [app] INFO: reading ") && line.ends_with("\r\n"), "{line:?}");
        }
        monitor.signal(signal).success().stderr_has("Caught Interrupt.  Cleaning up.");
    }
}

#[test]
fn lines_can_have_the_time_in_front_or_be_json() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--serial-log", "photon"]);
    let mut stamped = Monitor::start(environment.sandbox_command(["serial", "monitor", "--timestamps"]));
    let line = stamped.line();
    let (time, rest) = line.split_once(' ').unwrap();
    assert!(time.starts_with("20") && time.contains('T'), "{line}");
    assert!(rest.contains(" [app] INFO: reading "), "{line}");
    stamped.signal(Signal::INT).success();
    let mut objects = Monitor::start(environment.sandbox_command(["--json", "serial", "monitor", PHOTON]));
    let object: Value = serde_json::from_str(&objects.line()).unwrap();
    assert!(object["text"].as_str().unwrap().contains("] INFO: reading "), "{object}");
    assert!(object["time"].is_string(), "{object}");
    objects.signal(Signal::INT).success();
}

#[test]
fn bytes_of_an_operating_systems_port_are_left_as_they_are() {
    let environment = TestEnvironment::new();
    let (mut device, port) = terminal();
    let mut monitor = Monitor::start(environment.command(["serial", "monitor", "--port", &port]));
    let bytes = b"\x1b[31m\xff\x00r\r\n\n\xe2\x82";
    device.write_all(bytes).unwrap();
    let mut shown = vec![0; bytes.len()];
    monitor.output.read_exact(&mut shown).unwrap();
    assert_eq!(shown, bytes);
    device.write_all(b"\xac").unwrap();
    shown.truncate(1);
    monitor.output.read_exact(&mut shown).unwrap();
    assert_eq!(shown, b"\xac");
    drop(device);
    monitor.end().status(8).stderr_has("Serial connection closed.").stderr_has("--follow");
}

#[test]
fn a_device_is_followed_through_a_restart() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron", "--serial-log", "photon"]);
    let arguments = ["serial", "monitor", "--follow", PHOTON];
    let mut monitor = Monitor::start(environment.sandbox_command(arguments));
    monitor.line();
    environment.in_sandbox(["sandbox", "press", "photon", "reset"]).success();
    monitor.await_remark("Serial connection closed.  Attempting to reconnect...");
    monitor.await_remark("Opening serial monitor for com port: \"usbip://");
    assert!(monitor.line().contains("reading"));
    monitor.signal(Signal::INT).success();
}

#[test]
fn a_device_that_is_not_there_yet_is_waited_for() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon", "--serial-log", "photon"]);
    environment.in_sandbox(["sandbox", "unplug", "photon"]).success();
    let mut monitor = Monitor::spawn(environment.sandbox_command(["serial", "monitor", "--follow"]));
    monitor.await_remark("Polling for available serial device...");
    environment.in_sandbox(["sandbox", "plug", "photon"]).success();
    monitor.await_remark("Serial monitor opened successfully:");
    monitor.signal(Signal::INT).success();
    environment.in_sandbox(["sandbox", "unplug", "photon"]).success();
    environment.in_sandbox(["serial", "monitor"]).status(6).stderr_has("No serial port identified");
}

#[test]
fn a_device_is_followed_to_another_name() {
    let environments = [TestEnvironment::new(), TestEnvironment::new()];
    let sandboxes = environments.each_ref().map(|environment| {
        environment.start_sandbox(["--devices", "photon,boron", "--serial-log", "photon"])
    });
    // The same device cannot be in two places.
    environments[1].in_sandbox(["sandbox", "unplug", "photon"]).success();
    let hosts =
        sandboxes.each_ref().map(|sandbox| format!("usbip://{}", sandbox.ready()["usbip"].as_str().unwrap()));
    let command = ["--usb-host", &hosts.join(","), "serial", "monitor", "--follow", PHOTON];
    let mut monitor = Monitor::start(environments[0].command(command));
    environments[0].in_sandbox(["sandbox", "unplug", "photon"]).success();
    monitor.await_remark("Serial connection closed.  Attempting to reconnect...");
    environments[1].in_sandbox(["sandbox", "plug", "photon"]).success();
    let opened = monitor.await_remark("Opening serial monitor for com port:");
    assert!(opened.contains(&hosts[1]), "{opened}");
    monitor.signal(Signal::INT).success();
}

#[test]
fn a_port_that_others_have_is_busy_and_they_are_named() {
    let environment = TestEnvironment::new();
    let (_device, port) = terminal();
    let command = || environment.command(["serial", "monitor", "--port", &port]);
    let monitor = Monitor::start(command());
    let refused = run(command(), "").status(7).stderr_has("in use by another program");
    if cfg!(target_os = "linux") {
        let holder = format!("particle (process {})", monitor.child.id());
        assert!(refused.stderr.contains(&holder), "{}", refused.stderr);
    }
    monitor.signal(Signal::INT).success();
}

#[test]
fn time_can_be_limited_and_silence_is_no_failure() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon,boron"]);
    let silent =
        environment.in_sandbox(["--timeout", "300ms", "serial", "monitor", "--port", "2"]).status(124);
    assert_eq!(silent.stdout, "");
    environment.in_sandbox(["serial", "monitor"]).status(6).stderr_has("multiple devices");
    environment.in_sandbox(["sandbox", "press", "photon", "dfu"]).success();
    environment.in_sandbox(["serial", "monitor", PHOTON]).status(6).stderr_has("should not be in DFU mode");
}
