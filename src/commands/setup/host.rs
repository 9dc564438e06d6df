//! This computer's Wi-Fi during a set-up: finding the device's own network, going there and coming back.

use super::Args;
use crate::{
    clock::Clock,
    commands::{CommandError, CommandResult, Context, Kind, wifi::network::SETUP_PREFIX},
    host_wifi::{Connection, HostWifi, HostWifiError, Network, System},
    serial::MacAddress,
};
use std::time::Duration;

/// Pause between two looks for such a network.
const RESCAN_PAUSE: Duration = Duration::from_secs(5);

/// The way to a device's own network.
pub(super) enum Way {
    /// This computer is in it already.
    Open,
    /// The person changes this computer's network.
    ByHand,
    /// This program does.
    Automatic {
        /// Name of the device's network.
        ssid: String,
    },
}

/// What to undo after a set-up.
pub(super) enum Return {
    /// Nothing.
    Nothing,
    /// The person has to go back to a network with access to the internet.
    ByHand,
    /// This program goes back to this connection.
    To(Connection),
}

fn wifi<'c>(context: &Context<'_>, clock: &'c Clock) -> HostWifi<'c> {
    HostWifi::new(System::THIS, context.environment.path("PATH").map(Into::into), clock)
}

/// Finds the way to the device that is to be set up: the one with this MAC address, where that is known and in reach.
pub(super) fn find(context: &Context<'_>, args: &Args, mac: Option<MacAddress>) -> CommandResult<Way> {
    if args.softap.is_some() && !args.wifi {
        return Ok(Way::Open);
    }
    if args.manual {
        return Ok(Way::ByHand);
    }
    context.ui.note("PROTIP: hold the MODE or SETUP button of the device until its light blinks blue.");
    match look(context, mac) {
        Ok(ssid) => Ok(Way::Automatic { ssid }),
        Err(Trouble::Unable(error)) => {
            context
                .ui
                .note(format!("I am unable to automatically connect to Wi-Fi networks: {}", error.message()));
            error.hints().iter().for_each(|hint| context.ui.note(hint));
            let question = "We can still proceed in 'manual' mode. Would you like to continue?";
            if context.ui.confirm(question, true, "--manual")? { Ok(Way::ByHand) } else { Err(goodbye()) }
        }
        Err(Trouble::Final(error)) => Err(error),
    }
}

/// Why no network was found.
enum Trouble {
    /// This computer cannot look for any.
    Unable(CommandError),
    /// It can, and that was it.
    Final(CommandError),
}

impl<E: Into<CommandError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Final(error.into())
    }
}

/// Looks for networks of devices until there is one that the person wants.
fn look(context: &Context<'_>, mac: Option<MacAddress>) -> Result<String, Trouble> {
    let wifi = wifi(context, &context.clock);
    let mut waits = false;
    loop {
        let found = {
            let _spinner = context.ui.spinner("Scanning for nearby Photons...");
            let networks = wifi.scan().map_err(|error| match error {
                HostWifiError::Stopped(stop) => Trouble::Final(stop.into()),
                other => Trouble::Unable(other.into()),
            })?;
            of_devices(networks, mac)
        };
        match found.as_slice() {
            [] if waits => context.clock.pause(RESCAN_PAUSE)?,
            [] => {
                context.ui.note("No Photons in setup mode were found.");
                let question = "Would you like to wait and monitor for Photons entering setup mode?";
                waits = context.ui.can_ask() && context.ui.confirm(question, true, "--manual")?;
                if !waits {
                    return Err(Trouble::Final(none_found()));
                }
            }
            [ssid] => {
                let shown = context.ui.foreign(ssid);
                let question = format!("Found \"{shown}\". Would you like to perform setup on this one now?");
                if !context.ui.confirm(&question, true, "--yes")? {
                    return Err(Trouble::Final(goodbye()));
                }
                return Ok(ssid.clone());
            }
            several => {
                let question = "Which Photon would you like to set up?";
                let shown: Vec<String> =
                    several.iter().map(|ssid| context.ui.foreign(ssid).into_owned()).collect();
                let chosen = context.ui.choose(question, &shown, "--softap")?;
                return Ok(several[chosen].clone());
            }
        }
    }
}

/// The names of the networks that devices have opened; that of the device with this MAC address alone, where it is
/// among them.
fn of_devices(mut networks: Vec<Network>, mac: Option<MacAddress>) -> Vec<String> {
    networks.retain(|network| network.ssid.starts_with(SETUP_PREFIX));
    let mac = mac.map(|mac| mac.to_string());
    if let Some(meant) = networks.iter().find(|network| mac.is_some() && network.bssid == mac) {
        return vec![meant.ssid.clone()];
    }
    let mut names: Vec<String> = networks.into_iter().map(|network| network.ssid).collect();
    names.sort();
    names.dedup();
    names
}

/// Goes to the device's network.
pub(super) fn go(context: &Context<'_>, way: &Way) -> CommandResult<Return> {
    match way {
        Way::Open => Ok(Return::Nothing),
        Way::ByHand => {
            let question = "Please connect to the Photon-XXXX network now. Press enter when ready";
            context.ui.ask(question, None, "--softap")?;
            Ok(Return::ByHand)
        }
        Way::Automatic { ssid } => {
            let wifi = wifi(context, &context.clock);
            let back = wifi.current()?.map_or(Return::Nothing, Return::To);
            let joined = {
                let _spinner = context.ui.spinner(format!("Connecting to {}...", context.ui.foreign(ssid)));
                wifi.join_open(ssid)
            };
            if let Err(error) = joined {
                // What went wrong first is what the person has to know.
                let _ = come_back(context, &back, false);
                return Err(error.into());
            }
            Ok(back)
        }
    }
}

/// Goes back to where this computer was. A person who does so is waited for only if there is more to do.
pub(super) fn come_back(context: &Context<'_>, back: &Return, more_to_do: bool) -> CommandResult {
    match back {
        Return::Nothing => Ok(()),
        Return::ByHand if !more_to_do => {
            context.ui.note("Please connect this computer to your own network again.");
            Ok(())
        }
        Return::ByHand => {
            let question = "Please connect this computer to your own network again. Press enter when ready";
            context.ui.ask(question, None, "--softap").map(drop).map_err(Into::into)
        }
        Return::To(connection) => {
            let name = context.ui.foreign(&connection.0);
            let _spinner = context.ui.spinner(format!("Going back to {name}..."));
            // A person who has had enough wants to be back all the same.
            let clock = Clock::default();
            wifi(context, &clock).return_to(connection).map_err(|error| {
                let error =
                    CommandError::from(error).context("This computer could not go back to its network");
                error.hint(format!("connect it to {name} again yourself"))
            })
        }
    }
}

fn none_found() -> CommandError {
    CommandError::new(Kind::NoDevice, "No Photon in listening mode is in reach of this computer's Wi-Fi")
        .hint("hold its MODE or SETUP button until the light blinks blue, and run `particle setup` again")
}

/// The person does not want to go on.
pub(super) fn goodbye() -> CommandError {
    CommandError::new(Kind::Failed, "Goodbye! Nothing was set up")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_device_on_the_cable_is_found_among_others() {
        let network = |ssid: &str, bssid: Option<&str>| Network {
            ssid: ssid.to_owned(),
            bssid: bssid.map(str::to_owned),
            channel: None,
            signal: None,
            security: None,
        };
        let heard = || {
            vec![
                network("Photon-BBBB", Some("6c:0b:84:00:00:02")),
                network("Home", Some("6c:0b:84:00:00:03")),
                network("Photon-AAAA", Some("6c:0b:84:00:00:01")),
                network("Photon-AAAA", None),
            ]
        };
        let mac = |text: &str| MacAddress::find(text);
        assert_eq!(of_devices(heard(), mac("6c:0b:84:00:00:02")), ["Photon-BBBB"]);
        for unheard in [None, mac("6c:0b:84:00:00:03"), mac("6c:0b:84:00:00:04")] {
            assert_eq!(of_devices(heard(), unheard), ["Photon-AAAA", "Photon-BBBB"]);
        }
    }
}
