//! Waiting, and being told to stop waiting.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// Why a wait or a long operation has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// The person pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// The time given with `--timeout` is over.
    #[error("the time given with --timeout ran out")]
    TimedOut,
}

/// How this process waits: pauses can be shortened as a whole, and end early on an interrupt or a deadline.
///
/// Only pauses between attempts are scaled; limits on how long to wait for an answer are not.
#[derive(Clone, Debug)]
pub struct Clock {
    scale: f64,
    deadline: Option<Instant>,
    interrupt: Arc<AtomicBool>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(1.0)
    }
}

impl Clock {
    /// A clock whose pauses last `scale` times what is asked for (1.0 is real time), without a deadline.
    pub fn new(scale: f64) -> Self {
        let scale = if scale.is_finite() { scale.clamp(0.0, 100.0) } else { 1.0 };
        Self { scale, deadline: None, interrupt: Arc::default() }
    }

    /// The same clock with another scale; interrupts are shared.
    pub fn with_scale(&self, scale: f64) -> Self {
        Self { interrupt: Arc::clone(&self.interrupt), deadline: self.deadline, ..Self::new(scale) }
    }

    /// The same clock, stopping everything after `limit` of real time.
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.deadline = Instant::now().checked_add(limit);
        self
    }

    /// The flag an interrupt handler sets.
    pub fn interrupt_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.interrupt)
    }

    /// Lets Ctrl-C and a request to terminate stop this clock instead of ending the process; the second one ends it.
    pub fn stop_on_signals(&self) -> io::Result<()> {
        use signal_hook::{consts::TERM_SIGNALS, flag};
        const INTERRUPTED: i32 = 130;
        for &signal in TERM_SIGNALS {
            flag::register_conditional_shutdown(signal, INTERRUPTED, self.interrupt_flag())?;
            flag::register(signal, self.interrupt_flag())?;
        }
        Ok(())
    }

    /// Real time left until the deadline of `--timeout`, if there is one.
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Fails once the person has pressed Ctrl-C or the deadline has passed. To be asked between transfers.
    pub fn check(&self) -> Result<(), Stop> {
        if self.interrupt.load(Ordering::Relaxed) {
            Err(Stop::Interrupted)
        } else if self.time_left().is_some_and(|left| left.is_zero()) {
            Err(Stop::TimedOut)
        } else {
            Ok(())
        }
    }

    /// A pause of this length, scaled.
    pub fn scaled(&self, duration: Duration) -> Duration {
        duration.mul_f64(self.scale)
    }

    /// Pauses for the scaled duration, or until an interrupt or the deadline.
    pub fn pause(&self, duration: Duration) -> Result<(), Stop> {
        let end = Instant::now() + self.scaled(duration);
        loop {
            self.check()?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    /// Pauses for the scaled duration whatever happens: for waits that a device imposes in the middle of a step that
    /// must not be left half done.
    pub fn pause_to_the_end(&self, duration: Duration) {
        std::thread::sleep(self.scaled(duration));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupt_and_a_deadline_end_a_pause() {
        let clock = Clock::default();
        clock.interrupt_flag().store(true, Ordering::Relaxed);
        assert_eq!(clock.pause(Duration::from_secs(3600)), Err(Stop::Interrupted));
        let clock = Clock::default().with_limit(Duration::ZERO);
        assert_eq!(clock.pause(Duration::from_secs(3600)), Err(Stop::TimedOut));
    }
}
