//! What opens a network in which users log in one by one, asked of a person.
//!
//! Certificates and keys are named by their files: nobody types them.

use super::{
    file::EapMethod,
    network::{FILE_FLAG, insist_on_password},
};
use crate::{
    commands::{CommandResult, Context},
    secret::Secret,
};
use std::{fmt, fs};

/// Largest certificate or key that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024;
/// The ways to log in, and how each is said.
const METHODS: [(EapMethod, &str); 2] = [(EapMethod::Peap, "PEAP/MSCHAPv2"), (EapMethod::Tls, "EAP-TLS")];

/// How the user logs in.
pub fn ask_for_method(context: &Context<'_>) -> CommandResult<EapMethod> {
    let names = METHODS.map(|(_, name)| name.to_owned());
    let chosen = context.ui.choose("EAP Type", &names, FILE_FLAG)?;
    Ok(METHODS.get(chosen).map_or(EapMethod::Peap, |(method, _)| *method))
}

/// The name of the user, which is asked for until there is one.
pub fn ask_for_username(context: &Context<'_>) -> CommandResult<String> {
    insist(context, "Username", "Please enter a user name")
}

/// The user's password, which is asked for until there is one.
pub fn ask_for_password(context: &Context<'_>) -> CommandResult<Secret> {
    insist_on_password(context, "Password")
}

/// What to call the user where anybody can hear it; `None` if nothing is typed.
pub fn ask_for_outer_identity(context: &Context<'_>) -> CommandResult<Option<String>> {
    let answer = context.ui.ask("Outer identity (optional)", None, FILE_FLAG)?;
    Ok(Some(answer).filter(|answer| !answer.is_empty()))
}

/// The user's certificate, in PEM.
pub fn ask_for_certificate(context: &Context<'_>) -> CommandResult<String> {
    ask_for_pem(context, "File with the client certificate in PEM format")
}

/// The private key that belongs to the certificate, in PEM.
pub fn ask_for_private_key(context: &Context<'_>) -> CommandResult<Secret> {
    ask_for_pem(context, "File with the private key in PEM format").map(Secret::new)
}

/// The certificate that the network's server has to have, in PEM; `None` if no file is named.
pub fn ask_for_root_ca(context: &Context<'_>) -> CommandResult<Option<String>> {
    loop {
        let question = "File with the CA certificate in PEM format (optional)";
        let name = context.ui.ask(question, None, FILE_FLAG)?;
        if name.trim().is_empty() {
            return Ok(None);
        }
        match read_pem(name.trim()) {
            Ok(pem) => return Ok(Some(pem)),
            Err(why) => context.ui.note(why),
        }
    }
}

/// The contents of a file that is asked for until it can be used.
fn ask_for_pem(context: &Context<'_>, question: &str) -> CommandResult<String> {
    loop {
        match read_pem(&insist(context, question, "Please enter the name of a file")?) {
            Ok(pem) => return Ok(pem),
            Err(why) => context.ui.note(why),
        }
    }
}

/// Asks until there is an answer, and says `please` where there is none.
fn insist(context: &Context<'_>, question: &str, please: &str) -> CommandResult<String> {
    loop {
        let answer = context.ui.ask(question, None, FILE_FLAG)?;
        if !answer.trim().is_empty() {
            return Ok(answer.trim().to_owned());
        }
        context.ui.note(please);
    }
}

/// The text of a file in PEM, or why it cannot be used.
fn read_pem(name: &str) -> Result<String, String> {
    let failed = |why: &dyn fmt::Display| format!("cannot use {name}: {why}");
    let length = fs::metadata(name).map_err(|error| failed(&error))?.len();
    if length > MAX_FILE {
        return Err(failed(&"it is too large to be a certificate or a key"));
    }
    let text = fs::read_to_string(name).map_err(|error| failed(&error))?;
    if text.contains("-----BEGIN ") { Ok(text) } else { Err(failed(&"it is not in PEM format")) }
}
