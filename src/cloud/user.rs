//! `/v1/user`: the account.

use super::{CloudError, Session, request::Request};
use serde::Deserialize;

/// The account that a token belongs to.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Its e-mail address.
    pub username: String,
}

/// The account itself.
pub struct Users<'s> {
    session: &'s Session<'s>,
}

impl<'s> Users<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// Whose token this is.
    pub async fn current(&self) -> Result<User, CloudError> {
        self.session.json(&Request::get(&["v1", "user"])).await
    }
}
