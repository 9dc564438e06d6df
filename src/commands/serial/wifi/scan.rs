//! The name of a network, chosen of those that this computer hears or typed.

use crate::{
    commands::{CommandResult, Context, wifi::network},
    host_wifi::{HostWifi, HostWifiError, Network, System},
    platform::{Mcu, Platform},
};
use std::collections::HashSet;

/// The highest channel of the 2.4 GHz band, beyond which most boards do not hear.
const LAST_2_4_GHZ_CHANNEL: u16 = 14;

/// The name that a person chooses or types. `scan` answers the question whether to scan.
pub(super) fn ask_for_ssid(
    context: &Context<'_>,
    platform: Option<&Platform>,
    scan: bool,
) -> CommandResult<String> {
    let question = "Should I scan for nearby Wi-Fi networks?";
    if !scan && !context.ui.confirm(question, true, network::FILE_FLAG)? {
        return network::ask_for_name(context);
    }
    loop {
        let found = match hear(context) {
            Ok(found) => names(found, platform),
            Err(HostWifiError::Stopped(stop)) => return Err(stop.into()),
            Err(error) => {
                context.ui.warn(format!("Unable to scan for Wi-Fi networks: {error}"));
                return network::ask_for_name(context);
            }
        };
        if found.is_empty() {
            if context.ui.confirm("Uh oh, no networks found. Try again?", true, network::FILE_FLAG)? {
                continue;
            }
            return network::ask_for_name(context);
        }
        if let Some(chosen) = network::choose_name(context, found.iter().map(String::as_str))? {
            return Ok(found[chosen].clone());
        }
    }
}

fn hear(context: &Context<'_>) -> Result<Vec<Network>, HostWifiError> {
    let _progress = context.ui.spinner("Scanning for nearby Wi-Fi networks...");
    let path = context.environment.path("PATH").map(Into::into);
    HostWifi::new(System::THIS, path, &context.clock).scan()
}

/// Each network once, without those that the board does not hear and those of Photons that wait to be set up.
fn names(found: Vec<Network>, platform: Option<&Platform>) -> Vec<String> {
    let dual_band = platform.is_some_and(|platform| platform.mcu == Mcu::Rtl872x);
    let heard = |network: &Network| {
        dual_band || network.channel.is_none_or(|channel| channel <= LAST_2_4_GHZ_CHANNEL)
    };
    let mut seen = HashSet::new();
    let named = found.into_iter().filter(heard).map(|network| network.ssid);
    named.filter(|ssid| !ssid.starts_with(network::SETUP_PREFIX) && seen.insert(ssid.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_networks_that_the_board_can_use_are_offered() {
        let network = |ssid: &str, channel| Network {
            ssid: ssid.to_owned(),
            bssid: None,
            channel,
            signal: None,
            security: None,
        };
        let found = || {
            vec![
                network("home", Some(6)),
                network("home", Some(11)),
                network("Photon-ABCD", Some(1)),
                network("fast", Some(44)),
                network("unknown", None),
            ]
        };
        assert_eq!(names(found(), Platform::by_name("photon")), ["home", "unknown"]);
        assert_eq!(names(found(), Platform::by_name("p2")), ["home", "fast", "unknown"]);
    }
}
