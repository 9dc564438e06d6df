//! Getting hold of a sandbox for the time of a command.

use super::{Addresses, Location, Sandbox, SandboxError, StartOptions, StateLock};
use crate::clock::{Clock, Stop};
use std::time::{Duration, Instant};

/// How long a command waits for another one that uses the same sandbox.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it looks whether that one is done.
const INTERVAL: Duration = Duration::from_millis(20);

/// A sandbox a command can use.
pub enum Attachment {
    /// Another process runs it.
    Joined(Addresses),
    /// It runs in this process, and ends with it.
    Own(Box<Sandbox>),
}

/// Why there is no sandbox to use.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The sandbox itself.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The wait for another command was given up.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

impl Attachment {
    /// Joins the sandbox that is running at `location`, or starts it in this process.
    ///
    /// A sandbox that another command started for itself is not joined, because it would go away with that command:
    /// this one waits its turn.
    pub fn open(location: &Location, clock: &Clock) -> Result<Self, AttachError> {
        let clock = clock.with_scale(1.0);
        let start = Instant::now();
        loop {
            if let Some(lock) = StateLock::try_take(location)? {
                return Ok(Self::Own(Box::new(Sandbox::start(lock, &StartOptions::default())?)));
            }
            // What a killed sandbox has left behind leads nowhere.
            if let Some(addresses) = Addresses::read(location)?.filter(Addresses::answer) {
                return Ok(Self::Joined(addresses));
            }
            if start.elapsed() > PATIENCE {
                return Err(SandboxError::InUse { path: location.state_file().to_owned() }.into());
            }
            clock.pause(INTERVAL)?;
        }
    }

    /// Where the sandbox can be reached.
    pub fn addresses(&self) -> &Addresses {
        match self {
            Self::Joined(addresses) => addresses,
            Self::Own(sandbox) => sandbox.addresses(),
        }
    }

    /// Ends the sandbox if it is this process's own; what happened in it is saved.
    pub fn close(self) -> Result<(), SandboxError> {
        match self {
            Self::Joined(_) => Ok(()),
            Self::Own(sandbox) => sandbox.stop(),
        }
    }
}
