//! A cloud's answer, read whole.

use super::{CloudError, refusal};
use reqwest::{Response, StatusCode, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use std::time::Duration;

/// Longest answer that is read. The list of an account with ten thousand devices is a tenth of it.
pub(super) const LONGEST_BODY: usize = 64 << 20;

/// Status and body of an answer.
pub(super) struct Answer {
    pub host: String,
    pub status: StatusCode,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

/// Why a body could not be read.
pub(super) enum BodyError {
    /// It is longer than any answer may be.
    TooLong,
    /// The connection failed.
    Connection(reqwest::Error),
}

impl Answer {
    /// Reads the body, but not more than an answer may have.
    pub async fn read(host: String, mut response: Response) -> Result<Self, BodyError> {
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| super::retry::retry_after(value.to_str().ok()?));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(BodyError::Connection)? {
            if body.len() + chunk.len() > LONGEST_BODY {
                return Err(BodyError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { host, status: response.status(), retry_after, body })
    }

    /// Fails if the cloud refused.
    pub fn done(&self) -> Result<(), CloudError> {
        match refusal::find(&self.host, self.status, &self.body) {
            Some(mut refusal) => {
                refusal.retry_after = self.retry_after;
                Err(CloudError::Refused(Box::new(refusal)))
            }
            None => Ok(()),
        }
    }

    /// Fails unless the cloud says that it was done. It may say that with nothing, but not with a web page: that comes
    /// from somebody who stands between.
    pub fn confirmation(&self) -> Result<(), CloudError> {
        self.done()?;
        if self.body.is_empty() { Ok(()) } else { self.content::<IgnoredAny>().map(drop) }
    }

    /// The body as it is, unless the cloud refused.
    pub fn into_bytes(self) -> Result<Vec<u8>, CloudError> {
        self.done()?;
        Ok(self.body)
    }

    /// Reads the body as JSON, unless the cloud refused.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CloudError> {
        self.done()?;
        self.content()
    }

    /// Reads the body as JSON, also where the cloud refused.
    pub fn content<T: DeserializeOwned>(&self) -> Result<T, CloudError> {
        serde_json::from_slice(&self.body).map_err(|error| CloudError::Unintelligible {
            host: self.host.clone(),
            problem: match error.classify() {
                serde_json::error::Category::Data => error.to_string(),
                _ => "no JSON".to_owned(),
            },
        })
    }
}
