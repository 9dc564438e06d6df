//! What opens a network in which users log in one by one.

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    secret::Secret,
    softap::Credentials,
};
use std::{fs, path::Path};

/// Largest certificate or key that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Asks for everything.
pub(super) fn ask(context: &Context<'_>) -> CommandResult<Credentials> {
    let choices = ["PEAP/MSCHAPv2", "EAP-TLS"].map(str::to_owned);
    let is_peap = context.ui.choose("EAP Type", &choices, "--file")? == 0;
    if is_peap {
        let username = required(context, "Username")?;
        let password = Secret::new(context.ui.ask_secret("Password", "--file")?);
        let (outer_identity, root_ca) = (outer_identity(context)?, root_ca(context)?);
        return Ok(Credentials::Peap { username, password, outer_identity, root_ca });
    }
    let certificate = pem_file(context, "File with the client certificate in PEM format")?;
    let private_key = Secret::new(pem_file(context, "File with the private key in PEM format")?);
    let (outer_identity, root_ca) = (outer_identity(context)?, root_ca(context)?);
    Ok(Credentials::Tls { certificate, private_key, outer_identity, root_ca })
}

fn required(context: &Context<'_>, question: &str) -> CommandResult<String> {
    loop {
        let answer = context.ui.ask(question, None, "--file")?;
        if !answer.is_empty() {
            return Ok(answer);
        }
    }
}

fn outer_identity(context: &Context<'_>) -> CommandResult<Option<String>> {
    let answer = context.ui.ask("Outer identity (optional)", None, "--file")?;
    Ok(Some(answer).filter(|answer| !answer.is_empty()))
}

fn root_ca(context: &Context<'_>) -> CommandResult<Option<String>> {
    let file = context.ui.ask("File with the CA certificate in PEM format (optional)", None, "--file")?;
    if file.is_empty() { Ok(None) } else { read_pem(Path::new(&file)).map(Some) }
}

fn pem_file(context: &Context<'_>, question: &str) -> CommandResult<String> {
    loop {
        match read_pem(Path::new(&required(context, question)?)) {
            Err(error) => context.ui.note(error.message()),
            pem => return pem,
        }
    }
}

fn read_pem(path: &Path) -> CommandResult<String> {
    let failed =
        |why: String| CommandError::new(Kind::NotFound, format!("cannot use {}: {why}", path.display()));
    let length = fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if length > MAX_FILE {
        return Err(failed("it is too large to be a certificate or a key".to_owned()));
    }
    let text = fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    if text.contains("-----BEGIN ") { Ok(text) } else { Err(failed("it is not in PEM format".to_owned())) }
}
