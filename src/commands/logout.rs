//! `particle logout`

use super::{CommandResult, Context, Kind};
use crate::{
    settings::AccessToken,
    ui::{Page, Report},
};
use serde::Serialize;

/// Log out: revoke the access token and forget it
///
/// Without a connection to the cloud the token is forgotten on this computer all the same, and you are told that it is
/// still valid.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Forget the token on this computer, but leave it valid
    #[arg(long)]
    keep_token: bool,
}

/// What became of the token.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum TokenFate {
    /// There was none.
    None,
    Kept,
    Revoked,
    /// It should have been revoked and is still valid.
    NotRevoked,
}

#[derive(Serialize)]
struct LoggedOut<'a> {
    username: Option<&'a str>,
    token: TokenFate,
}

impl Report for LoggedOut<'_> {
    fn render(&self, page: &mut Page) {
        if self.token == TokenFate::None {
            return page.line("You were already logged out.");
        }
        if self.token == TokenFate::Kept {
            page.line("> Leaving your token intact.");
        }
        match self.username {
            Some(username) => {
                page.line(format!("> You have been logged out from {}", page.foreign(username)));
            }
            None => page.line("> You have been logged out"),
        }
    }
}

/// Logs out.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let settings = context.settings()?;
    let username = settings.username();
    let token = match settings.stored_token() {
        None => TokenFate::None,
        Some(token) => {
            let fate = if args.keep_token { TokenFate::Kept } else { revoke(context, token.clone())? };
            settings.forget_login()?;
            fate
        }
    };
    if let Some(token) = settings.access_token().filter(|token| token.source.is_override()) {
        context.ui.warn(format!("{} is set: its token is used as before", token.source));
    }
    Ok(context.ui.report(&LoggedOut { username, token })?)
}

/// Revokes the token. Trouble on the way is no reason to stay logged in, but an interrupt is.
fn revoke(context: &Context, token: AccessToken) -> CommandResult<TokenFate> {
    let session = context.session_of(token)?;
    match context.block_on(session.tokens().revoke_current()) {
        Ok(()) => Ok(TokenFate::Revoked),
        // The cloud does not know the token any more.
        Err(error) if error.kind() == Kind::Unauthorized => Ok(TokenFate::Revoked),
        Err(error) if error.kind() == Kind::Interrupted => Err(error),
        Err(error) => {
            context.ui.warn(format!(
                "the token could not be revoked and stays valid until it expires: {}",
                error.message()
            ));
            Ok(TokenFate::NotRevoked)
        }
    }
}
