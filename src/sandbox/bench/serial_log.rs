//! What an application with a serial log handler prints, in the form of Device OS: time since the start in
//! milliseconds, category, level, message.
//!
//! It is printed while somebody reads the port: what comes before is lost.

use crate::clock::Clock;
use std::time::{Duration, Instant};

/// Pause between two lines.
const INTERVAL: Duration = Duration::from_secs(1);

/// The log of a running application.
pub(super) struct SerialLog {
    started: Instant,
    last: Instant,
    lines: u32,
}

impl Default for SerialLog {
    fn default() -> Self {
        let now = Instant::now();
        Self { started: now, last: now, lines: 0 }
    }
}

impl SerialLog {
    /// The next line, if it is time for one.
    pub(super) fn due(&mut self, clock: &Clock) -> Option<String> {
        if self.last.elapsed() < clock.scaled(INTERVAL) {
            return None;
        }
        self.last = Instant::now();
        self.lines += 1;
        let milliseconds = self.started.elapsed().as_millis();
        Some(format!("{milliseconds:010} [app] INFO: reading {}\r\n", self.lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_one_at_a_time_and_not_before_it_is_time() {
        assert_eq!(SerialLog::default().due(&Clock::default()), None);
        let mut log = SerialLog::default();
        let lines = [0, 0].map(|_| log.due(&Clock::new(0.0)).unwrap());
        assert!(lines[0].ends_with(" [app] INFO: reading 1\r\n"), "{lines:?}");
        assert!(lines[1].ends_with("reading 2\r\n"), "{lines:?}");
    }
}
