//! Which network a device is to use, from a file or from a person's answers.

use super::{file::CredentialsFile, radio::Radio};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    secret::Secret,
    usb::control::messages::{ScannedNetwork, WifiCredentials, WifiNetwork, WifiSecurity},
};

/// The entry of a list that is no network.
const RESCAN: &str = "[rescan networks]";
/// How the networks of Photons begin that wait to be set up.
pub const SETUP_PREFIX: &str = "Photon-";
/// What to type where nobody can be asked.
pub const FILE_FLAG: &str = "--file";
/// What a person may choose of, and how it is said.
const SECURITIES: [(WifiSecurity, &str); 5] = [
    (WifiSecurity::Wpa2, "WPA2"),
    (WifiSecurity::Wpa3, "WPA3"),
    (WifiSecurity::Wpa, "WPA"),
    (WifiSecurity::Wep, "WEP"),
    (WifiSecurity::None, "Unsecured"),
];

/// A network with its credentials. A network without security has none.
fn network(ssid: &str, security: WifiSecurity, password: Option<&Secret>, hidden: bool) -> WifiNetwork {
    let password = password.filter(|_| security != WifiSecurity::None);
    WifiNetwork {
        ssid: ssid.to_owned(),
        security: security.into(),
        credentials: password.map(|password| WifiCredentials::password(password.expose())),
        hidden,
        ..WifiNetwork::default()
    }
}

/// The network in a file. A security that it does not tell is that of the network in range, or else WPA2.
pub fn from_file(file: &CredentialsFile, radio: &Radio<'_>) -> CommandResult<WifiNetwork> {
    let password = file.password.as_ref().filter(|password| !password.is_empty());
    let security = match file.wifi_security()? {
        Some(security) => security,
        None => {
            let found = radio.scan()?.into_iter().find(|network| network.ssid == file.network);
            let usual = if password.is_some() { WifiSecurity::Wpa2 } else { WifiSecurity::None };
            found.map_or(usual, |network| network.security())
        }
    };
    if security != WifiSecurity::None && password.is_none() {
        let message = format!("the file has no password for {}, which is secured", file.network);
        return Err(CommandError::new(Kind::Usage, message));
    }
    Ok(network(&file.network, security, password, file.hidden))
}

/// The network that a person chooses or types.
pub fn ask(context: &Context<'_>, radio: &Radio<'_>) -> CommandResult<WifiNetwork> {
    if context.ui.confirm("Would you like to scan for Wi-Fi networks?", true, FILE_FLAG)? {
        choose(context, radio)
    } else {
        ask_for_all(context)
    }
}

/// The network that a person chooses of those that the device hears.
pub fn choose(context: &Context<'_>, radio: &Radio<'_>) -> CommandResult<WifiNetwork> {
    loop {
        let found = distinct(radio.scan()?);
        if found.is_empty() {
            if context.ui.confirm("No networks found. Try again?", true, FILE_FLAG)? {
                continue;
            }
            return Err(CommandError::new(Kind::Failed, "No Wi-Fi networks found"));
        }
        let names = found.iter().map(|network| network.ssid.as_str());
        if let Some(chosen) = choose_name(context, names)? {
            let security = found[chosen].security();
            let password = match security {
                WifiSecurity::None => None,
                _ => Some(ask_for_password(context)?),
            };
            return Ok(network(&found[chosen].ssid, security, password.as_ref(), false));
        }
    }
}

/// The place of the name that a person chooses; `None` to scan again.
pub fn choose_name<'n>(
    context: &Context<'_>,
    names: impl Iterator<Item = &'n str>,
) -> CommandResult<Option<usize>> {
    let mut items: Vec<String> = names.map(|name| context.ui.foreign(name).into_owned()).collect();
    let count = items.len();
    items.push(RESCAN.to_owned());
    let question = "Select the Wi-Fi network with which you wish to connect your device:";
    let chosen = context.ui.choose(question, &items, FILE_FLAG)?;
    Ok((chosen < count).then_some(chosen))
}

/// Each network once, by its strongest access point.
fn distinct(mut found: Vec<ScannedNetwork>) -> Vec<ScannedNetwork> {
    let mut seen = std::collections::HashSet::new();
    // A Photon that waits to be set up is no network to be in.
    found.retain(|network| !network.ssid.starts_with(SETUP_PREFIX) && seen.insert(network.ssid.clone()));
    found
}

/// The network that a person describes.
pub fn ask_for_all(context: &Context<'_>) -> CommandResult<WifiNetwork> {
    let ssid = ask_for_name(context)?;
    let names = SECURITIES.map(|(_, name)| name.to_owned());
    let chosen = context.ui.choose("Select the security type for your Wi-Fi network:", &names, FILE_FLAG)?;
    let security = SECURITIES.get(chosen).map_or(WifiSecurity::Wpa2, |(security, _)| *security);
    let password = match security {
        WifiSecurity::None => None,
        _ => Some(ask_for_password(context)?),
    };
    // `--yes` says nothing about a network.
    let assume_no = context.ui.options().assume_yes;
    let hidden = !assume_no && context.ui.confirm("Is this a hidden network?", false, FILE_FLAG)?;
    Ok(network(&ssid, security, password.as_ref(), hidden))
}

/// A name of a network, which is asked for until there is one.
pub fn ask_for_name(context: &Context<'_>) -> CommandResult<String> {
    loop {
        let ssid = context.ui.ask("SSID", None, FILE_FLAG)?;
        if !ssid.trim().is_empty() {
            return Ok(ssid.trim().to_owned());
        }
        context.ui.note("Please enter a valid SSID");
    }
}

/// The password of a network, which is asked for until there is one.
pub fn ask_for_password(context: &Context<'_>) -> CommandResult<Secret> {
    insist_on_password(context, "Wi-Fi Password")
}

/// Asks for a password until there is one.
pub(super) fn insist_on_password(context: &Context<'_>, question: &str) -> CommandResult<Secret> {
    loop {
        let password = Secret::new(context.ui.ask_secret(question, FILE_FLAG)?);
        if !password.is_empty() {
            return Ok(password);
        }
        context.ui.note("Please enter a password");
    }
}
