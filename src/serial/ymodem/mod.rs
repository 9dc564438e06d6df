//! Sending a file to a device in listening mode: YMODEM, as Device OS up to 5.9 receives it.

pub mod packet;
mod sender;

pub use sender::Refusal;

use super::{Port, PortError};
use crate::{
    clock::{Clock, Stop},
    usb::TransferError,
};
use sender::{Sender, Step};
use std::time::{Duration, Instant};

/// Speed at which the port is opened: it puts a device that is not listening into listening mode.
pub const YMODEM_BAUD_RATE: u32 = 28_800;
/// How long a read waits before Ctrl-C is looked at.
const READ_LIMIT: Duration = Duration::from_millis(50);
/// The least time a device is given to answer, however much pauses are shortened.
const SHORTEST_LIMIT: Duration = Duration::from_secs(2);

/// Why a file was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YmodemError {
    /// The port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The device did not take the file.
    #[error(transparent)]
    Refused(Refusal),
    /// The person, or the time limit of the command, ended it; the device was told.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

/// Sends a firmware module to a device in listening mode, which checks it, and restarts if it has taken it.
///
/// `progress` is told how many bytes the device has. An interrupt is looked at between packets; the device is then told
/// to give up, and goes on with the firmware it has.
pub fn send(
    port: &mut dyn Port,
    clock: &Clock,
    file: &[u8],
    progress: &mut dyn FnMut(usize),
) -> Result<(), YmodemError> {
    let mut sender = Sender::new(file);
    let mut since = Instant::now();
    loop {
        match sender.step() {
            Step::Send(bytes) => {
                obey(clock, &sender, port)?;
                port.write(&bytes)?;
                progress(sender.sent());
                since = Instant::now();
            }
            Step::Await(limit) => {
                obey(clock, &sender, port)?;
                let bytes = match port.read(READ_LIMIT) {
                    Err(PortError::Transfer(TransferError::Disconnected)) if sender.disconnect() => continue,
                    bytes => bytes?,
                };
                if sender.receive(&bytes) {
                    since = Instant::now();
                } else if since.elapsed() >= patience(clock, limit) {
                    sender.time_out();
                    since = Instant::now();
                }
            }
            Step::Done => {
                progress(file.len());
                return Ok(());
            }
            Step::Failed(refusal) => return Err(YmodemError::Refused(refusal)),
        }
    }
}

/// Ends the transfer once the clock says so. Where the device has all it needs, it is let have its way.
fn obey(clock: &Clock, sender: &Sender<'_>, port: &mut dyn Port) -> Result<(), YmodemError> {
    if let (Err(stop), Some(abort)) = (clock.check(), sender.abort()) {
        // What counts is why it ends. A device that cannot be told gives up by itself.
        let _ = port.write(&[abort]);
        return Err(stop.into());
    }
    Ok(())
}

/// Long limits are shortened as pauses are; short ones are the device's own.
fn patience(clock: &Clock, limit: Duration) -> Duration {
    if limit <= SHORTEST_LIMIT { limit } else { clock.scaled(limit).max(SHORTEST_LIMIT) }
}
