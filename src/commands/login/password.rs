//! Logging in with e-mail address, password and, where the account needs it, a login code.
//!
//! Nothing is ever sent twice by itself: after ten wrong attempts in a row the cloud locks the computer out for half an
//! hour. Only a person at a terminal is asked again.

use super::{Args, Confirmed, SINGLE_SIGN_ON, answers};
use crate::{
    cloud::{Grant, LoginAnswer, Logins, MfaToken},
    commands::{CommandError, CommandResult, Context, Kind},
    secret::Secret,
};

/// How often a person is asked for the same thing.
const ATTEMPTS: u32 = 3;
const RECOVERY: &str = "https://login.particle.io/account-info";

/// Asks for what the arguments leave open and logs in.
pub(super) fn log_in(context: &Context, args: &Args) -> CommandResult<Confirmed> {
    let logins = context.cloud()?.logins();
    let asks = args.username.is_none() || args.password.is_none();
    let mut attempts_left = if asks && context.ui.can_ask() { ATTEMPTS } else { 1 };
    let mut typed_before: Option<String> = None;
    loop {
        let username = match &args.username {
            Some(username) => username.clone(),
            None => answers::username(context, typed_before.as_deref())?,
        };
        let password = match &args.password {
            Some(password) => password.clone(),
            None => answers::password(context)?,
        };
        attempts_left -= 1;
        let outcome = {
            let _spinner = context.ui.spinner("Sending login details...");
            context.block_on(logins.with_password(&username, &password))
        };
        match outcome {
            Ok(LoginAnswer::Granted(grant)) => return Ok(confirmed(username, grant)),
            Ok(LoginAnswer::CodeNeeded(login)) => {
                return Ok(confirmed(username, second_factor(context, &logins, args.otp.clone(), &login)?));
            }
            Err(error) if is_wrong(&error) && attempts_left > 0 => {
                context.ui.note("There was an error logging you in! Let's try again.");
                context.ui.note(error.message());
                typed_before = Some(username);
            }
            Err(error) if is_wrong(&error) => {
                return Err(refused("There was an error logging you in", &error).hint(SINGLE_SIGN_ON));
            }
            Err(error) => return Err(error.context("There was an error logging you in")),
        }
    }
}

/// Completes a login with a code: the one given, else those a person types.
pub(in crate::commands) fn second_factor(
    context: &Context,
    logins: &Logins,
    given: Option<Secret>,
    login: &MfaToken,
) -> CommandResult<Grant> {
    let mut attempts_left = if context.ui.can_ask() { ATTEMPTS } else { 1 };
    if given.is_none() {
        explain_codes(context);
    }
    let mut next = given;
    loop {
        let code = match next.take() {
            Some(code) => code,
            None => answers::code(context)?,
        };
        attempts_left -= 1;
        let outcome = {
            let _spinner = context.ui.spinner("Sending login code...");
            context.block_on(logins.with_code(login, &code))
        };
        match outcome {
            Err(error) if is_wrong(&error) && attempts_left > 0 => {
                context.ui.note("This login code didn't work. Let's try again.");
                context.ui.note(error.message());
            }
            Err(error) if is_wrong(&error) => {
                let error = refused("This login code didn't work", &error);
                return Err(error.hint(format!("recover your account at {RECOVERY}")));
            }
            outcome => return outcome,
        }
    }
}

fn explain_codes(context: &Context) {
    if context.ui.can_ask() {
        context.ui.note("Use your authenticator app on your mobile device to get a login code.");
        context.ui.note(format!("Lost access to your phone? Visit {RECOVERY}"));
    }
}

/// Whether the cloud did not accept what was typed, rather than having trouble of its own.
fn is_wrong(error: &CommandError) -> bool {
    error.kind() == Kind::Unauthorized
}

/// The advice of other commands, to log in, is of no use here.
pub(in crate::commands) fn refused(what: &str, error: &CommandError) -> CommandError {
    CommandError::new(error.kind(), format!("{what}: {}", error.message()))
}

fn confirmed(username: String, grant: Grant) -> Confirmed {
    Confirmed { username: Some(username), access_token: grant.access_token, expires_at: grant.expires_at }
}
