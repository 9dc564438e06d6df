//! Errors of this computer's Wi-Fi.

use super::{CommandError, Kind};
use crate::host_wifi::HostWifiError;

impl From<HostWifiError> for CommandError {
    fn from(error: HostWifiError) -> Self {
        match error {
            HostWifiError::Stopped(stop) => stop.into(),
            HostWifiError::Missing("nmcli") => Self::caused_by(Kind::Failed, error)
                .hint("this program finds and changes networks with NetworkManager; install it"),
            HostWifiError::NamesHidden => Self::caused_by(Kind::Failed, error)
                .hint("allow your terminal to see your location, in System Settings under Privacy"),
            HostWifiError::NoNetwork(_) => Self::caused_by(Kind::NoDevice, error),
            other => Self::caused_by(Kind::Failed, other),
        }
    }
}
