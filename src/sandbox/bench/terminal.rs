//! A pseudo-terminal beside each device, for programs that want a tty rather than a USB/IP client.
//!
//! It carries the same console as the serial port. A baud rate set on it never reaches the device: a pseudo-terminal
//! has no line coding, so the touches that switch modes work over USB only.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// What a device prints: texts, each after a pause.
pub(super) type Printed = Vec<(Duration, String)>;

/// An open pseudo-terminal. Dropping it ends its thread.
pub(super) struct Terminal {
    path: PathBuf,
    /// Kept open so that input can be awaited while no program has the terminal open.
    #[cfg(unix)]
    _user_side: std::os::fd::OwnedFd,
}

impl Terminal {
    /// The path to give to programs.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a terminal. `type_in` is called with what a program writes to it and gives what the device prints, each
    /// text after a pause; `None` ends the service.
    #[cfg(unix)]
    pub(super) fn open(
        mut type_in: impl FnMut(&[u8]) -> Option<Printed> + Send + 'static,
    ) -> io::Result<Self> {
        use rustix::{
            fs::{Mode, OFlags},
            pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
            termios::{OptionalActions, tcgetattr, tcsetattr},
        };
        use std::{
            fs::File,
            io::{Read, Write},
        };

        let device_side = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&device_side)?;
        unlockpt(&device_side)?;
        let name = ptsname(&device_side, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let user_side = rustix::fs::open(name.as_c_str(), flags, Mode::empty())?;
        let mut settings = tcgetattr(&user_side)?;
        settings.make_raw();
        tcsetattr(&user_side, OptionalActions::Now, &settings)?;
        let path = PathBuf::from(name.to_string_lossy().into_owned());
        let mut device_side = File::from(device_side);
        std::thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            let mut input = [0; 256];
            // Reading fails once the user side has been closed everywhere.
            while let Ok(length) = device_side.read(&mut input) {
                let Some(printed) = type_in(&input[..length]) else { return };
                for (pause, text) in printed {
                    std::thread::sleep(pause);
                    if device_side.write_all(text.as_bytes()).is_err() {
                        return;
                    }
                }
            }
        })?;
        Ok(Self { path, _user_side: user_side })
    }

    /// There are no pseudo-terminals here.
    #[cfg(not(unix))]
    pub(super) fn open(_type_in: impl FnMut(&[u8]) -> Option<Printed> + Send + 'static) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{
        fs::OpenOptions,
        io::{Read, Write},
    };

    #[test]
    fn what_a_program_writes_is_answered() {
        let terminal = Terminal::open(|input| {
            let typed = String::from_utf8_lossy(input).into_owned();
            Some(vec![(Duration::ZERO, format!("<{typed}>\r\n"))])
        })
        .unwrap();
        let mut program = OpenOptions::new().read(true).write(true).open(terminal.path()).unwrap();
        program.write_all(b"i").unwrap();
        let mut answer = [0; 5];
        program.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"<i>\r\n");
    }
}
