//! Errors of the cloud.

use super::{CommandError, Kind};
use crate::cloud::{CloudError, Refusal, RefusalKind};

impl From<CloudError> for CommandError {
    fn from(error: CloudError) -> Self {
        let kind = match &error {
            CloudError::Refused(refusal) => kind_of_refusal(refusal),
            CloudError::Name(_) => Kind::NotFound,
            CloudError::Preparation(_) => Kind::Failed,
            CloudError::Unreachable { .. }
            | CloudError::Lost { .. }
            | CloudError::TimedOut { .. }
            | CloudError::Unintelligible { .. }
            | CloudError::Redirected { .. } => Kind::Network,
        };
        let hint = hint(&error);
        let error = Self::caused_by(kind, error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

fn kind_of_refusal(refusal: &Refusal) -> Kind {
    match refusal.kind {
        RefusalKind::Unauthorized | RefusalKind::MfaRequired => Kind::Unauthorized,
        RefusalKind::Forbidden => Kind::Permission,
        RefusalKind::NotFound => Kind::NotFound,
        RefusalKind::DeviceTimeout => Kind::Offline,
        RefusalKind::RateLimited | RefusalKind::Server => Kind::Network,
        RefusalKind::Other => Kind::Failed,
    }
}

fn hint(error: &CloudError) -> Option<String> {
    match error {
        CloudError::Preparation(_) => Some(
            "install the system's CA certificates (package `ca-certificates`) or set SSL_CERT_FILE to a bundle; \
             a proxy's address stands in the setting `proxyUrl`"
                .into(),
        ),
        // The TLS library says so, in whatever words.
        CloudError::Unreachable { .. } if error.to_string().contains("certificate") => {
            Some("if this host is to be trusted, set SSL_CERT_FILE to a file with its CA certificate".into())
        }
        CloudError::Unreachable { .. } => Some(
            "check your connection, HTTPS_PROXY and HTTP_PROXY, and with `particle config` which cloud is used"
                .into(),
        ),
        CloudError::Unintelligible { .. } | CloudError::Redirected { .. } => {
            Some("check with `particle config` which cloud is used".into())
        }
        CloudError::Refused(refusal) => hint_for_refusal(refusal),
        CloudError::Lost { .. } | CloudError::TimedOut { .. } | CloudError::Name(_) => None,
    }
}

fn hint_for_refusal(refusal: &Refusal) -> Option<String> {
    match (refusal.kind, refusal.retry_after) {
        (RefusalKind::Unauthorized, _) => Some("run `particle login`".into()),
        (RefusalKind::RateLimited, Some(pause)) => Some(format!("try again in {} s", pause.as_secs())),
        (RefusalKind::RateLimited, None) => Some("try again in five minutes".into()),
        _ => None,
    }
}
