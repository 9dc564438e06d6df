//! `particle token list`

use super::owner::OwnerArgs;
use crate::{
    cloud::{CloudError, ListedToken, Refusal, RefusalKind},
    commands::{CommandError, CommandResult, Context, login},
    settings::AccessToken,
    ui::{Page, Report, local_time},
};
use jiff::Timestamp;
use serde::Serialize;

const FAILURE: &str = "Error while listing tokens";

/// List the access tokens of your account
///
/// Asks for your password. Those that expire first come first. Particle's public cloud does not list tokens any more;
/// there, only the one in use on this computer is shown.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    owner: OwnerArgs,
}

/// A token as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    token: String,
    client: Option<String>,
    expires_at: Option<Timestamp>,
    /// Whether this program uses it.
    active: bool,
    expired: bool,
}

impl Row {
    fn new(
        token: String,
        client: Option<String>,
        expires_at: Option<Timestamp>,
        in_use: Option<&AccessToken>,
    ) -> Self {
        Self {
            active: in_use.is_some_and(|in_use| in_use.expose() == token),
            expired: expires_at.is_some_and(|time| time < Timestamp::now()),
            token,
            client,
            expires_at,
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Tokens(Vec<Row>);

impl Report for Tokens {
    fn render(&self, page: &mut Page) {
        for (index, row) in self.0.iter().enumerate() {
            if index > 0 {
                page.line("");
            }
            let client = page.foreign(row.client.as_deref().unwrap_or("unknown")).into_owned();
            let active = if row.active { " (active)" } else { "" };
            let expired = if row.expired { " (expired)" } else { "" };
            page.line(format_args!("{client}{active}{expired}"));
            let token = page.foreign(&row.token).into_owned();
            page.line(format_args!(" Token:      {token}"));
            let expires_at = row.expires_at.map_or_else(|| "null".to_owned(), local_time);
            page.line(format_args!(" Expires at: {expires_at}"));
        }
    }
}

/// Fetches and shows the list.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let owner = args.owner.identify(context)?;
    context.ui.note("Checking with the cloud...");
    let mut rows = match args.owner.tokens(context, &owner)? {
        Ok(tokens) => {
            let in_use = context.settings()?.access_token().map(|token| token.value);
            let row = |token: ListedToken| {
                let client = token.client().map(str::to_owned);
                Row::new(token.token.clone(), client, token.expires_at(), in_use.as_ref())
            };
            tokens.into_iter().map(row).collect()
        }
        Err(error) => match error.refusal().filter(|refusal| is_retired(refusal)) {
            Some(refusal) => vec![current(context, refusal)?],
            None => return Err(refused(error)),
        },
    };
    // Those without an end come last.
    rows.sort_by_key(|row| (row.expires_at.is_none(), row.expires_at));
    Ok(context.ui.report(&Tokens(rows))?)
}

/// Whether a refusal says that this cloud lists no tokens. A wrong login code is something else, and so is a wrong
/// password where the cloud says so.
fn is_retired(refusal: &Refusal) -> bool {
    let says_why =
        refusal.kind == RefusalKind::MfaRequired || refusal.code.as_deref() == Some("invalid_grant");
    !says_why && matches!(refusal.status.as_u16(), 401 | 403 | 404 | 410)
}

/// The token in use, from a cloud that shows no others.
fn current(context: &Context, refusal: &Refusal) -> CommandResult<Row> {
    let Some(token) = context.settings()?.access_token() else {
        let error = refused(CloudError::Refused(Box::new(refusal.clone())));
        return Err(
            error.hint("Particle's public cloud lists no tokens any more; log in to see the one in use")
        );
    };
    context.ui.warn(format!(
        "{} does not list tokens (HTTP {}): Particle's public cloud has retired that, or the password is wrong. \
         This is the token in use:",
        refusal.host,
        refusal.status.as_u16()
    ));
    let session = context.session()?;
    let current = context.block_on(session.tokens().current()).map_err(|error| error.context(FAILURE))?;
    Ok(Row::new(token.value.expose().to_owned(), current.client, current.expires_at, Some(&token.value)))
}

/// The advice to log in would not help.
fn refused(error: CloudError) -> CommandError {
    login::refused(FAILURE, &error.into())
}
