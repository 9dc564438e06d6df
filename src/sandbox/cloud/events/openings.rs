//! How often streams may be opened.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The limit of the public API reference: so many in that time.
const MOST: usize = 100;
const PERIOD: Duration = Duration::from_secs(5 * 60);

/// The streams that were opened lately.
#[derive(Default)]
pub(super) struct Openings(VecDeque<Instant>);

impl Openings {
    /// Counts another stream, unless there were too many.
    pub(super) fn admit(&mut self, now: Instant) -> bool {
        while self.0.front().is_some_and(|opened| now.duration_since(*opened) >= PERIOD) {
            self.0.pop_front();
        }
        let admitted = self.0.len() < MOST;
        if admitted {
            self.0.push_back(now);
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_in_five_minutes_are_enough() {
        let mut openings = Openings::default();
        let start = Instant::now();
        let second = |number| start + Duration::from_secs(number);
        let admitted = (0..150).filter(|number| openings.admit(second(*number))).count();
        assert_eq!(admitted, MOST);
        assert!(!openings.admit(second(299)) && openings.admit(second(300)));
    }
}
