//! `POST /oauth/token`: logging in.

use super::records::{AccessToken, Account};
use super::{CloudState, SharedCloud, credentials::basic_credentials, error::ApiError, fields::Fields};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Clients anyone may use, with their public secrets: the one of the API reference, and those of the Node tool.
const CLIENTS: [(&str, &str); 4] = [
    ("particle", "particle"),
    ("particle-cli", "particle-cli"),
    ("CLI2", "client_secret_here"),
    ("user", "client_secret_here"),
];

/// How long a token is good for if the request does not say: 90 days, in seconds.
const DEFAULT_LIFE: u64 = 7_776_000;
/// The longest life that is honoured, in seconds: a century.
const LONGEST_LIFE: u64 = 3_155_760_000;

const MFA_GRANT: &str = "urn:custom:mfa-otp";

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new().route("/oauth/token", post(token))
}

async fn token(
    State(cloud): State<SharedCloud>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    cloud.logins().check_lock()?;
    if !fields.is_form() {
        return Err(bad_request("invalid_request", "The body must be application/x-www-form-urlencoded"));
    }
    let client = client(&headers, &fields)?;
    let account = match fields.text("grant_type") {
        Some("password") => by_password(&cloud, &fields)?,
        Some(MFA_GRANT) => by_login_code(&cloud, &fields)?,
        Some(_) => return Err(bad_request("unsupported_grant_type", "This grant_type is not supported")),
        None => return Err(bad_request("invalid_request", "Invalid or missing grant_type parameter")),
    };
    cloud.logins().succeeded();
    Ok(Json(issue(&cloud, account, client, fields.number("expires_in"))))
}

fn bad_request(code: &str, description: &str) -> ApiError {
    ApiError::oauth(StatusCode::BAD_REQUEST, code, description)
}

/// The OAuth client, named in the form or by HTTP Basic authentication.
fn client(headers: &HeaderMap, fields: &Fields) -> Result<String, ApiError> {
    let in_form = || {
        Some((
            fields.text("client_id")?.to_owned(),
            fields.text("client_secret").unwrap_or_default().to_owned(),
        ))
    };
    let (id, secret) = in_form()
        .or_else(|| basic_credentials(headers))
        .ok_or_else(|| bad_request("invalid_client", "Invalid or missing client_id parameter"))?;
    if CLIENTS.contains(&(&id, &secret)) {
        Ok(id)
    } else {
        Err(bad_request("invalid_client", "Client credentials are invalid"))
    }
}

fn by_password(cloud: &CloudState, fields: &Fields) -> Result<Account, ApiError> {
    let (Some(username), Some(password)) = (fields.text("username"), fields.text("password")) else {
        return Err(bad_request(
            "invalid_request",
            "Missing parameters. \"username\" and \"password\" are required",
        ));
    };
    let account = cloud.sign_in(username, password)?;
    if account.otp.is_none() {
        return Ok(account);
    }
    let mfa_token = super::random_token();
    cloud.logins().wait_for_code(mfa_token.clone(), account.username);
    let text = "Multi-factor authentication is required";
    Err(ApiError::oauth(StatusCode::FORBIDDEN, "mfa_required", text).with("mfa_token", mfa_token))
}

fn by_login_code(cloud: &CloudState, fields: &Fields) -> Result<Account, ApiError> {
    let (Some(mfa_token), Some(otp)) = (fields.text("mfa_token"), fields.text("otp")) else {
        return Err(bad_request(
            "invalid_request",
            "Missing parameters. \"mfa_token\" and \"otp\" are required",
        ));
    };
    let Some(login) = cloud.logins().attempt_code(mfa_token) else {
        cloud.logins().failed();
        return Err(bad_request("invalid_grant", "The MFA token is invalid or has expired"));
    };
    let account = cloud.records().account(&login.username).cloned();
    match account.filter(|account| account.otp.as_deref() == Some(otp)) {
        Some(account) => {
            cloud.logins().complete(mfa_token);
            Ok(account)
        }
        None => {
            cloud.logins().failed();
            Err(bad_request("invalid_grant", "The login code is wrong"))
        }
    }
}

/// Makes a token that lives for `life` seconds (0: for ever) and gives the answer that carries it.
fn issue(cloud: &CloudState, account: Account, client: String, life: Option<u64>) -> Value {
    let life = life.unwrap_or(DEFAULT_LIFE).min(LONGEST_LIFE);
    let span = SignedDuration::from_secs(i64::try_from(life).unwrap_or(i64::MAX));
    let expires_at = (life > 0).then(|| Timestamp::now().saturating_add(span).unwrap_or(Timestamp::MAX));
    let token = super::random_token();
    cloud.update(|records| {
        records.tokens.push(AccessToken {
            token: token.clone(),
            username: account.username,
            client,
            expires_at,
        });
    });
    json!({ "token_type": "bearer", "access_token": token, "expires_in": life })
}
