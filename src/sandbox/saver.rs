//! Writes the state whenever something in the sandbox has changed.

use std::{
    io,
    sync::mpsc::Receiver,
    thread::{self, JoinHandle},
};

/// A thread that saves after changes. It ends when nobody is left who could change anything.
pub(super) struct Saver(JoinHandle<()>);

impl Saver {
    /// Calls `save` after every change. Changes that come while it saves are saved together.
    pub(super) fn start(changes: Receiver<()>, save: impl Fn() + Send + 'static) -> io::Result<Self> {
        let thread = thread::Builder::new().name("sandbox-saver".into()).spawn(move || {
            for () in changes {
                save();
            }
        })?;
        Ok(Self(thread))
    }

    /// Waits for the last save.
    pub(super) fn finish(self) {
        // A panic of the thread has been reported by the runtime, and the caller saves once more anyway.
        let _ = self.0.join();
    }
}
