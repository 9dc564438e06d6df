//! When to send a request again.

use reqwest::StatusCode;
use std::time::Duration;

/// How often a request is sent at most.
pub(super) const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// A cloud that wants a longer pause is believed, but not waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A request that is about to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The host that failed.
    pub host: String,
    /// What went wrong.
    pub reason: String,
    /// The pause before the next attempt, before scaling.
    pub pause: Duration,
}

/// Whether a status says that the same request may succeed later.
pub(super) fn is_temporary(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// The pause after failed attempt number `attempt` (counted from 1), or `None` to give up.
///
/// Doubles from one second, shortened by up to half so that many clients do not return at once; `jitter` is between 0
/// and 1. A cloud that names the pause gets it in full.
pub(super) fn pause(attempt: u32, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    match retry_after {
        Some(wanted) => Some(wanted).filter(|wanted| *wanted <= LONGEST_PAUSE),
        None => Some((FIRST_PAUSE * 2_u32.pow(attempt - 1)).mul_f64(1.0 - jitter / 2.0)),
    }
}

/// Reads a `Retry-After` header: seconds. The form with a date would trust this computer's clock, and is not used by
/// any cloud we know.
pub(super) fn retry_after(header: &str) -> Option<Duration> {
    header.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end() {
        let second = Duration::from_secs(1);
        assert_eq!(
            [1, 2, 3].map(|attempt| pause(attempt, None, 0.0)),
            [Some(second), Some(second * 2), Some(second * 4)]
        );
        assert_eq!(pause(1, None, 1.0), Some(second / 2));
        assert_eq!(pause(ATTEMPTS, None, 0.0), None);
    }

    #[test]
    fn a_pause_the_cloud_names_is_kept_unless_it_is_too_long() {
        assert_eq!(pause(1, retry_after("7"), 0.9), Some(Duration::from_secs(7)));
        assert_eq!(pause(1, retry_after("1800"), 0.0), None);
        assert_eq!(retry_after("soon"), None);
    }
}
