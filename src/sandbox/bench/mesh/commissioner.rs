//! A member that admits others to its network.

use crate::clock::Clock;
use std::time::{Duration, Instant};

/// How long a device admits others unless told otherwise, and each of them.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// A commissioner, for as long as its time lasts.
#[derive(Clone)]
pub(in crate::sandbox::bench) struct Commissioner {
    timeout: Duration,
    ends: Instant,
    admitted: Vec<Admitted>,
}

/// A device that may come in.
#[derive(Clone)]
struct Admitted {
    eui64: String,
    password: String,
    ends: Instant,
}

impl Commissioner {
    /// A commissioner for so many seconds, 0 standing for ten minutes.
    pub(in crate::sandbox::bench) fn new(seconds: u32, clock: &Clock) -> Self {
        let timeout = clock.scaled(duration(seconds));
        Self { timeout, ends: Instant::now() + timeout, admitted: Vec::new() }
    }

    /// Whether its time lasts.
    pub(in crate::sandbox::bench) fn is_active(&self) -> bool {
        Instant::now() < self.ends
    }

    /// Admits a device for so many seconds, 0 standing for ten minutes, instead of what was said of it before.
    pub(in crate::sandbox::bench) fn admit(
        &mut self,
        eui64: &str,
        password: &str,
        seconds: u32,
        clock: &Clock,
    ) {
        self.dismiss(eui64);
        let ends = Instant::now() + clock.scaled(duration(seconds));
        let (eui64, password) = (eui64.to_ascii_lowercase(), password.to_owned());
        self.admitted.push(Admitted { eui64, password, ends });
    }

    /// Admits a device no more; tells whether it was.
    pub(in crate::sandbox::bench) fn dismiss(&mut self, eui64: &str) -> bool {
        self.ends = Instant::now() + self.timeout;
        let before = self.admitted.len();
        self.admitted.retain(|admitted| !admitted.eui64.eq_ignore_ascii_case(eui64));
        self.admitted.len() < before
    }

    /// The password that a device is expected to have. `None` for one that is not admitted.
    pub(in crate::sandbox::bench) fn password_of(&self, eui64: &str) -> Option<&str> {
        let admitted = self.admitted.iter().find(|admitted| admitted.eui64.eq_ignore_ascii_case(eui64));
        let lasts = |admitted: &&Admitted| self.is_active() && Instant::now() < admitted.ends;
        admitted.filter(lasts).map(|admitted| admitted.password.as_str())
    }
}

fn duration(seconds: u32) -> Duration {
    if seconds == 0 { DEFAULT_TIMEOUT } else { Duration::from_secs(seconds.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EUI64: &str = "00112233aabbccdd";

    #[test]
    fn time_runs_out_for_a_commissioner_and_for_those_it_admits() {
        let (lasting, over) = (Clock::default(), Clock::new(0.0));
        let mut commissioner = Commissioner::new(0, &lasting);
        commissioner.admit(EUI64, "first!", 0, &lasting);
        commissioner.admit("00112233AABBCCDD", "second", 0, &lasting);
        assert_eq!(commissioner.password_of(EUI64), Some("second"));
        commissioner.admit(EUI64, "second", 60, &over);
        assert_eq!(commissioner.password_of(EUI64), None);
        assert!(commissioner.dismiss(EUI64) && !commissioner.dismiss(EUI64));

        let mut commissioner = Commissioner::new(600, &over);
        commissioner.admit(EUI64, "second", 0, &lasting);
        assert!(!commissioner.is_active() && commissioner.password_of(EUI64).is_none());
    }
}
