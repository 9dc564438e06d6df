//! What can be in the way.

use crate::clock::Stop;

/// This computer's Wi-Fi cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HostWifiError {
    /// The operating system's program is not there.
    #[error("`{0}` is not installed")]
    Missing(&'static str),
    /// It cannot be started.
    #[error("cannot run `{program}`: {source}")]
    Unrunnable {
        /// Its name.
        program: &'static str,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// It says no.
    #[error("`{program}` failed: {reason}")]
    Refused {
        /// Its name.
        program: &'static str,
        /// The first line of what it says.
        reason: String,
    },
    /// It does not come to an end.
    #[error("`{0}` does not come to an end")]
    Stuck(&'static str),
    /// There is no radio, or it is off.
    #[error("this computer has no Wi-Fi that is switched on")]
    NoAdapter,
    /// Nothing of this name is in reach.
    #[error("no Wi-Fi network called {0} is in reach of this computer")]
    NoNetwork(String),
    /// The operating system shows networks without their names.
    #[error("the operating system does not tell the names of Wi-Fi networks")]
    NamesHidden,
    /// The person, or the time limit of the command, ended the wait.
    #[error(transparent)]
    Stopped(#[from] Stop),
}
