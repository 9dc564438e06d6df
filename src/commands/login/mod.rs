//! `particle login`

mod answers;
mod password;
mod token;

pub(super) use answers::code;
pub(super) use password::{refused, second_factor};

use super::{CommandError, CommandResult, Context, Kind};
use crate::{
    secret::Secret,
    settings::{AccessToken, Login, Settings},
    ui::{Page, Report},
};
use jiff::Timestamp;
use serde::Serialize;

/// Log in and keep an access token for the commands to come
///
/// Asks for your e-mail address and password, and for a login code if your account needs one. From a pipe, the answers
/// are read line by line. The password itself is not kept.
#[derive(Debug, Default, clap::Args)]
#[command(after_help = r#"Examples:
  particle login
  particle login --username me@example.com --password "$PASSWORD"
  particle login --token-stdin < token.txt"#)]
pub struct Args {
    /// E-mail address of your account
    #[arg(short, long, value_name = "EMAIL")]
    username: Option<String>,
    /// Password of your account
    #[arg(short, long)]
    password: Option<Secret>,
    /// Use this access token instead of a password; `-` reads it from standard input
    #[arg(short, long, conflicts_with_all = ["username", "password", "otp"])]
    token: Option<Secret>,
    /// Read an access token from standard input
    #[arg(long, conflicts_with_all = ["token", "username", "password", "otp"])]
    token_stdin: bool,
    /// Login code, for an account that needs one
    #[arg(long, value_name = "CODE")]
    otp: Option<Secret>,
    /// Says what to do instead: single sign-on happens in a browser
    #[arg(long, hide = true)]
    sso: bool,
}

/// How to log in to an account that has no password.
const SINGLE_SIGN_ON: &str = "an account with single sign-on has no password: log in with an access token, `particle login --token TOKEN`";

/// A login the cloud has confirmed.
struct Confirmed {
    username: Option<String>,
    access_token: AccessToken,
    expires_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoggedIn<'a> {
    username: Option<&'a str>,
    profile: &'a str,
    api_url: String,
    expires_at: Option<String>,
}

impl Report for LoggedIn<'_> {
    fn render(&self, page: &mut Page) {
        page.line("> Successfully completed login!");
    }
}

/// Logs in.
pub fn run(context: &Context, args: Args) -> CommandResult {
    if args.sso {
        let message = "Single sign-on happens in a browser, and this program opens none";
        return Err(CommandError::new(Kind::Usage, message).hint(SINGLE_SIGN_ON));
    }
    let settings = context.settings()?;
    settings.check_login_can_be_stored()?;
    let login = match token::given(context, &args)? {
        Some(token) => token::confirm(context, token)?,
        None => password::log_in(context, &args)?,
    };
    store(context, settings, &login)
}

/// Logs in with what the person types, in the course of another command; gives the token.
pub(super) fn with_answers(context: &Context) -> CommandResult<AccessToken> {
    within(context, Args::default())
}

/// Logs in with this password, in the course of another command; gives the token.
pub(super) fn with_password(
    context: &Context,
    username: String,
    password: Secret,
) -> CommandResult<AccessToken> {
    within(context, Args { username: Some(username), password: Some(password), ..Args::default() })
}

fn within(context: &Context, args: Args) -> CommandResult<AccessToken> {
    let settings = context.settings()?;
    settings.check_login_can_be_stored()?;
    let login = password::log_in(context, &args)?;
    keep(context, settings, &login)?;
    context.ui.note("> Successfully completed login!");
    Ok(login.access_token)
}

fn store(context: &Context, settings: &Settings, login: &Confirmed) -> CommandResult {
    keep(context, settings, login)?;
    let username = login.username.as_deref();
    let profile = settings.profile().value.as_str();
    let api_url = settings.api_url().value.to_string();
    Ok(context.ui.report(&LoggedIn { username, profile, api_url, expires_at: expiry(login) })?)
}

/// Puts the login into the profile.
fn keep(context: &Context, settings: &Settings, login: &Confirmed) -> CommandResult {
    settings.store_login(&Login {
        username: login.username.as_deref(),
        access_token: &login.access_token,
        expires_at: expiry(login),
    })?;
    if let Some(token) = settings.access_token().filter(|token| token.source.is_override()) {
        context.ui.warn(format!("{} is set, and is used instead of this login", token.source));
    }
    Ok(())
}

/// When the token expires, as the Node tool writes it: with milliseconds.
fn expiry(login: &Confirmed) -> Option<String> {
    login.expires_at.map(|time| format!("{time:.3}"))
}
