//! What a login has to ask a person, on a terminal or from a pipe.

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    secret::Secret,
};

/// Asks for the e-mail address; `default` is the one given before.
pub(super) fn username(context: &Context, default: Option<&str>) -> CommandResult<String> {
    let answer = if context.ui.can_ask() {
        context.ui.ask("Please enter your email address", default, "--username")?
    } else {
        piped(context, "email address")?
    };
    let answer = answer.trim();
    if answer.is_empty() {
        return Err(CommandError::new(Kind::Usage, "You need an email address to log in"));
    }
    Ok(answer.to_owned())
}

/// Asks for the password.
pub(super) fn password(context: &Context) -> CommandResult<Secret> {
    let answer = if context.ui.can_ask() {
        Secret::new(context.ui.ask_secret("Please enter your password", "--password")?)
    } else {
        Secret::new(piped(context, "password")?)
    };
    if answer.is_empty() {
        return Err(CommandError::new(Kind::Usage, "You need a password to log in"));
    }
    Ok(answer)
}

/// Asks for a login code.
pub(in crate::commands) fn code(context: &Context) -> CommandResult<Secret> {
    let answer = if context.ui.can_ask() {
        context.ui.ask("Please enter a login code", None, "--otp")?
    } else {
        piped(context, "login code")?
    };
    Ok(Secret::new(answer.trim().to_owned()))
}

fn piped(context: &Context, what: &str) -> CommandResult<String> {
    context.ui.piped_line()?.ok_or_else(|| {
        CommandError::new(Kind::Usage, format!("The {what} is missing, and there is no terminal to ask on"))
            .hint("give --username and --password (and --otp where your account needs it), or --token")
    })
}
