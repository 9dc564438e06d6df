//! A sandbox that runs in this process.

use super::{
    Addresses, Location, SandboxError, StateLock,
    bench::{Bench, BenchOptions},
    cloud::{CloudServer, CloudState},
    fault::{Fault, Faults},
    fresh::Inventory,
    profile,
    saver::Saver,
    state::{Adjustment, State},
};
use crate::clock::Clock;
use std::{
    io, process,
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    time::Duration,
};

/// How long a device that is restarting is waited for when a sandbox ends.
const SETTLE_LIMIT: Duration = Duration::from_secs(5);

/// How to run a sandbox.
#[derive(Clone, Debug, Default)]
pub struct StartOptions {
    /// TCP port of the cloud; 0 for one of the kernel's choice.
    pub api_port: u16,
    /// TCP port of the USB/IP server; 0 for one of the kernel's choice.
    pub usbip_port: u16,
    /// TCP port of the first access point that a device opens; 0 for one of the kernel's choice.
    pub softap_port: u16,
    /// Another length for every pause than the state says.
    pub time_scale: Option<f64>,
    /// What to change of devices first, by id or name.
    pub adjustments: Vec<(String, Adjustment)>,
    /// What is to go wrong.
    pub faults: Vec<Fault>,
    /// Whether its cloud is one without a compile service.
    pub local_cloud: bool,
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
        self.cloud.note_who_is_online();
        State::new(self.time_scale, self.cloud.records().clone(), self.cloud.bench().snapshot())
    }
}

impl Sandbox {
    /// Starts everything the state holds, or a new sandbox where there is no state yet.
    pub fn start(lock: StateLock, options: &StartOptions) -> Result<Self, SandboxError> {
        let location = lock.location().clone();
        // A process that was killed may have left an announcement behind.
        Addresses::withdraw(&location)?;
        let mut state = match State::read(&location)? {
            Some(state) => state,
            None => options.inventory.make()?,
        };
        for (device, adjustment) in &options.adjustments {
            state.adjust(device, *adjustment)?;
        }
        let time_scale = options.time_scale.unwrap_or(state.time_scale);
        let (changes, changed) = sync_channel(1);
        let faults = Arc::new(Faults::new(options.faults.clone()));
        let bench = Bench::start(
            state.bench,
            BenchOptions {
                usbip_port: options.usbip_port,
                softap_port: options.softap_port,
                clock: Clock::new(time_scale),
                faults: Arc::clone(&faults),
                changes: changes.clone(),
            },
        );
        let bench = Arc::new(bench.map_err(server_error("USB/IP server"))?);
        let usbip = bench.usbip_address();
        let cloud = CloudState::new(state.cloud, bench, faults, changes);
        let cloud = Arc::new(if options.local_cloud { cloud.without_compiler() } else { cloud });
        let server =
            CloudServer::start(Arc::clone(&cloud), options.api_port).map_err(server_error("cloud"))?;
        let addresses = Addresses { api_url: server.url(), usbip, pid: process::id(), time_scale };
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

    /// Lets devices finish the resets they are in, stops the servers and saves a last time.
    pub fn stop(self) -> Result<(), SandboxError> {
        let Self { parts, server, saver, addresses: _, lock } = self;
        Addresses::withdraw(lock.location())?;
        parts.cloud.bench().settle(SETTLE_LIMIT);
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
    Saver::start(changed, save).map_err(server_error("state keeper"))
}

fn server_error(server: &'static str) -> impl FnOnce(io::Error) -> SandboxError {
    move |source| SandboxError::Server { server, source }
}
