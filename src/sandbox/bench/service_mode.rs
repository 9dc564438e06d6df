//! Service mode: Device Protection lifted for 20 resets or 24 hours.
//!
//! Source: Device OS v6.2.0 `hal/inc/security_mode.h`.

use super::state::{DeviceState, Protection};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const RESETS: u8 = 20;
const DURATION: SignedDuration = SignedDuration::from_hours(24);

/// What is left of service mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceTerm {
    resets_left: u8,
    until: Timestamp,
}

impl ServiceTerm {
    fn is_over(&self, now: Timestamp) -> bool {
        self.resets_left == 0 || now >= self.until
    }
}

impl DeviceState {
    /// Lifts Device Protection for a while.
    pub(super) fn begin_service_mode(&mut self) {
        self.protection = Protection::ServiceMode;
        let until = Timestamp::now().checked_add(DURATION).unwrap_or(Timestamp::MAX);
        self.service_term = Some(ServiceTerm { resets_left: RESETS, until });
    }

    /// Brings Device Protection back, if it was lifted.
    pub(super) fn end_service_mode(&mut self) {
        if self.protection == Protection::ServiceMode {
            self.protection = Protection::Protected;
        }
        self.service_term = None;
    }

    /// Counts a reset towards the end of service mode.
    pub(super) fn count_reset(&mut self) {
        if let Some(term) = &mut self.service_term {
            term.resets_left = term.resets_left.saturating_sub(1);
        }
        self.mind_service_term();
    }

    /// Ends service mode when it has lasted long enough. One set in the state file lasts until it is ended.
    pub(super) fn mind_service_term(&mut self) {
        if self.service_term.is_some_and(|term| term.is_over(Timestamp::now())) {
            self.end_service_mode();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn device() -> DeviceState {
        let boron = Platform::by_name("boron").unwrap();
        let mut device = DeviceState::new(boron, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        device.protection = Protection::Protected;
        device.begin_service_mode();
        device
    }

    #[test]
    fn the_twentieth_reset_brings_protection_back() {
        let mut device = device();
        for _ in 1..20 {
            device.count_reset();
            assert_eq!(device.protection, Protection::ServiceMode);
        }
        device.count_reset();
        assert_eq!((device.protection, device.service_term), (Protection::Protected, None));
    }

    #[test]
    fn a_day_is_all_it_lasts() {
        let mut device = device();
        device.mind_service_term();
        assert_eq!(device.protection, Protection::ServiceMode);
        device.service_term = Some(ServiceTerm { resets_left: 20, until: Timestamp::now() });
        device.mind_service_term();
        assert_eq!(device.protection, Protection::Protected);
    }
}
