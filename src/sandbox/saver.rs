//! Writes the state whenever something in the sandbox has changed.

use std::{
    io,
    sync::mpsc::{self, Receiver, Sender},
    thread::{self, JoinHandle},
};

/// How the parts of a sandbox tell that they changed.
#[derive(Clone)]
pub struct ChangeSender(Sender<()>);

impl ChangeSender {
    /// A sender, and where its changes arrive.
    pub fn channel() -> (Self, Receiver<()>) {
        let (sender, receiver) = mpsc::channel();
        (Self(sender), receiver)
    }

    /// Something that the state file holds has changed.
    pub fn notify(&self) {
        // Nobody listens once the sandbox is stopping; it saves a last time then.
        let _ = self.0.send(());
    }
}

/// A thread that saves after changes. It ends when every [`ChangeSender`] is gone.
pub(super) struct Saver(JoinHandle<()>);

impl Saver {
    /// Calls `save` after every change, once for changes that came together.
    pub(super) fn start(changes: Receiver<()>, save: impl Fn() + Send + 'static) -> io::Result<Self> {
        let thread = thread::Builder::new().name("sandbox-saver".into()).spawn(move || {
            while changes.recv().is_ok() {
                while changes.try_recv().is_ok() {}
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
