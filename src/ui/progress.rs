//! Spinners and bars on standard error, drawn only on a terminal.

use super::Ui;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// A running display of progress. Dropping it removes it from the screen.
pub struct Progress(ProgressBar);

impl Ui {
    /// Shows that something of unknown length is going on.
    pub fn spinner(&self, message: impl Into<String>) -> Progress {
        let bar = self.screen.add(ProgressBar::new_spinner().with_message(message.into()));
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress(bar)
    }

    /// Shows a bar for `length` bytes with rate and remaining time.
    pub fn byte_bar(&self, length: u64, message: impl Into<String>) -> Progress {
        self.bar(length, message, "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}")
    }

    /// Shows a bar for so many things of any kind.
    pub fn count_bar(&self, length: usize, message: impl Into<String>) -> Progress {
        self.bar(length as u64, message, "{msg} [{bar:30}] {pos}/{len}")
    }

    fn bar(&self, length: u64, message: impl Into<String>, template: &str) -> Progress {
        let bar = self.screen.add(ProgressBar::new(length));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(message.into());
        Progress(bar)
    }
}

/// Where progress is drawn: everything that runs shares the bottom of the screen, and lines written meanwhile go above
/// it.
pub(super) fn screen(shown: bool) -> MultiProgress {
    MultiProgress::with_draw_target(if shown {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    })
}

impl Progress {
    /// Sets how much is done.
    pub fn set(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Changes the text.
    pub fn message(&self, message: impl Into<String>) {
        self.0.set_message(message.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
