//! Errors of serial ports and of the listening-mode console.

use super::{CommandError, Kind};
use crate::serial::{
    Holder, ListeningError, PortError, WifiSetupError, holders,
    ymodem::{Refusal, YmodemError},
};

const PORT_HINT: &str = "`particle serial list` shows the ports there are";
const GROUP_HINT: &str =
    "add yourself to the group that owns it (`sudo usermod -aG dialout $USER`) and log in again";
const LISTENING_HINT: &str = "put the device into listening mode (hold MODE or SETUP for three seconds, until the light blinks blue) and try again";
const YMODEM_HINT: &str = "the device goes on with the firmware it has; try again, or use `particle flash --usb FILE`, which is more reliable";
const LOGGING_HINT: &str = "firmware that logs to the serial port, as is usual on the Electron, gets in the way of this: `particle flash --usb tinker` replaces it by one that does not";

impl From<PortError> for CommandError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Usb(error) => error.into(),
            PortError::Transfer(error) => error.into(),
            PortError::NotFound(_) => Self::caused_by(Kind::NoDevice, error).hint(PORT_HINT),
            PortError::Busy(ref port) => {
                let hint = busy_hint(&holders(port));
                Self::caused_by(Kind::Busy, error).hint(hint)
            }
            PortError::Permission(_) if cfg!(target_os = "linux") => {
                Self::caused_by(Kind::Permission, error).hint(GROUP_HINT)
            }
            PortError::Permission(_) => Self::caused_by(Kind::Permission, error),
            PortError::Unusable { .. } | PortError::NoInterface(_) => Self::caused_by(Kind::Device, error),
            PortError::Listing(_) => Self::caused_by(Kind::Failed, error),
        }
    }
}

impl From<ListeningError> for CommandError {
    fn from(error: ListeningError) -> Self {
        match error {
            ListeningError::Port(error) => error.into(),
            ListeningError::Stopped(stop) => stop.into(),
            ListeningError::Silent => Self::caused_by(Kind::WrongMode, error).hint(LISTENING_HINT),
        }
    }
}

impl From<YmodemError> for CommandError {
    fn from(error: YmodemError) -> Self {
        match error {
            YmodemError::Port(error) => Self::from(error).hint(YMODEM_HINT),
            YmodemError::Stopped(stop) => Self::from(stop).hint("the device goes on with the firmware it has"),
            YmodemError::Refused(refusal @ Refusal::NoAnswer) => {
                Self::caused_by(Kind::WrongMode, refusal).hint(LISTENING_HINT).hint(LOGGING_HINT)
            }
            YmodemError::Refused(refusal @ Refusal::Validation(_)) => {
                Self::caused_by(Kind::Device, refusal)
                    .hint("the device has not taken it: `particle serial inspect` shows what is on it, `particle binary inspect FILE` what the file needs")
            }
            YmodemError::Refused(refusal) => {
                Self::caused_by(Kind::Device, refusal).hint(LOGGING_HINT).hint(YMODEM_HINT)
            }
        }
    }
}

/// What to do about a port that others have open.
fn busy_hint(holders: &[Holder]) -> String {
    if holders.is_empty() {
        return "close the program that has it open, such as a serial monitor".to_owned();
    }
    let named: Vec<String> =
        holders.iter().map(|Holder { process, program }| format!("{program} (process {process})")).collect();
    format!("close the program that has it open: {}", named.join(", "))
}

impl From<WifiSetupError> for CommandError {
    fn from(error: WifiSetupError) -> Self {
        match error {
            WifiSetupError::Port(error) => error.into(),
            WifiSetupError::Stopped(stop) => stop.into(),
            WifiSetupError::NotListening | WifiSetupError::Silent => {
                Self::caused_by(Kind::WrongMode, error).hint(LISTENING_HINT)
            }
            WifiSetupError::Answer(error) => Self::caused_by(Kind::Usage, error),
            WifiSetupError::Closed | WifiSetupError::Failed(_) => Self::caused_by(Kind::Device, error),
        }
    }
}
