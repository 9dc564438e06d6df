//! A pseudo-terminal beside each device, for programs that want a tty rather than a USB/IP client.
//!
//! It carries the same console as the serial port. A baud rate set on it never reaches the device: a pseudo-terminal
//! has no line coding, so the touches that switch modes work over USB only.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long nothing has to be typed before a device that may have something to say is asked.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// More than this is not left unread by a program that has the terminal open.
const LEFT_LYING: u64 = 1024;

/// What happens at a terminal.
pub(super) enum Occasion<'i> {
    /// A program has written this to it.
    Typed(&'i [u8]),
    /// Nothing, for a while in which the device might have had something to say.
    Silence,
}

/// What a device prints on an occasion.
#[derive(Default)]
pub(super) struct Printed {
    /// Texts, each after a pause.
    pub(super) texts: Vec<(Duration, String)>,
    /// Whether there may be more without anything being typed.
    pub(super) more: bool,
}

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

    /// Opens a terminal. `serve` tells what the device prints on an occasion; `None` ends the service. What the device
    /// says of its own accord is thrown away now and then if no program reads it.
    #[cfg(unix)]
    pub(super) fn open(
        mut serve: impl FnMut(Occasion<'_>) -> Option<Printed> + Send + 'static,
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
        let unread = user_side.try_clone()?;
        std::thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            let mut input = [0; 256];
            let mut more = true;
            loop {
                let occasion = match await_input(&device_side, more) {
                    Ok(false) => {
                        throw_away(&unread);
                        Occasion::Silence
                    }
                    // Reading fails once the user side has been closed everywhere.
                    Ok(true) => match device_side.read(&mut input) {
                        Ok(length) => Occasion::Typed(&input[..length]),
                        Err(_) => return,
                    },
                    Err(_) => return,
                };
                let Some(printed) = serve(occasion) else { return };
                more = printed.more;
                for (pause, text) in printed.texts {
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
    pub(super) fn open(
        _serve: impl FnMut(Occasion<'_>) -> Option<Printed> + Send + 'static,
    ) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Waits for input, where there may be output only for a while. False if none came.
#[cfg(unix)]
fn await_input(device_side: &std::fs::File, may_have_output: bool) -> rustix::io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let limit = Timespec::try_from(LOOK_AGAIN).ok().filter(|_| may_have_output);
    let mut sides = [PollFd::new(device_side, PollFlags::IN)];
    loop {
        match poll(&mut sides, limit.as_ref()) {
            Err(rustix::io::Errno::INTR) => {}
            ready => return ready.map(|count| count > 0),
        }
    }
}

/// Throws away what was printed if it has been left lying.
#[cfg(unix)]
fn throw_away(user_side: &std::os::fd::OwnedFd) {
    use rustix::{
        io::ioctl_fionread,
        termios::{QueueSelector, tcflush},
    };

    if ioctl_fionread(user_side).is_ok_and(|unread| unread > LEFT_LYING) {
        // At worst somebody will read something old.
        let _ = tcflush(user_side, QueueSelector::IFlush);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::{
        fs::OpenOptions,
        io::{Read, Write},
    };

    fn open(terminal: &Terminal) -> io::Result<std::fs::File> {
        OpenOptions::new().read(true).write(true).open(terminal.path())
    }

    #[test]
    fn what_a_program_writes_is_answered() {
        let terminal = Terminal::open(|occasion| {
            let Occasion::Typed(input) = occasion else { return Some(Printed::default()) };
            let typed = String::from_utf8_lossy(input).into_owned();
            Some(Printed { texts: vec![(Duration::ZERO, format!("<{typed}>\r\n"))], more: false })
        })
        .unwrap();
        let mut program = open(&terminal).unwrap();
        program.write_all(b"i").unwrap();
        let mut answer = [0; 5];
        program.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"<i>\r\n");
    }

    #[test]
    fn a_device_speaks_of_its_own_accord_and_old_words_do_not_pile_up() {
        let (said, mut spoken) = (std::sync::Arc::new(std::sync::Mutex::new(0)), 0);
        let counted = std::sync::Arc::clone(&said);
        let terminal = Terminal::open(move |_| {
            spoken += 1;
            *counted.lock().unwrap() = spoken;
            let text = format!("{spoken:0>600}\n");
            Some(Printed { texts: vec![(Duration::ZERO, text)], more: true })
        })
        .unwrap();
        while *said.lock().unwrap() < 10 {
            std::thread::yield_now();
        }
        let mut line = [0; 601];
        open(&terminal).unwrap().read_exact(&mut line).unwrap();
        let first: u32 = std::str::from_utf8(&line).unwrap().trim().parse().unwrap();
        assert!((6..=12).contains(&first), "{first}");
    }
}
