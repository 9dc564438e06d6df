//! A network and what opens it, from a file.

use crate::{
    commands::{CommandError, CommandResult, Kind},
    secret::Secret,
    softap::{Credentials, NetworkConfiguration, ScannedNetwork, Security},
};
use serde::Deserialize;
use std::{fs, path::Path};

/// The network of a file. There is no `Debug`: it holds secrets.
pub(super) struct Network {
    ssid: String,
    security: Option<Security>,
    credentials: Credentials,
}

/// The members of the file, in the words of `serial wifi --file`.
#[derive(Deserialize)]
struct Members {
    network: String,
    #[serde(default)]
    security: Option<String>,
    #[serde(default)]
    password: Option<Secret>,
    #[serde(default)]
    eap: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    outer_identity: Option<String>,
    #[serde(default)]
    client_certificate: Option<String>,
    #[serde(default)]
    private_key: Option<Secret>,
    #[serde(default)]
    root_ca: Option<String>,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> CommandResult<Network> {
    let text = fs::read(path).map_err(|error| {
        CommandError::new(Kind::NotFound, format!("cannot read {}: {error}", path.display()))
    })?;
    parse(&text).map_err(|error| error.context(path.display().to_string()))
}

fn parse(text: &[u8]) -> CommandResult<Network> {
    let unusable = |why: String| CommandError::new(Kind::Usage, why);
    let members: Members = serde_json::from_slice(text).map_err(|error| unusable(error.to_string()))?;
    if members.network.is_empty() {
        return Err(unusable("`network` is empty".to_owned()));
    }
    let security = match members.security.as_deref() {
        None => None,
        Some(name) => {
            let known = Security::by_name(name);
            Some(known.ok_or_else(|| unusable(format!("{name:?} is no kind of security")))?)
        }
    };
    let ssid = members.network.clone();
    Ok(Network { ssid, security, credentials: credentials(members, security).map_err(unusable)? })
}

fn credentials(members: Members, security: Option<Security>) -> Result<Credentials, String> {
    let Members { password, outer_identity, root_ca, .. } = members;
    let password = password.filter(|password| !password.is_empty());
    match members.eap.as_deref().map(str::to_lowercase) {
        Some(eap) if eap.contains("peap") => Ok(Credentials::Peap {
            username: members.username.ok_or("`username` is missing")?,
            password: password.ok_or("`password` is missing")?,
            outer_identity,
            root_ca,
        }),
        Some(eap) if eap.contains("tls") => Ok(Credentials::Tls {
            certificate: members.client_certificate.ok_or("`client_certificate` is missing")?,
            private_key: members.private_key.ok_or("`private_key` is missing")?,
            outer_identity,
            root_ca,
        }),
        Some(eap) => Err(format!("{eap:?} is no EAP method: use peap or tls")),
        None if security.is_some_and(Security::is_enterprise) => Err("`eap` is missing".to_owned()),
        None if security.is_some_and(Security::is_open) => Ok(Credentials::None),
        None => Ok(password.map_or(Credentials::None, Credentials::Password)),
    }
}

impl Network {
    /// Adds what the file leaves open: from what the device hears of the network, or else what is usual.
    pub(super) fn complete(self, heard: &[ScannedNetwork]) -> CommandResult<NetworkConfiguration> {
        let Self { ssid, security, credentials } = self;
        let found = heard.iter().find(|network| network.ssid == ssid);
        let usual = || match &credentials {
            Credentials::None => Security::OPEN,
            Credentials::Password(_) => Security::WPA2,
            Credentials::Peap { .. } | Credentials::Tls { .. } => Security::WPA2_ENTERPRISE,
        };
        let security = security.or(found.map(|network| network.security)).unwrap_or_else(usual);
        let fits = match &credentials {
            Credentials::None => security.is_open(),
            Credentials::Password(_) => !security.is_open() && !security.is_enterprise(),
            Credentials::Peap { .. } | Credentials::Tls { .. } => security.is_enterprise(),
        };
        if !fits {
            let message =
                format!("the network {ssid} is secured with {security}, and the file holds nothing for that");
            return Err(CommandError::new(Kind::Usage, message).hint(
                "an open network needs no password, an enterprise network `eap` and what belongs to it",
            ));
        }
        let channel = found.map_or(0, |network| network.channel);
        Ok(NetworkConfiguration { ssid, channel, security, credentials })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(file: &str, heard: &[ScannedNetwork]) -> Result<(u32, u16), String> {
        let network = parse(file.as_bytes()).and_then(|network| network.complete(heard));
        network
            .map(|network| (network.security.0, network.channel))
            .map_err(|error| error.message().to_owned())
    }

    fn heard(security: u32) -> Vec<ScannedNetwork> {
        vec![ScannedNetwork { ssid: "Home".into(), rssi: -40, security: Security(security), channel: 6 }]
    }

    #[test]
    fn what_the_file_leaves_open_comes_from_the_scan_or_is_usual() {
        let file = r#"{"network": "Home", "password": "secret"}"#;
        assert_eq!(completed(file, &heard(0x0040_0004)), Ok((0x0040_0004, 6)));
        assert_eq!(completed(file, &[]), Ok((0x0040_0006, 0)));
        let named = r#"{"network": "Home", "password": "secret", "security": "WPA_TKIP"}"#;
        assert_eq!(completed(named, &heard(0x0040_0004)), Ok((0x0020_0002, 6)));
        assert_eq!(completed(r#"{"network": "Home", "security": "NONE", "password": ""}"#, &[]), Ok((0, 0)));
        let peap = r#"{"network": "Home", "security": "WPA2_802.1x", "eap": "PEAP", "username": "u", "password": "p"}"#;
        assert_eq!(completed(peap, &[]), Ok((0x0240_0006, 0)));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for (file, problem) in [
            (
                r#"{"network": "Home", "password": "x", "security": "WPA9"}"#,
                "\"WPA9\" is no kind of security",
            ),
            (r#"{"network": ""}"#, "`network` is empty"),
            (r#"{"network": "Home", "eap": "peap", "username": "u"}"#, "`password` is missing"),
            (r#"{"network": "Home", "security": "WPA2_802.1x"}"#, "`eap` is missing"),
            (r#"{"network": "Home", "eap": "md5"}"#, "\"md5\" is no EAP method: use peap or tls"),
        ] {
            assert_eq!(completed(file, &[]), Err(problem.to_owned()));
        }
        let open = completed(r#"{"network": "Home"}"#, &heard(0x0040_0004)).unwrap_err();
        assert!(open.starts_with("the network Home is secured with WPA2 AES"), "{open}");
    }
}
