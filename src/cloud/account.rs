//! `/v1/access_tokens` and `/v1/users`: what only the password of an account opens.

use super::{CloudError, request::Request, transport::Transport};
use crate::{secret::Secret, settings::AccessToken};
use jiff::Timestamp;
use serde::Deserialize;

/// A token of an account, as the cloud lists it.
#[derive(Deserialize)]
pub struct ListedToken {
    /// The token itself.
    pub token: String,
    #[serde(default)]
    expires_at: Option<Timestamp>,
    /// The word of spark-server for it.
    #[serde(default)]
    expires: Option<Timestamp>,
    #[serde(default)]
    client: Option<String>,
    #[serde(default)]
    client_id: Option<String>,
}

impl ListedToken {
    /// When it expires; `None` for never.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at.or(self.expires)
    }

    /// The program that asked for it, where the cloud says.
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref().or(self.client_id.as_deref())
    }
}

/// An account, as the one who knows its password may talk to it. No request here is ever repeated by itself with a
/// password that the cloud refused.
pub struct Account<'c> {
    transport: &'c Transport<'c>,
    username: &'c str,
    password: &'c Secret,
}

impl<'c> Account<'c> {
    pub(super) fn new(transport: &'c Transport<'_>, username: &'c str, password: &'c Secret) -> Self {
        Self { transport, username, password }
    }

    /// Makes the account.
    pub async fn create(&self) -> Result<(), CloudError> {
        let fields = [("username", self.username), ("password", self.password.expose())];
        self.transport.send(&Request::post(&["v1", "users"]).form(fields), None).await?.confirmation()
    }

    /// Every token of the account. One with a second factor also wants a login code.
    pub async fn tokens(&self, code: Option<&Secret>) -> Result<Vec<ListedToken>, CloudError> {
        let mut request = Request::get(&["v1", "access_tokens"]).account(self.username, self.password);
        if let Some(code) = code {
            request = request.query("otp", code.expose());
        }
        self.transport.send(&request, None).await?.json()
    }

    /// Makes a token of the account invalid, at a cloud that wants the password for it.
    pub async fn revoke(&self, token: &AccessToken) -> Result<(), CloudError> {
        let request = Request::delete(&["v1", "access_tokens", token.expose()]);
        self.transport.send(&request.account(self.username, self.password), None).await?.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_listed_token_are_read() {
        let read = |json: &str| serde_json::from_str::<ListedToken>(json).unwrap();
        let public = read(r#"{"token":"a","expires_at":"2017-06-12T13:42:46.308Z","client":"spark-cli"}"#);
        let local = read(r#"{"token":"a","expires":"2017-06-12T13:42:46.308Z","client_id":"spark-cli"}"#);
        for token in [public, local] {
            assert_eq!(token.expires_at().unwrap().to_string(), "2017-06-12T13:42:46.308Z");
            assert_eq!(token.client(), Some("spark-cli"));
        }
        let bare = read(r#"{"token":"a","expires_at":null,"client":null,"new":1}"#);
        assert!(bare.expires_at().is_none() && bare.client().is_none());
    }
}
