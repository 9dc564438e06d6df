//! Answers to what a device asks on its console, from a file or from a person.

use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        wifi::{
            enterprise,
            file::{CredentialsFile, EapMethod},
            network,
        },
    },
    secret::Secret,
    serial::{Question, check_answer},
};

/// Securities, by the digits that devices know them by.
const SECURITIES: [(&str, &str); 4] = [("WPA2", "3"), ("WPA", "2"), ("WEP", "1"), ("Unsecured", "0")];
const ENTERPRISE_SECURITIES: [(&str, &str); 2] = [("WPA Enterprise", "4"), ("WPA2 Enterprise", "5")];
const CIPHERS: [(&str, &str); 3] = [("AES+TKIP", "3"), ("TKIP", "2"), ("AES", "1")];

/// Whoever knows the answers.
pub(super) struct Answers<'a, 'c> {
    context: &'a Context<'c>,
    file: Option<&'a CredentialsFile>,
    ssid: &'a str,
    /// Whether the device has asked for a user: then a password is the user's.
    of_user: bool,
}

impl<'a, 'c> Answers<'a, 'c> {
    /// The answers about a network in a file, or those of a person. What a device could not take is refused before it is
    /// asked anything.
    pub(super) fn new(
        context: &'a Context<'c>,
        file: Option<&'a CredentialsFile>,
        ssid: &'a str,
    ) -> CommandResult<Self> {
        if let Some(file) = file {
            file.eap_method()?;
        }
        let answers = Self { context, file, ssid, of_user: false };
        let ready = [
            Question::Ssid,
            Question::Password,
            Question::Username,
            Question::OuterIdentity,
            Question::ClientCertificate,
            Question::PrivateKey,
            Question::RootCertificate,
        ];
        for question in ready {
            if let Some(answer) = answers.ready(question) {
                check_answer(question, &answer)
                    .map_err(|error| CommandError::caused_by(Kind::Usage, error))?;
            }
        }
        Ok(answers)
    }

    /// The answer to a question.
    pub(super) fn give(&mut self, question: Question) -> CommandResult<Secret> {
        self.of_user |= question == Question::Username;
        match self.ready(question) {
            Some(answer) => Ok(answer),
            None => self.ask(question),
        }
    }

    /// The answer, if it is known without asking a person.
    fn ready(&self, question: Question) -> Option<Secret> {
        let text = |text: &str| Some(Secret::new(text.to_owned()));
        if question == Question::Ssid {
            return text(self.ssid);
        }
        let file = self.file?;
        match question {
            Question::Ssid => None,
            Question::Security { .. } => text(security_digit(file)),
            Question::Cipher => text(cipher_digit(file.security.as_deref())),
            Question::Password => file.password.clone(),
            Question::EapType => text(eap_digit(file.eap_method().ok()??)),
            Question::Username => text(file.username.as_deref()?),
            Question::OuterIdentity => text(file.outer_identity.as_deref().unwrap_or_default()),
            Question::ClientCertificate => text(file.client_certificate.as_deref()?),
            Question::PrivateKey => file.private_key.clone(),
            Question::RootCertificate => text(file.root_ca.as_deref().unwrap_or_default()),
        }
    }

    fn ask(&self, question: Question) -> CommandResult<Secret> {
        let context = self.context;
        let optional = |answer: Option<String>| answer.unwrap_or_default();
        let answer = match question {
            Question::Ssid => network::ask_for_name(context)?,
            Question::Security { enterprise } => {
                let more = if enterprise { &ENTERPRISE_SECURITIES[..] } else { &[] };
                self.choose("Security Type", &[&SECURITIES, more].concat())?
            }
            Question::Cipher => self.choose("Cipher Type", &CIPHERS)?,
            Question::Password if self.of_user => return enterprise::ask_for_password(context),
            Question::Password => return network::ask_for_password(context),
            Question::EapType => eap_digit(enterprise::ask_for_method(context)?).to_owned(),
            Question::Username => enterprise::ask_for_username(context)?,
            Question::OuterIdentity => optional(enterprise::ask_for_outer_identity(context)?),
            Question::ClientCertificate => enterprise::ask_for_certificate(context)?,
            Question::PrivateKey => return enterprise::ask_for_private_key(context),
            Question::RootCertificate => optional(enterprise::ask_for_root_ca(context)?),
        };
        Ok(Secret::new(answer))
    }

    /// The digit of one of several choices.
    fn choose(&self, question: &str, choices: &[(&str, &str)]) -> CommandResult<String> {
        let names: Vec<String> = choices.iter().map(|(name, _)| (*name).to_owned()).collect();
        let chosen = self.context.ui.choose(question, &names, network::FILE_FLAG)?;
        Ok(choices.get(chosen).map_or_else(String::new, |(_, digit)| (*digit).to_owned()))
    }
}

/// The digit of a security named in a file; without a name it is WPA2.
fn security_digit(file: &CredentialsFile) -> &'static str {
    let name = file.security.as_deref().unwrap_or_default().to_ascii_uppercase();
    let enterprise = file.is_enterprise();
    match () {
        () if enterprise && name.contains("WPA2") => "5",
        () if enterprise => "4",
        () if name.contains("WPA2") => "3",
        () if name.contains("WPA3") => "6",
        () if name.contains("WPA") => "2",
        () if name.contains("WEP") => "1",
        () if name.contains("NONE") || name == "NO_SECURITY" => "0",
        () => "3",
    }
}

/// The digit of the cipher in the name of a security; without one it is AES.
fn cipher_digit(name: Option<&str>) -> &'static str {
    let name = name.unwrap_or_default().to_ascii_uppercase();
    match (name.contains("AES"), name.contains("TKIP")) {
        (true, true) => "3",
        (false, true) => "2",
        (_, false) => "1",
    }
}

/// The digit of an EAP type.
const fn eap_digit(method: EapMethod) -> &'static str {
    match method {
        EapMethod::Peap => "0",
        EapMethod::Tls => "1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documented_names_become_the_digits_of_devices() {
        for (name, security, cipher) in [
            ("NONE", "0", "1"),
            ("WEP", "1", "1"),
            ("WPA2_AES", "3", "1"),
            ("WPA2_TKIP", "3", "2"),
            ("WPA2_AES+TKIP", "3", "3"),
            ("WPA_AES", "2", "1"),
            ("WPA_TKIP", "2", "2"),
            ("WPA_AES+TKIP", "2", "3"),
            ("WPA_802.1x", "4", "1"),
            ("WPA2_802.1x", "5", "1"),
            ("WPA2 Enterprise AES", "5", "1"),
            ("WPA3_PSK", "6", "1"),
        ] {
            let file = serde_json::from_value(json!({ "security": name })).unwrap();
            assert_eq!((security_digit(&file), cipher_digit(Some(name))), (security, cipher), "{name}");
        }
        let silent = serde_json::from_value(json!({})).unwrap();
        assert_eq!((security_digit(&silent), cipher_digit(None)), ("3", "1"));
    }
}
