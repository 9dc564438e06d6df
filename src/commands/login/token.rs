//! Logging in with an access token from elsewhere.

use super::{Args, Confirmed};
use crate::{
    cloud::{CloudError, RefusalKind, Session},
    commands::{CommandError, CommandResult, Context, Kind},
    settings::AccessToken,
};

/// The token that the arguments give or point at.
pub(super) fn given(context: &Context, args: &Args) -> CommandResult<Option<AccessToken>> {
    let parsed = match &args.token {
        Some(token) if token.expose() != "-" => token.expose().parse(),
        None if !args.token_stdin => return Ok(None),
        _ => match context.ui.piped_line()? {
            Some(line) => line.parse(),
            None => return Err(CommandError::new(Kind::Usage, "There is no token on standard input")),
        },
    };
    let token = parsed.map_err(|error| CommandError::caused_by(Kind::Usage, error))?;
    Ok(Some(token))
}

/// Lets the cloud say whose token it is and how long it lasts.
pub(super) fn confirm(context: &Context, access_token: AccessToken) -> CommandResult<Confirmed> {
    let session = context.session_of(access_token.clone())?;
    let described = context.block_on(async {
        let username = owner(&session).await?;
        // When the token expires is good to know, but nothing depends on it.
        let current = session.tokens().current().await.ok();
        Ok::<_, CloudError>((username, current.and_then(|current| current.expires_at)))
    });
    match described {
        Ok((username, expires_at)) => Ok(Confirmed { username, access_token, expires_at }),
        Err(error) if error.kind() == Kind::Unauthorized => Err(CommandError::new(
            error.kind(),
            format!("There was an error logging you in: {}", error.message()),
        )
        .hint("make a new token, or log in with your password")),
        Err(error) => Err(error.context("There was an error logging you in")),
    }
}

/// Whose token it is. Local clouds such as spark-server do not know; that they take the token has to be enough.
async fn owner(session: &Session<'_>) -> Result<Option<String>, CloudError> {
    match session.users().current().await {
        Ok(user) => Ok(Some(user.username)),
        Err(error) if error.is_refusal(RefusalKind::NotFound) => {
            session.devices().list().await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
