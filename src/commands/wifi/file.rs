//! Files of Wi-Fi credentials.

use crate::{
    commands::{CommandError, CommandResult, Kind},
    secret::Secret,
    usb::control::messages::WifiSecurity,
};
use serde::Deserialize;
use std::{fs, io::ErrorKind, path::Path};

/// Names of securities in files, other than those of the protocol.
const OTHER_NAMES: [(&str, WifiSecurity); 9] = [
    ("NONE", WifiSecurity::None),
    ("UNSECURED", WifiSecurity::None),
    ("WPA", WifiSecurity::Wpa),
    ("WPA_AES", WifiSecurity::Wpa),
    ("WPA_TKIP", WifiSecurity::Wpa),
    ("WPA2", WifiSecurity::Wpa2),
    ("WPA2_AES", WifiSecurity::Wpa2),
    ("WPA2_TKIP", WifiSecurity::Wpa2),
    ("WPA3", WifiSecurity::Wpa3),
];

/// The contents of a file: of a network, and of whoever logs in to it.
#[derive(Deserialize)]
pub struct CredentialsFile {
    /// Name of the network.
    #[serde(default)]
    pub network: String,
    /// How it is secured, such as `WPA2_AES` or `WPA_802.1x`.
    pub security: Option<String>,
    /// The password: of the network, or of the user.
    pub password: Option<Secret>,
    /// Whether the network does not tell its name.
    #[serde(default)]
    pub hidden: bool,
    /// How a user logs in: `PEAP/MSCHAPv2` or `EAP-TLS`.
    pub eap: Option<String>,
    /// The user.
    pub username: Option<String>,
    /// What to call the user where anybody can hear it.
    pub outer_identity: Option<String>,
    /// The user's certificate in PEM form.
    pub client_certificate: Option<String>,
    /// The certificate's private key in PEM form.
    pub private_key: Option<Secret>,
    /// The certificate of the authority behind the network in PEM form.
    pub root_ca: Option<String>,
}

/// Reads a file. It has to name a network.
pub fn read(path: &Path) -> CommandResult<CredentialsFile> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CommandError::new(Kind::NotFound, format!("{shown} is not found.")),
        _ => CommandError::caused_by(Kind::Failed, error).context(shown.to_string()),
    })?;
    let file: CredentialsFile = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        // The library's own words may quote what stands in the file.
        let (line, column) = (error.line(), error.column());
        CommandError::new(Kind::Failed, format!("{shown}:{line}:{column}: this is not the JSON of a Wi-Fi network"))
            .hint("{ \"network\": \"my_ssid\", \"security\": \"WPA2_AES\", \"password\": \"my_password\" } is an example")
    })?;
    if file.network.is_empty() {
        return Err(CommandError::new(Kind::Usage, "No network name found in the file"));
    }
    Ok(file)
}

/// How a user logs in to a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EapMethod {
    /// PEAP/MSCHAPv2: with a name and a password.
    Peap,
    /// EAP-TLS: with a certificate.
    Tls,
}

impl CredentialsFile {
    /// Whether users log in to the network one by one.
    pub fn is_enterprise(&self) -> bool {
        let name = self.security.as_deref().unwrap_or_default().to_ascii_lowercase();
        name.contains("802.1x") || name.contains("enterprise")
    }

    /// How the user logs in; `None` where the file does not tell.
    pub fn eap_method(&self) -> CommandResult<Option<EapMethod>> {
        let Some(named) = &self.eap else { return Ok(None) };
        let name = named.to_ascii_lowercase();
        if name.contains("peap") {
            Ok(Some(EapMethod::Peap))
        } else if name.contains("tls") {
            Ok(Some(EapMethod::Tls))
        } else {
            let message = format!("{named:?} is no EAP method: use peap or tls");
            Err(CommandError::new(Kind::Usage, message))
        }
    }

    /// How the network is secured, as a control request says it; `None` where the file does not tell.
    pub fn wifi_security(&self) -> CommandResult<Option<WifiSecurity>> {
        let Some(name) = &self.security else { return Ok(None) };
        if self.is_enterprise() {
            return Err(CommandError::new(
                Kind::Device,
                "enterprise networks are not supported on this device",
            ));
        }
        match security_called(name) {
            Some(security) => Ok(Some(security)),
            None => Err(CommandError::new(Kind::Usage, format!("Unknown security type: {name}"))
                .hint("NONE, WEP, WPA_PSK, WPA2_PSK, WPA3_PSK, WPA_WPA2_PSK and WPA2_WPA3_PSK are known")),
        }
    }
}

fn security_called(name: &str) -> Option<WifiSecurity> {
    let name = name.to_ascii_uppercase();
    // Which cipher encrypts the network does not matter to a control request.
    let plain = name.replace("AES+TKIP", "AES");
    let other = OTHER_NAMES.iter().find(|(known, _)| *known == plain).map(|(_, security)| *security);
    WifiSecurity::by_name(&name).or(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_name_of_a_security_is_understood() {
        for (name, expected) in [
            ("NONE", WifiSecurity::None),
            ("NO_SECURITY", WifiSecurity::None),
            ("wep", WifiSecurity::Wep),
            ("WPA_TKIP", WifiSecurity::Wpa),
            ("WPA_AES+TKIP", WifiSecurity::Wpa),
            ("WPA2_AES+TKIP", WifiSecurity::Wpa2),
            ("WPA2_PSK", WifiSecurity::Wpa2),
            ("WPA_WPA2_PSK", WifiSecurity::WpaWpa2),
            ("WPA2_WPA3_PSK", WifiSecurity::Wpa2Wpa3),
        ] {
            assert_eq!(security_called(name), Some(expected), "{name}");
        }
        assert_eq!(security_called("WPA4"), None);
    }

    #[test]
    fn a_user_logs_in_by_password_or_certificate() {
        let method = |file: &str| serde_json::from_str::<CredentialsFile>(file).unwrap().eap_method();
        assert_eq!(method(r#"{"eap": "PEAP/MSCHAPv2"}"#).unwrap(), Some(EapMethod::Peap));
        assert_eq!(method(r#"{"eap": "EAP-TLS"}"#).unwrap(), Some(EapMethod::Tls));
        assert_eq!(method("{}").unwrap(), None);
        let refused = method(r#"{"eap": "md5"}"#).unwrap_err();
        assert_eq!(refused.message(), "\"md5\" is no EAP method: use peap or tls");
    }

    #[test]
    fn a_file_without_a_network_or_with_another_form_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let path = folder.path().join("wifi.json");
            fs::write(&path, text).unwrap();
            read(&path).map(|_| ()).map_err(|error| (error.kind(), error.message().to_owned()))
        };
        assert_eq!(read(r#"{"network": "a"}"#), Ok(()));
        assert_eq!(read(r#"{"password": "x"}"#).unwrap_err().0, Kind::Usage);
        let (kind, message) = read(r#"{"network": "a", "password": hunter2}"#).unwrap_err();
        assert!(kind == Kind::Failed && message.contains(":1:") && !message.contains("hunter2"), "{message}");
    }
}
