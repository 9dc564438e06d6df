//! A sandbox that runs in this process.

use super::{
    Addresses, Location, SandboxError, StateLock,
    cloud::{CloudServer, CloudState},
    fresh::{self, Inventory},
    profile,
    saver::{ChangeSender, Saver},
    state::State,
};
use std::{
    process,
    sync::{Arc, mpsc::Receiver},
};

/// How to run a sandbox.
#[derive(Clone, Debug, Default)]
pub struct StartOptions {
    /// TCP port of the cloud; 0 for one of the kernel's choice.
    pub api_port: u16,
    /// Another length for every pause than the state says.
    pub time_scale: Option<f64>,
    /// What to put into a sandbox that is new.
    pub inventory: Inventory,
}

/// A running sandbox. [`Sandbox::stop`] ends it and saves.
pub struct Sandbox {
    parts: Arc<Parts>,
    server: CloudServer,
    saver: Saver,
    addresses: Addresses,
    lock: StateLock,
}

/// What the state file is made of.
struct Parts {
    time_scale: f64,
    cloud: Arc<CloudState>,
}

impl Parts {
    fn state(&self) -> State {
        State::new(self.time_scale, self.cloud.records().clone())
    }
}

impl Sandbox {
    /// Starts everything the state holds, or a new sandbox where there is no state yet.
    pub fn start(lock: StateLock, options: &StartOptions) -> Result<Self, SandboxError> {
        let location = lock.location().clone();
        // A process that was killed may have left an announcement behind.
        Addresses::withdraw(&location)?;
        let state = State::read(&location)?.unwrap_or_else(|| fresh::state(&options.inventory));
        let time_scale = options.time_scale.unwrap_or(state.time_scale);
        let (changes, changed) = ChangeSender::channel();
        let cloud = Arc::new(CloudState::new(state.cloud, changes));
        let server = CloudServer::start(Arc::clone(&cloud), options.api_port)
            .map_err(|source| SandboxError::Server { server: "cloud", source })?;
        let addresses = Addresses { api_url: server.url(), pid: process::id(), time_scale };
        profile::point_at(&location, &addresses.api_url)?;
        let parts = Arc::new(Parts { time_scale, cloud });
        parts.state().write(&location)?;
        let saver = start_saver(&parts, location, changed)?;
        Ok(Self { parts, server, saver, addresses, lock })
    }

    /// Where it can be reached.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Which sandbox this is.
    pub fn location(&self) -> &Location {
        self.lock.location()
    }

    /// Tells other processes where to find this sandbox. Without that they wait until it has stopped.
    pub fn announce(&self) -> Result<(), SandboxError> {
        self.addresses.announce(self.location())
    }

    /// Stops the servers and saves a last time.
    pub fn stop(self) -> Result<(), SandboxError> {
        let Self { parts, server, saver, addresses: _, lock } = self;
        Addresses::withdraw(lock.location())?;
        drop(server);
        let state = parts.state();
        drop(parts);
        saver.finish();
        state.write(lock.location())
    }
}

fn start_saver(parts: &Arc<Parts>, location: Location, changed: Receiver<()>) -> Result<Saver, SandboxError> {
    // Were it a strong reference, the parts would keep the saver running, and the saver the parts.
    let parts = Arc::downgrade(parts);
    let save = move || {
        let Some(parts) = parts.upgrade() else { return };
        if let Err(error) = parts.state().write(&location) {
            tracing::error!("{error}");
        }
    };
    Saver::start(changed, save).map_err(|source| SandboxError::Server { server: "state keeper", source })
}
