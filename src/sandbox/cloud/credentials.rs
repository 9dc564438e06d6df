//! Who is asking: tokens and passwords in requests.

use super::{CloudState, SharedCloud, error::ApiError, records::Account};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};

/// Most bytes of a form that is searched for a token.
const FORM_LIMIT: usize = 1 << 20;

/// The account whose token a request carries. A handler that takes it cannot be reached without one.
pub(super) struct Caller {
    /// Whose token.
    pub(super) username: String,
    /// The token itself.
    pub(super) token: String,
}

impl FromRequestParts<SharedCloud> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cloud: &SharedCloud) -> Result<Self, ApiError> {
        let Some(token) = bearer_token(&parts.headers) else {
            return Err(ApiError::oauth(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The access token was not found",
            ));
        };
        let records = cloud.records();
        let Some(known) = records.token(token) else {
            return Err(invalid_token("The access token provided is invalid."));
        };
        if known.has_expired() {
            return Err(invalid_token("The access token provided has expired."));
        }
        Ok(Self { username: known.username.clone(), token: known.token.clone() })
    }
}

fn invalid_token(description: &str) -> ApiError {
    ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_token", description)
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

/// Name and password of HTTP Basic authentication (RFC 7617), if the request has them.
pub(super) fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

/// The account that a request proves to be its own by HTTP Basic authentication.
pub(super) fn basic_account(cloud: &CloudState, headers: &HeaderMap) -> Result<Account, ApiError> {
    let (username, password) = basic_credentials(headers).ok_or_else(|| {
        ApiError::oauth(StatusCode::UNAUTHORIZED, "invalid_client", "Name and password are missing")
    })?;
    cloud.logins().check_lock()?;
    cloud.sign_in(&username, &password)
}

/// Accepts a token in the query or in a form, as the cloud still does, by moving it to where all others look for it.
pub(super) async fn token_to_header(mut request: Request, next: Next) -> Response {
    if !request.headers().contains_key(AUTHORIZATION) {
        let mut token = request.uri().query().and_then(|query| access_token(query.as_bytes()));
        if token.is_none() && is_form(request.headers()) {
            let (parts, body) = request.into_parts();
            let Ok(bytes) = to_bytes(body, FORM_LIMIT).await else {
                return ApiError::failure(StatusCode::PAYLOAD_TOO_LARGE, "the form is too large")
                    .into_response();
            };
            token = access_token(&bytes);
            request = Request::from_parts(parts, Body::from(bytes));
        }
        let header = token.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
        if let Some(header) = header {
            request.headers_mut().insert(AUTHORIZATION, header);
        }
    }
    next.run(request).await
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form"))
}

fn access_token(pairs: &[u8]) -> Option<String> {
    url::form_urlencoded::parse(pairs)
        .find_map(|(name, value)| (name == "access_token").then(|| value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(authorization: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::try_from(authorization) {
            headers.insert(AUTHORIZATION, value);
        }
        headers
    }

    #[test]
    fn schemes_are_told_apart_in_any_case() {
        assert_eq!(bearer_token(&headers("bearer abc")), Some("abc"));
        assert_eq!(bearer_token(&headers("Bearer ")), None);
        // printf 'ada:a:b' | base64
        let ada = Some(("ada".to_owned(), "a:b".to_owned()));
        assert_eq!(basic_credentials(&headers("Basic YWRhOmE6Yg==")), ada);
        assert_eq!(basic_credentials(&headers("Bearer YWRhOmE6Yg==")), None);
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_ignored(scheme in "(Basic|Bearer|[ -~]{0,8})", rest in "[ -~]{0,40}") {
            let headers = headers(&format!("{scheme} {rest}"));
            let _ = (bearer_token(&headers), basic_credentials(&headers));
        }

        #[test]
        fn any_form_is_searched(form: Vec<u8>) {
            let _ = access_token(&form);
        }
    }
}
