//! Logins under way, and those that failed. Not kept from run to run.

use super::error::ApiError;
use axum::http::StatusCode;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// Failed token requests in a row after which the cloud stops listening (public API reference, rate limits).
const FAILURES_UNTIL_LOCK: u32 = 10;
/// For how long it then does not listen.
const LOCK_TIME: Duration = Duration::from_secs(30 * 60);
/// Login codes that may be tried with one MFA token.
const CODE_ATTEMPTS: u32 = 3;

/// A password that was right, waiting for its login code.
#[derive(Clone)]
pub(super) struct PendingLogin {
    /// Whose password.
    pub(super) username: String,
    attempts: u32,
}

/// The cloud's short memory of logins.
#[derive(Default)]
pub(super) struct Logins {
    failures: u32,
    locked_since: Option<Instant>,
    pending: HashMap<String, PendingLogin>,
}

impl Logins {
    /// Refuses everything for a while after too many failures in a row.
    pub(super) fn check_lock(&mut self) -> Result<(), ApiError> {
        match self.locked_since {
            Some(since) if since.elapsed() < LOCK_TIME => {
                let left = LOCK_TIME.saturating_sub(since.elapsed()).as_secs();
                let text = format!("Too many failed logins; try again in {} minutes", left.div_ceil(60));
                Err(ApiError::oauth(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", &text))
            }
            Some(_) => {
                self.locked_since = None;
                self.failures = 0;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Counts a token request that failed.
    pub(super) fn failed(&mut self) {
        self.failures += 1;
        if self.failures >= FAILURES_UNTIL_LOCK {
            self.locked_since = Some(Instant::now());
        }
    }

    /// A token request succeeded: the count begins anew.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Remembers a right password until its login code comes.
    pub(super) fn wait_for_code(&mut self, mfa_token: String, username: String) {
        self.pending.insert(mfa_token, PendingLogin { username, attempts: 0 });
    }

    /// The login that waits under this MFA token; counts the attempt.
    pub(super) fn attempt_code(&mut self, mfa_token: &str) -> Option<PendingLogin> {
        let login = self.pending.get_mut(mfa_token)?;
        login.attempts += 1;
        if login.attempts > CODE_ATTEMPTS {
            self.pending.remove(mfa_token);
            return None;
        }
        Some(login.clone())
    }

    /// The login under this MFA token is complete.
    pub(super) fn complete(&mut self, mfa_token: &str) {
        self.pending.remove(mfa_token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_in_a_row_lock() {
        let mut logins = Logins::default();
        for _ in 0..9 {
            logins.failed();
        }
        logins.succeeded();
        logins.failed();
        assert!(logins.check_lock().is_ok());
        for _ in 0..9 {
            logins.failed();
        }
        assert!(logins.check_lock().is_err());
    }

    #[test]
    fn a_login_code_can_be_tried_three_times() {
        let mut logins = Logins::default();
        logins.wait_for_code("m".into(), "u".into());
        for _ in 0..3 {
            assert_eq!(logins.attempt_code("m").unwrap().username, "u");
        }
        assert!(logins.attempt_code("m").is_none());
    }
}
