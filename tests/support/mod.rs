//! What black-box tests share: an isolated home, the built binary, a sandbox in its own process.

#![allow(dead_code, reason = "each test crate uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "this is all test code")]

pub mod api;
pub mod firmware;
pub mod flashing;
pub mod fleet;
pub mod libraries;
#[cfg(unix)]
pub mod nmcli;
pub mod portal;
#[cfg(unix)]
pub mod terminal;

use serde_json::Value;
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};
use tempfile::TempDir;

/// A password account of every sandbox.
pub const USERNAME: &str = "ada@example.com";
/// The account of every sandbox that also asks for a login code.
pub const MFA_USERNAME: &str = "grace@example.com";
/// The password of both.
pub const PASSWORD: &str = "sandbox";
/// The login code of the second.
pub const OTP: &str = "123456";

/// A fresh home folder and working folder, and a sandbox state that is not made yet. Gone when dropped.
pub struct TestEnvironment {
    root: TempDir,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub struct Output {
    /// Exit status, or −1 if a signal ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Default for TestEnvironment {
    fn default() -> Self {
        Self::new()
    }
}

impl TestEnvironment {
    /// Makes the folders.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["home", "work"] {
            std::fs::create_dir(root.path().join(folder)).unwrap();
        }
        Self { root }
    }

    /// What the program takes for the home folder.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// The folder the program runs in.
    pub fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// The sandbox's state file.
    pub fn state(&self) -> PathBuf {
        self.root.path().join("sandbox.json")
    }

    /// The folder that stands for `~/.particle` in the sandbox.
    pub fn profile(&self) -> PathBuf {
        self.root.path().join("sandbox.json.profile")
    }

    /// The built binary with a clean environment, in the working folder. Nothing is typed and no terminal is there.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_particle"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .current_dir(self.work())
            .stdin(Stdio::null());
        command
    }

    /// Runs `particle ARGUMENTS`, without any sandbox.
    pub fn particle<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        run(self.command(arguments), "")
    }

    /// The command of [`Self::in_sandbox`], to be changed before it is [`run`].
    pub fn sandbox_command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut flag = std::ffi::OsString::from("--sandbox=");
        flag.push(self.state());
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
        self.command(std::iter::once(flag).chain(arguments))
    }

    /// Runs `particle --sandbox=FILE ARGUMENTS`: in the running sandbox, or in one started for the time of the command.
    pub fn in_sandbox<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Output {
        run(self.sandbox_command(arguments), "")
    }

    /// The same, with these bytes on standard input.
    pub fn in_sandbox_with_input<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        input: &str,
    ) -> Output {
        run(self.sandbox_command(arguments), input)
    }

    /// Logs the plain account in.
    pub fn log_in(&self) {
        self.in_sandbox(["login", "--username", USERNAME, "--password", PASSWORD]).success();
    }

    /// Starts a sandbox as [`Self::start_sandbox`] does, and logs the plain account in.
    pub fn sandbox_with_login(&self, arguments: &[&str]) -> Sandbox {
        let sandbox = self.start_sandbox(arguments);
        self.log_in();
        sandbox
    }

    /// What `sandbox status` tells of the device with this name or id.
    #[track_caller]
    pub fn device(&self, name_or_id: &str) -> Value {
        let status = self.in_sandbox(["--json", "sandbox", "status"]).success().data();
        let devices = status["devices"].as_array().unwrap();
        let found = devices.iter().find(|device| device["name"] == name_or_id || device["id"] == name_or_id);
        found.unwrap_or_else(|| panic!("no {name_or_id} in {devices:#?}")).clone()
    }

    /// Starts a sandbox in a process of its own, with these further arguments, and waits until it is ready.
    pub fn start_sandbox<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Sandbox {
        self.start_sandbox_at(0.01, arguments)
    }

    /// The same, with pauses of another length: 1 is true to the hardware.
    pub fn start_sandbox_at<S: AsRef<OsStr>>(
        &self,
        time_scale: f32,
        arguments: impl IntoIterator<Item = S>,
    ) -> Sandbox {
        let time_scale = time_scale.to_string();
        let mut command = self.command(["--json", "sandbox", "--time-scale", &time_scale, "--state"]);
        command.arg(self.state()).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut stderr = String::new();
            child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
            panic!("the sandbox did not start: {line}{stderr}")
        });
        Sandbox { child, ready, _stdout: stdout }
    }
}

/// Runs a command with these bytes on standard input.
pub fn run(mut command: Command, input: &str) -> Output {
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    let mut child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // The program may end without reading all of it.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().unwrap();
    Output {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Output {
    /// Asserts the exit status.
    #[track_caller]
    pub fn status(self, expected: i32) -> Self {
        assert_eq!(self.status, expected, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts exit status 0.
    #[track_caller]
    pub fn success(self) -> Self {
        self.status(0)
    }

    /// Standard output as the one JSON document it has to be.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {:?}", self.stdout))
    }

    /// The `data` of the JSON envelope on standard output.
    #[track_caller]
    pub fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    /// Asserts that a text is in standard output.
    #[track_caller]
    pub fn stdout_has(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "{text:?} is not in stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that a text is in standard error.
    #[track_caller]
    pub fn stderr_has(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "{text:?} is not in stderr:\n{}\nstdout:\n{}",
            self.stderr,
            self.stdout
        );
        self
    }
}

/// A running sandbox process. Killed when dropped.
pub struct Sandbox {
    child: Child,
    ready: Value,
    _stdout: BufReader<ChildStdout>,
}

impl Sandbox {
    /// Base URL of its cloud.
    pub fn api_url(&self) -> &str {
        self.ready["apiUrl"].as_str().unwrap()
    }

    /// The line with which it said that it was ready.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// Asks it to stop, as Ctrl-C does, and waits for that.
    #[cfg(unix)]
    pub fn interrupt(mut self) -> ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The content of a file as text.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
