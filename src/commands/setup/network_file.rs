//! The network of a file, as a device takes it over its own network.

use crate::{
    commands::{
        CommandError, CommandResult, Kind,
        wifi::file::{CredentialsFile, EapMethod},
    },
    softap::{Credentials, NetworkConfiguration, ScannedNetwork, Security},
};

/// The network of a file. There is no `Debug`: it holds secrets.
pub(super) struct Network {
    ssid: String,
    security: Option<Security>,
    credentials: Credentials,
}

impl TryFrom<CredentialsFile> for Network {
    type Error = CommandError;

    fn try_from(file: CredentialsFile) -> CommandResult<Self> {
        let security = match file.security.as_deref() {
            None => None,
            Some(name) => {
                let known = Security::by_name(name);
                Some(known.ok_or_else(|| unusable(format!("{name:?} is no kind of security")))?)
            }
        };
        Ok(Self { ssid: file.network.clone(), security, credentials: credentials(file, security)? })
    }
}

fn credentials(file: CredentialsFile, security: Option<Security>) -> CommandResult<Credentials> {
    let missing = |member: &str| unusable(format!("`{member}` is missing"));
    let method = file.eap_method()?;
    let CredentialsFile { outer_identity, root_ca, .. } = file;
    let password = file.password.filter(|password| !password.is_empty());
    match method {
        Some(EapMethod::Peap) => Ok(Credentials::Peap {
            username: file.username.ok_or_else(|| missing("username"))?,
            password: password.ok_or_else(|| missing("password"))?,
            outer_identity,
            root_ca,
        }),
        Some(EapMethod::Tls) => Ok(Credentials::Tls {
            certificate: file.client_certificate.ok_or_else(|| missing("client_certificate"))?,
            private_key: file.private_key.ok_or_else(|| missing("private_key"))?,
            outer_identity,
            root_ca,
        }),
        None if security.is_some_and(Security::is_enterprise) => Err(missing("eap")),
        None if security.is_some_and(Security::is_open) => Ok(Credentials::None),
        None => Ok(password.map_or(Credentials::None, Credentials::Password)),
    }
}

fn unusable(why: String) -> CommandError {
    CommandError::new(Kind::Usage, why)
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
        let file: CredentialsFile = serde_json::from_str(file).unwrap();
        let network = Network::try_from(file).and_then(|network| network.complete(heard));
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
