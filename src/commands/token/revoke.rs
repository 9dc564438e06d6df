//! `particle token revoke`

use super::owner::{Owner, OwnerArgs};
use crate::{
    cloud::CloudError,
    commands::{CommandError, CommandResult, Context, Kind, login},
    settings::AccessToken,
    ui::{Page, Report},
};
use futures_util::{StreamExt, stream};
use serde::Serialize;

const FAILURE: &str = "Error while revoking tokens";
/// Stands for every token of the account.
const ALL: &str = "all";
/// Requests at the same time.
const CONCURRENCY: usize = 4;

/// Revoke access tokens
///
/// A token is proof enough of its own; the password is asked for only by `all`, which means every token of your account
/// except the one in use.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle token revoke 0123456789abcdef0123456789abcdef01234567")]
pub struct Args {
    /// The tokens, or `all`
    #[arg(required = true, value_name = "TOKEN")]
    tokens: Vec<AccessToken>,
    /// Also revoke the token that this program uses
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    owner: OwnerArgs,
}

/// A token and the cloud's answer.
type Answered<'t> = (&'t AccessToken, Result<(), CloudError>);

/// What became of one token.
#[derive(Serialize)]
struct Outcome {
    token: String,
    revoked: bool,
    error: Option<String>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Outcomes(Vec<Outcome>);

impl Report for Outcomes {
    fn render(&self, page: &mut Page) {
        for outcome in self.0.iter().filter(|outcome| outcome.revoked) {
            let token = page.foreign(&outcome.token).into_owned();
            page.line(format_args!("successfully deleted {token}"));
        }
    }
}

/// Revokes the tokens.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let everything = args.tokens.iter().any(|token| token.expose() == ALL);
    // A cloud that wants the password for each token gets it.
    let owner = match everything || args.owner.password_stdin {
        true => Some(args.owner.identify(context)?),
        false => None,
    };
    let in_use = context.settings()?.access_token().map(|token| token.value);
    let mut tokens = match &owner {
        Some(owner) if everything => listed(context, &args.owner, owner)?,
        _ => args.tokens,
    };
    if let Some(in_use) = in_use.filter(|in_use| tokens.contains(in_use)) {
        match (args.force, everything) {
            (true, _) => context.ui.line("**forcing**")?,
            (false, true) => tokens.retain(|token| *token != in_use),
            (false, false) => return Err(own_token(&in_use)),
        }
    }
    let results = revoke(context, owner.as_ref(), &tokens)?;
    forget(context, &results)?;
    conclude(context, results)
}

fn own_token(token: &AccessToken) -> CommandError {
    let message = format!("{} is this CLI's access token; nothing was revoked", token.expose());
    CommandError::new(Kind::Usage, message).hint("use --force to delete it")
}

/// Every token of the account.
fn listed(context: &Context, args: &OwnerArgs, owner: &Owner) -> CommandResult<Vec<AccessToken>> {
    let tokens = args.tokens(context, owner)?.map_err(|error| login::refused(FAILURE, &error.into()))?;
    // What is no token cannot be revoked.
    Ok(tokens.iter().filter_map(|listed| listed.token.parse().ok()).collect())
}

/// Revokes several tokens at a time. One that fails does not stop the others.
fn revoke<'t>(
    context: &Context,
    owner: Option<&Owner>,
    tokens: &'t [AccessToken],
) -> CommandResult<Vec<Answered<'t>>> {
    let cloud = context.cloud()?;
    let logins = cloud.logins();
    let account = owner.map(|owner| cloud.account(&owner.username, &owner.password));
    let _spinner = context.ui.spinner("Revoking tokens...");
    let revoked = stream::iter(tokens).map(async |token| match &account {
        Some(account) => (token, account.revoke(token).await),
        None => (token, logins.revoke(token).await),
    });
    context.block_on(async { Ok::<_, CommandError>(revoked.buffered(CONCURRENCY).collect().await) })
}

/// Forgets the login on this computer if its token is gone.
fn forget(context: &Context, results: &[Answered]) -> CommandResult {
    let settings = context.settings()?;
    let is_gone =
        |token: &AccessToken| results.iter().any(|(revoked, result)| *revoked == token && result.is_ok());
    if settings.stored_token().is_some_and(is_gone) {
        settings.forget_login()?;
    }
    let overriding = settings.access_token().filter(|token| token.source.is_override());
    if let Some(token) = overriding.filter(|token| is_gone(&token.value)) {
        context.ui.warn(format!("{} holds a token that was revoked", token.source));
    }
    Ok(())
}

/// Reports on every token, and fails as the first that failed.
fn conclude(context: &Context, results: Vec<Answered>) -> CommandResult {
    let outcome = |(token, result): &Answered| Outcome {
        token: token.expose().to_owned(),
        revoked: result.is_ok(),
        error: result.as_ref().err().map(ToString::to_string),
    };
    context.ui.report(&Outcomes(results.iter().map(outcome).collect()))?;
    let mut failures = results.into_iter().filter_map(|(token, result)| {
        let error = CommandError::from(result.err()?).context(token.expose());
        let refused = login::refused(FAILURE, &error);
        Some(match error.kind() {
            Kind::Unauthorized => {
                refused.hint("a cloud that wants your password for this takes it with --password-stdin")
            }
            _ => refused,
        })
    });
    let Some(first) = failures.next() else { return Ok(()) };
    for further in failures {
        context.ui.warn(further.message());
    }
    Err(first)
}
