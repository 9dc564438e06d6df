//! `particle whoami`

use super::{CommandResult, Context, Kind};
use crate::ui::{Page, Report};
use serde::Serialize;

/// Show who is logged in
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Serialize)]
struct Account {
    username: String,
}

impl Report for Account {
    fn render(&self, page: &mut Page) {
        page.line(format!("> {}", page.foreign(&self.username)));
    }
}

/// Asks the cloud whose token is in use.
pub fn run(context: &Context, _args: Args) -> CommandResult {
    let session = context.session()?;
    let username = match context.block_on(session.users().current()) {
        Ok(user) => user.username,
        // Local clouds such as spark-server cannot tell.
        Err(error) if error.kind() == Kind::NotFound => stored_username(context)?.ok_or(error)?,
        Err(error) => return Err(error),
    };
    Ok(context.ui.report(&Account { username })?)
}

/// The name kept at login, where the token in use is the one from that login.
fn stored_username(context: &Context) -> CommandResult<Option<String>> {
    let settings = context.settings()?;
    let other_token = settings.access_token().is_some_and(|token| token.source.is_override());
    Ok(settings.username().filter(|_| !other_token).map(str::to_owned))
}
