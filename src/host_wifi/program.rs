//! Running the operating system's programs.

use super::HostWifiError;
use crate::clock::Clock;
use std::{
    ffi::{OsStr, OsString},
    io::{ErrorKind, Read},
    process::{Child, Command, ExitStatus, Stdio},
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// Connecting to a network may take the operating system this long.
const LIMIT: Duration = Duration::from_secs(100);
/// How often it is looked whether a program has ended.
const INTERVAL: Duration = Duration::from_millis(20);
/// More than this of what a program says is not kept.
const MAX_OUTPUT: u64 = 4 << 20;

/// Where programs are and how long they may take.
pub(super) struct Programs<'a> {
    path: Option<OsString>,
    pub(super) clock: &'a Clock,
}

/// A program that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    program: &'static str,
    /// Exit status; `None` if a signal ended it.
    pub(super) status: Option<i32>,
    /// What it printed as its result.
    pub(super) output: String,
    errors: String,
}

impl<'a> Programs<'a> {
    pub(super) fn new(path: Option<OsString>, clock: &'a Clock) -> Self {
        Self { path, clock }
    }

    /// Runs a program to its end, in English.
    pub(super) fn run<S: AsRef<OsStr>>(
        &self,
        program: &'static str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Ended, HostWifiError> {
        let mut command = Command::new(program);
        // Plain `C` would turn letters beyond ASCII into question marks.
        command.args(arguments).env("LC_ALL", "C.UTF-8").env("LANGUAGE", "en");
        if let Some(path) = &self.path {
            command.env("PATH", path);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|source| match source.kind() {
            ErrorKind::NotFound => HostWifiError::Missing(program),
            _ => HostWifiError::Unrunnable { program, source },
        })?;
        let (output, errors) = (read(child.stdout.take()), read(child.stderr.take()));
        let status = self.wait(program, &mut child)?;
        Ok(Ended { program, status: status.code(), output: collect(output), errors: collect(errors) })
    }

    fn wait(&self, program: &'static str, child: &mut Child) -> Result<ExitStatus, HostWifiError> {
        let start = Instant::now();
        loop {
            let ended = child.try_wait().map_err(|source| HostWifiError::Unrunnable { program, source })?;
            if let Some(status) = ended {
                return Ok(status);
            }
            let stop = match self.clock.check() {
                Err(stop) => stop.into(),
                Ok(()) if start.elapsed() > LIMIT => HostWifiError::Stuck(program),
                Ok(()) => {
                    std::thread::sleep(INTERVAL);
                    continue;
                }
            };
            // It may have ended in the meantime.
            let _ = child.kill();
            let _ = child.wait();
            return Err(stop);
        }
    }
}

impl Ended {
    /// What it printed, if it succeeded.
    pub(super) fn success(self) -> Result<String, HostWifiError> {
        if self.status == Some(0) { Ok(self.output) } else { Err(self.refusal()) }
    }

    /// The failure that it reports.
    pub(super) fn refusal(&self) -> HostWifiError {
        let said = [&self.errors, &self.output];
        let line = said.iter().flat_map(|text| text.lines()).map(str::trim).find(|line| !line.is_empty());
        let reason = match (line, self.status) {
            (Some(line), _) => line.to_owned(),
            (None, Some(status)) => format!("exit status {status}"),
            (None, None) => "it was killed".to_owned(),
        };
        HostWifiError::Refused { program: self.program, reason }
    }
}

/// Reads a stream in the background, so that the program never waits for us.
fn read(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What has come until a failure is all there is. The rest is read so that the program can end.
            let _ = stream.by_ref().take(MAX_OUTPUT).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        bytes
    })
}

fn collect(stream: JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&stream.join().unwrap_or_default()).into_owned()
}
