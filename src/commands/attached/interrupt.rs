//! Ctrl-C while a device is being worked on.

use crate::clock::Clock;
use signal_hook::{
    consts::{SIGINT, TERM_SIGNALS},
    flag,
};
use std::sync::atomic::{AtomicBool, Ordering};

/// Makes Ctrl-C end device operations between two transfers, where the clock is asked; pressed twice it ends the
/// process at once. Commands that do not call this are ended by the first one.
pub fn heed_interrupts(clock: &Clock) {
    const INTERRUPTED: i32 = 130;
    static HEEDED: AtomicBool = AtomicBool::new(false);
    if HEEDED.swap(true, Ordering::Relaxed) {
        return;
    }
    let pressed = clock.interrupt_flag();
    // The order matters: a second press must find the flag that the first one has set. Where a handler cannot be
    // installed, Ctrl-C goes on ending the process.
    let _ = flag::register_conditional_shutdown(SIGINT, INTERRUPTED, pressed.clone());
    let _ = flag::register(SIGINT, pressed);
}

/// As [`heed_interrupts`], for commands that have no other end: they take every request to terminate for Ctrl-C.
pub fn heed_all_signals(clock: &Clock) {
    heed_interrupts(clock);
    for &signal in TERM_SIGNALS.iter().filter(|signal| **signal != SIGINT) {
        let _ = flag::register(signal, clock.interrupt_flag());
    }
}
