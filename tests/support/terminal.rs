//! The binary on a pseudo-terminal, with somebody typing.

use super::Output;
use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{LocalModes, tcgetattr},
};
use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::ffi::OsStrExt,
    process::Command,
    time::{Duration, Instant},
};

/// Runs a command on a terminal and types each answer once its question has appeared. All that the terminal shows is
/// in the `stdout` of the result.
pub fn run_on_terminal(command: Command, answers: &[(&str, &str)]) -> Output {
    on_terminal(command, |terminal| converse(terminal, answers))
}

/// Runs a command on a terminal and does something once a text has appeared.
pub fn run_on_terminal_with(command: Command, text: &str, act: impl FnOnce()) -> Output {
    on_terminal(command, |mut terminal| {
        let mut shown = String::new();
        let mut act = Some(act);
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = terminal.read(&mut buffer) {
            shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
            if shown.contains(text)
                && let Some(act) = act.take()
            {
                act();
            }
        }
        assert!(act.is_none(), "{text:?} did not appear; shown:\n{shown}");
        shown
    })
}

/// Runs a command on a terminal of which the other side is given to `converse`, which returns all that is shown.
fn on_terminal(mut command: Command, converse: impl FnOnce(File) -> String) -> Output {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).unwrap();
    unlockpt(&controller).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap();
    let terminal =
        OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
    command.env("TERM", "xterm").stdin(terminal.try_clone().unwrap());
    command.stdout(terminal.try_clone().unwrap()).stderr(terminal);
    let mut child = command.spawn().unwrap();
    // With it go our ends of the terminal, so that reading ends when the program does.
    drop(command);
    let shown = converse(File::from(controller));
    let status = child.wait().unwrap();
    Output { status: status.code().unwrap_or(-1), stdout: shown, stderr: String::new() }
}

fn converse(mut terminal: File, answers: &[(&str, &str)]) -> String {
    let mut answers = answers.iter().peekable();
    let mut shown = Vec::new();
    let mut answered = 0;
    let mut buffer = [0; 4096];
    // Linux reports an error, not an end, when nobody has the other side open any more.
    while let Ok(count @ 1..) = terminal.read(&mut buffer) {
        shown.extend_from_slice(&buffer[..count]);
        let unanswered = String::from_utf8_lossy(&shown[answered..]).into_owned();
        if let Some((_, answer)) = answers.next_if(|(question, _)| unanswered.contains(question)) {
            answered = shown.len();
            await_listener(&terminal);
            terminal.write_all(answer.as_bytes()).unwrap();
        }
    }
    assert_eq!(answers.next(), None, "was not asked; shown:\n{}", String::from_utf8_lossy(&shown));
    String::from_utf8_lossy(&shown).into_owned()
}

/// Waits until the program reads: it then lets the terminal show nothing, and has thrown away what was typed before a
/// question for a password.
fn await_listener(terminal: &File) {
    let limit = Instant::now() + Duration::from_secs(30);
    while tcgetattr(terminal).unwrap().local_modes.contains(LocalModes::ECHO) {
        assert!(Instant::now() < limit, "the question is asked, but no answer is read");
        std::thread::yield_now();
    }
}
