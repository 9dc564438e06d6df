//! `particle token create`

use super::owner::OwnerArgs;
use crate::{
    cloud::{Grant, Lifetime, LoginAnswer},
    commands::{CommandResult, Context, Kind, login},
    ui::{Page, Report, local_time_in_words},
};
use jiff::Timestamp;
use serde::Serialize;

const FAILURE: &str = "Error while creating a new access token";

/// Create an access token for another program
///
/// Asks for your password. Your login on this computer stays as it is. A token is valid for 90 days unless you say
/// otherwise; reserve those that never expire for servers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle token create
  particle token create --expires-in 600
  particle token create --never-expires")]
pub struct Args {
    /// How long it is to be valid
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    expires_in: Option<u64>,
    /// Let it be valid for ever
    #[arg(long)]
    never_expires: bool,
    #[command(flatten)]
    owner: OwnerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    token: String,
    expires_at: Option<Timestamp>,
}

impl Report for Created {
    fn render(&self, page: &mut Page) {
        match self.expires_at {
            Some(time) => {
                page.line(format_args!("New access token expires on {}", local_time_in_words(time)))
            }
            None => page.line("New access token never expires"),
        }
        page.line(format_args!("    {}", self.token));
    }
}

/// Creates the token.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let lifetime = match (args.never_expires, args.expires_in) {
        (true, _) => Some(Lifetime::Unlimited),
        (false, seconds) => seconds.map(Lifetime::Seconds),
    };
    let Grant { access_token, expires_at } = grant(context, &args.owner, lifetime)?;
    Ok(context.ui.report(&Created { token: access_token.expose().to_owned(), expires_at })?)
}

fn grant(context: &Context, owner: &OwnerArgs, lifetime: Option<Lifetime>) -> CommandResult<Grant> {
    let account = owner.identify(context)?;
    let mut logins = context.cloud()?.logins();
    if let Some(lifetime) = lifetime {
        logins = logins.lasting(lifetime);
    }
    let answer = {
        let _spinner = context.ui.spinner("Checking with the cloud...");
        context.block_on(logins.with_password(&account.username, &account.password))
    };
    match answer {
        Ok(LoginAnswer::Granted(grant)) => Ok(grant),
        Ok(LoginAnswer::CodeNeeded(login)) => {
            login::second_factor(context, &logins, owner.otp.clone(), &login)
        }
        Err(error) if error.kind() == Kind::Unauthorized => Err(login::refused(FAILURE, &error)),
        Err(error) => Err(error.context(FAILURE)),
    }
}
