//! `/oauth/token` and `/v1/access_tokens`: getting and giving back access tokens.

use super::{CloudError, RefusalKind, Session, answer::Answer, request::Request, transport::Transport};
use crate::{secret::Secret, settings::AccessToken};
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde::Deserialize;

/// How the cloud knows the Particle command line. No secret: it stands in every copy of the tool.
const CLIENT: (&str, &str) = ("particle-cli", "particle-cli");
/// How long a login lasts unless asked otherwise: 90 days.
const USUAL_LIFETIME: Lifetime = Lifetime::Seconds(7_776_000);

/// How long a token is to be valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// For so many seconds.
    Seconds(u64),
    /// For ever.
    Unlimited,
}

impl Lifetime {
    /// What the cloud is asked for.
    fn expires_in(self) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Unlimited => "0".to_owned(),
        }
    }
}

/// What a login gives.
pub struct Grant {
    /// The token.
    pub access_token: AccessToken,
    /// When it expires; `None` for never or unknown.
    pub expires_at: Option<Timestamp>,
}

/// A name for a login that still lacks a code of the second factor.
pub struct MfaToken(Secret);

/// What the cloud answers to a correct password.
pub enum LoginAnswer {
    /// The login.
    Granted(Grant),
    /// The account has a second factor.
    CodeNeeded(MfaToken),
}

#[derive(Deserialize)]
struct GrantAnswer {
    access_token: Secret,
    #[serde(default)]
    expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct MfaAnswer {
    mfa_token: Secret,
}

/// Logging in. No request here is ever repeated by itself: after ten wrong passwords the cloud locks the caller out.
pub struct Logins<'c> {
    transport: &'c Transport<'c>,
    lifetime: Option<Lifetime>,
}

impl<'c> Logins<'c> {
    pub(super) fn new(transport: &'c Transport<'_>) -> Self {
        Self { transport, lifetime: None }
    }

    /// The same, for tokens that are valid for so long.
    pub fn lasting(self, lifetime: Lifetime) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }

    /// Logs in with a password.
    pub async fn with_password(&self, username: &str, password: &Secret) -> Result<LoginAnswer, CloudError> {
        let lifetime = self.lifetime.unwrap_or(USUAL_LIFETIME).expires_in();
        let answer = self
            .ask([
                ("grant_type", "password"),
                ("username", username),
                ("password", password.expose()),
                ("expires_in", &lifetime),
            ])
            .await?;
        match grant(&answer) {
            Ok(grant) => Ok(LoginAnswer::Granted(grant)),
            Err(error) if error.is_refusal(RefusalKind::MfaRequired) => {
                let MfaAnswer { mfa_token } = answer.content()?;
                Ok(LoginAnswer::CodeNeeded(MfaToken(mfa_token)))
            }
            Err(error) => Err(error),
        }
    }

    /// Completes a login with a code of the second factor.
    pub async fn with_code(&self, login: &MfaToken, code: &Secret) -> Result<Grant, CloudError> {
        let fields =
            [("grant_type", "urn:custom:mfa-otp"), ("mfa_token", login.0.expose()), ("otp", code.expose())];
        // The usual one is the cloud's own, too.
        let lifetime = self.lifetime.map(Lifetime::expires_in);
        let lifetime = lifetime.as_deref().map(|seconds| ("expires_in", seconds));
        grant(&self.ask(fields.into_iter().chain(lifetime)).await?)
    }

    /// Makes a token invalid. It is its own credential.
    pub async fn revoke(&self, token: &AccessToken) -> Result<(), CloudError> {
        let request = Request::delete(&["v1", "access_tokens", token.expose()]);
        self.transport.send(&request, None).await?.done()
    }

    async fn ask<'f>(
        &self,
        fields: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Answer, CloudError> {
        let client = [("client_id", CLIENT.0), ("client_secret", CLIENT.1)];
        let request = Request::post(&["oauth", "token"]).form(fields.into_iter().chain(client));
        self.transport.send(&request, None).await
    }
}

fn grant(answer: &Answer) -> Result<Grant, CloudError> {
    let GrantAnswer { access_token, expires_in } = answer.json().map_err(wrong_credentials)?;
    let access_token = access_token.expose().parse().map_err(|_| CloudError::Unintelligible {
        host: answer.host.clone(),
        problem: "an access token that cannot be one".to_owned(),
    })?;
    let lifetime = expires_in.filter(|seconds| *seconds > 0).map(SignedDuration::from_secs);
    let expires_at = lifetime.and_then(|lifetime| Timestamp::now().checked_add(lifetime).ok());
    Ok(Grant { access_token, expires_at })
}

/// Servers built on node-oauth2-server answer a wrong password with status 503 and the word `server_error`.
fn wrong_credentials(error: CloudError) -> CloudError {
    match error {
        CloudError::Refused(mut refusal)
            if refusal.status == StatusCode::SERVICE_UNAVAILABLE
                && refusal.code.as_deref() == Some("server_error") =>
        {
            refusal.kind = RefusalKind::Unauthorized;
            CloudError::Refused(refusal)
        }
        error => error,
    }
}

/// The token of a session, as the cloud describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct CurrentToken {
    /// When it expires; `None` for never.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// The program that asked for it, where the cloud says.
    #[serde(default)]
    pub client: Option<String>,
}

/// Access tokens of a session.
pub struct Tokens<'s> {
    session: &'s Session<'s>,
}

impl<'s> Tokens<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// Describes the session's own token.
    pub async fn current(&self) -> Result<CurrentToken, CloudError> {
        self.session.json(&Request::get(&["v1", "access_tokens", "current"])).await
    }

    /// Makes the session's own token invalid.
    pub async fn revoke_current(&self) -> Result<(), CloudError> {
        self.session.done(&Request::delete(&["v1", "access_tokens", "current"])).await
    }
}
