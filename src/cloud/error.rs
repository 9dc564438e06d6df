//! What can go wrong between this program and a cloud.

use super::refusal::{Refusal, RefusalKind};
use crate::settings::{SegmentError, Source};
use std::{error::Error, time::Duration};

/// A request that did not lead to the answer it was sent for.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// No client can be made, for want of certificates or because of the proxy's address.
    #[error("cannot prepare secure connections: {}", root_cause(.0))]
    Preparation(#[source] reqwest::Error),
    /// No connection to the host.
    #[error("cannot reach {host} ({setting}): {}", root_cause(.source))]
    Unreachable {
        /// The host.
        host: String,
        /// What named the host.
        setting: Source,
        /// Why.
        source: reqwest::Error,
    },
    /// A connection that broke before the answer was complete.
    #[error("the connection to {host} was lost: {}", root_cause(.source))]
    Lost {
        /// The host.
        host: String,
        /// Why.
        source: reqwest::Error,
    },
    /// No complete answer in time.
    #[error("{host} did not answer within {} s", .limit.as_secs())]
    TimedOut {
        /// The host.
        host: String,
        /// How long it had.
        limit: Duration,
    },
    /// An answer that is not what the API promises.
    #[error("{host} answered something else than the Particle API does: {problem}")]
    Unintelligible {
        /// The host.
        host: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A redirection that is not followed.
    #[error("{host} redirects to {target}, which is not followed: {reason}")]
    Redirected {
        /// The host.
        host: String,
        /// Scheme, host and port it redirects to.
        target: String,
        /// Why it is not followed.
        reason: &'static str,
    },
    /// The cloud said no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// A name that no address can carry, so that the cloud has nothing of this name.
    #[error(transparent)]
    Name(#[from] SegmentError),
}

impl CloudError {
    /// The refusal, if this is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            CloudError::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// An answer that is longer than any may be.
    pub(super) fn endless(host: String) -> Self {
        Self::Unintelligible { host, problem: "it does not come to an end".to_owned() }
    }

    /// Whether the cloud refused in this way.
    pub fn is_refusal(&self, kind: RefusalKind) -> bool {
        self.refusal().is_some_and(|refusal| refusal.kind == kind)
    }
}

/// The innermost cause: what the operating system or the TLS library says.
fn root_cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
