//! Which network the device is to use, and what opens it.

use super::network_file;
use crate::{
    commands::{
        CommandResult, Context,
        wifi::{
            enterprise,
            file::EapMethod,
            network::{SETUP_PREFIX, ask_for_name, ask_for_password},
        },
    },
    softap::{Credentials, NetworkConfiguration, SECURITIES, ScannedNetwork, Security, SoftAp, SoftApError},
};
use std::{collections::HashSet, time::Duration};

const RESCAN: &str = "[rescan networks]";
const OTHER: &str = "[other network]";
/// How often the device is asked what it hears, until there is something.
const SCANS: u32 = 10;
const SCAN_PAUSE: Duration = Duration::from_secs(2);

/// A network without what opens it.
struct Place {
    ssid: String,
    channel: u16,
    security: Security,
}

/// The network in the file that was given, or the one that the person chooses.
pub(super) fn choose(
    context: &Context<'_>,
    device: &SoftAp<'_>,
    given: Option<network_file::Network>,
) -> CommandResult<NetworkConfiguration> {
    if let Some(network) = given {
        return network.complete(&scan(context, device)?);
    }
    loop {
        let place = place(context, device)?;
        let credentials = credentials(context, place.security)?;
        context.ui.note(format!("Network:  {}", context.ui.foreign(&place.ssid)));
        context.ui.note(format!("Security: {}", place.security));
        let Place { ssid, channel, security } = place;
        if context.ui.confirm(
            "Would you like to continue with the information shown above?",
            true,
            "--file",
        )? {
            return Ok(NetworkConfiguration { ssid, channel, security, credentials });
        }
        context.ui.note("Let's try that again then.");
    }
}

fn place(context: &Context<'_>, device: &SoftAp<'_>) -> CommandResult<Place> {
    if !context.ui.confirm("Shall I have the Photon scan for available Wi-Fi networks?", true, "--file")? {
        return by_hand(context);
    }
    loop {
        let networks = scan(context, device)?;
        if networks.is_empty() {
            context.ui.note("The device hears no network.");
            return by_hand(context);
        }
        let names = networks.iter().map(|network| context.ui.foreign(&network.ssid).into_owned());
        let choices: Vec<String> = names.chain([RESCAN, OTHER].map(str::to_owned)).collect();
        let question = "Select the Wi-Fi network with which you wish to connect your device:";
        let chosen = context.ui.choose(question, &choices, "--file")?;
        match networks.into_iter().nth(chosen) {
            Some(network) => {
                let ScannedNetwork { ssid, channel, security, .. } = network;
                return Ok(Place { ssid, channel, security });
            }
            None if choices.get(chosen).is_some_and(|choice| choice == RESCAN) => {}
            None => return by_hand(context),
        }
    }
}

/// What the device hears, the best first, each name once.
fn scan(context: &Context<'_>, device: &SoftAp<'_>) -> CommandResult<Vec<ScannedNetwork>> {
    let _spinner = context.ui.spinner("Asking the Photon to scan for nearby Wi-Fi networks...");
    let mut networks = Vec::new();
    for attempt in 0..SCANS {
        if attempt > 0 {
            context.clock.pause(SCAN_PAUSE)?;
        }
        networks = match device.networks() {
            // A list that makes no sense does not keep the person from typing a name.
            Err(SoftApError::Garbled(_)) => break,
            outcome => outcome?,
        };
        if !networks.is_empty() {
            break;
        }
    }
    networks.sort_by_key(|network| std::cmp::Reverse(network.rssi));
    let mut seen = HashSet::new();
    // A Photon that waits to be set up is no network to be in.
    networks.retain(|network| !network.ssid.starts_with(SETUP_PREFIX) && seen.insert(network.ssid.clone()));
    Ok(networks)
}

fn by_hand(context: &Context<'_>) -> CommandResult<Place> {
    let ssid = ask_for_name(context)?;
    let names = SECURITIES.map(|(name, _)| name.to_owned());
    let chosen = context.ui.choose("Security type", &names, "--file")?;
    let security = SECURITIES.get(chosen).map_or(Security::OPEN, |&(_, security)| security);
    Ok(Place { ssid, channel: 0, security })
}

fn credentials(context: &Context<'_>, security: Security) -> CommandResult<Credentials> {
    if security.is_open() {
        return Ok(Credentials::None);
    }
    if security.is_enterprise() {
        return login(context);
    }
    ask_for_password(context).map(Credentials::Password)
}

/// What opens a network in which users log in one by one.
fn login(context: &Context<'_>) -> CommandResult<Credentials> {
    // The questions come in the order of the members.
    Ok(match enterprise::ask_for_method(context)? {
        EapMethod::Peap => Credentials::Peap {
            username: enterprise::ask_for_username(context)?,
            password: enterprise::ask_for_password(context)?,
            outer_identity: enterprise::ask_for_outer_identity(context)?,
            root_ca: enterprise::ask_for_root_ca(context)?,
        },
        EapMethod::Tls => Credentials::Tls {
            certificate: enterprise::ask_for_certificate(context)?,
            private_key: enterprise::ask_for_private_key(context)?,
            outer_identity: enterprise::ask_for_outer_identity(context)?,
            root_ca: enterprise::ask_for_root_ca(context)?,
        },
    })
}
