//! A bench of virtual devices that any USB/IP client can use.
//!
//! Each device answers at the level of USB transfers: descriptors, DFU, serial port, control requests. A hub gives
//! them power, lets them come and go, and carries their resets out after the time the real ones take.

mod air;
mod application;
mod board;
mod boot;
mod bootloader;
mod console;
mod dct;
mod descriptors;
mod device;
mod doctor;
mod firmware;
mod flash;
mod hub;
mod identity;
mod inventory;
mod memory;
mod mesh;
mod modules;
mod network;
mod os_version;
mod program;
mod requests;
mod serial_log;
mod service;
mod service_mode;
mod shipping;
mod softap;
mod staging;
mod state;
#[cfg_attr(not(unix), expect(dead_code, reason = "there are no pseudo-terminals to serve"))]
mod terminal;
mod transfer;
mod update;
mod usbip;
mod wifi;
mod ymodem;

pub use boot::Trouble;
pub use hub::Button;
pub use memory::Memory;
pub use mesh::MeshNetwork;
pub use os_version::{OsVersion, OsVersionError};
pub use program::{Constants, Program};
pub use state::{DeviceState, Mode, NoFirmware, NoSuchBoard, Protection};
pub use update::UpdateError;

use super::fault::Faults;
use crate::{
    clock::Clock,
    platform::{DeviceId, Platform, Protocol},
};
use application::Application;
use hub::Hub;
use memory::ERASED;
use serde_json::Value;
use softap::AccessPoint;
use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, mpsc::SyncSender},
    time::Duration,
};
use terminal::Terminal;

/// How a bench is set up.
pub struct BenchOptions {
    /// Port of the USB/IP server; 0 for the kernel's choice.
    pub usbip_port: u16,
    /// Port of the access point of the first device that has one; 0 for the kernel's choice.
    pub softap_port: u16,
    /// Scales every time a device tells or takes.
    pub clock: Clock,
    /// Faults that are to strike; shared with whoever else has phases to strike in.
    pub faults: Arc<Faults>,
    /// Told, without waiting, each time something to be remembered has changed.
    pub changes: SyncSender<()>,
}

/// A running bench. Dropping it takes all devices off the bus.
pub struct Bench {
    hub: Arc<Hub>,
    server: usbip::Server,
    /// One a device, in the same order; none where there are no pseudo-terminals.
    terminals: Vec<Option<Terminal>>,
    /// One a device, in the same order; none where a board has none.
    access_points: Vec<Option<AccessPoint>>,
}

/// What can be seen of a device from outside, and what its firmware makes of its memory.
pub struct DeviceView {
    /// Device id.
    pub id: DeviceId,
    /// Platform.
    pub platform: &'static Platform,
    /// What it is doing.
    pub mode: Mode,
    /// Whether the cable is in.
    pub plugged: bool,
    /// Whether it has started and stands on the bus.
    pub started: bool,
    /// Whether it has a way to the cloud: for most boards with Wi-Fi, whether they are in a network.
    pub networked: bool,
    /// Whether its application lets it connect to the cloud.
    pub connects: bool,
    /// Bus id at the USB/IP server.
    pub bus_id: String,
    /// Version of Device OS.
    pub os_version: OsVersion,
    /// Why it does not run its application, if it is its firmware that keeps it from that.
    pub trouble: Option<Trouble>,
    /// Device Protection.
    pub protection: Protection,
    /// Serial number on its label.
    pub serial_number: Option<String>,
    /// Number of its modem.
    pub imei: Option<String>,
    /// Number of its SIM card.
    pub iccid: Option<String>,
    /// The transport it uses.
    pub protocol: Protocol,
    /// A pseudo-terminal with the device's console, while its firmware runs.
    pub terminal: Option<PathBuf>,
    /// The claim code that it has been given for the cloud.
    pub claim_code: Option<String>,
    /// The mesh network it is a member of.
    pub mesh_network: Option<MeshNetwork>,
    /// Where its own Wi-Fi network is, while it is being set up.
    pub softap: Option<SocketAddr>,
    /// The private-key slot of that transport.
    pub private_key_slot: Vec<u8>,
    /// The server slot of that transport: key and address block.
    pub server_slot: Vec<u8>,
}

/// A request about a device that could not be met.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BenchError {
    /// No such device.
    #[error("there is no device {0} on the bench")]
    UnknownDevice(DeviceId),
    /// The button did nothing.
    #[error("{0} takes no notice of the button: it is unplugged, or in DFU mode, where only a reset helps")]
    Unmoved(DeviceId),
}

impl Bench {
    /// Sets up the devices and starts the USB/IP server.
    pub fn start(states: Vec<DeviceState>, options: BenchOptions) -> io::Result<Self> {
        let hub = Arc::new(Hub::new(states, options.clock, options.faults, options.changes));
        let server = usbip::Server::start(options.usbip_port, &hub)?;
        let terminals = (0..hub.len()).map(|index| open_terminal(&hub, index)).collect();
        let access_points = open_access_points(&hub, options.softap_port)?;
        Ok(Self { hub, server, terminals, access_points })
    }

    /// Where the USB/IP server listens.
    pub fn usbip_address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Everything there is to remember, in the order the devices were given.
    pub fn snapshot(&self) -> Vec<DeviceState> {
        self.hub.for_each(|_, device| device.board.state.clone())
    }

    /// What can be seen of the devices.
    pub fn devices(&self) -> Vec<DeviceView> {
        self.hub.for_each_socket(|index, socket| {
            let mut view = DeviceView::new(&socket.device.board.state, hub::bus_id_of(index));
            view.started = socket.present;
            let running = view.plugged && view.mode != Mode::Dfu;
            let terminal = self.terminals.get(index).and_then(Option::as_ref).filter(|_| running);
            view.terminal = terminal.map(|terminal| terminal.path().to_owned());
            let in_setup = view.started && view.mode == Mode::Listening;
            let access_point = self.access_points.get(index).and_then(Option::as_ref).filter(|_| in_setup);
            view.softap = access_point.map(AccessPoint::address);
            view
        })
    }

    /// Presses a button, or the combination that stands for a mode.
    pub fn press(&self, id: &DeviceId, button: Button) -> Result<(), BenchError> {
        let index = self.index(id)?;
        if self.hub.press(index, button) { Ok(()) } else { Err(BenchError::Unmoved(id.clone())) }
    }

    /// Puts the cable in or pulls it.
    pub fn set_plugged(&self, id: &DeviceId, plugged: bool) -> Result<(), BenchError> {
        self.hub.set_plugged(self.index(id)?, plugged);
        Ok(())
    }

    /// Tells a device whether the cloud sees it online; it answers so when asked.
    pub fn set_connected(&self, id: &DeviceId, connected: bool) -> Result<(), BenchError> {
        self.hub.with(self.index(id)?, |device| device.board.connected = connected);
        Ok(())
    }

    /// Tells a device that the cloud has claimed it by its claim code, which it then forgets.
    pub fn set_claimed(&self, id: &DeviceId) -> Result<(), BenchError> {
        let index = self.index(id)?;
        self.hub.with(index, |device| {
            device.board.configure(dct::CLAIM_CODE, &[ERASED; dct::CLAIM_CODE_LENGTH]);
            device.board.configure(dct::CLAIMED, &dct::IS_CLAIMED);
            self.hub.remember(device);
        });
        Ok(())
    }

    /// The variables that the application of a device has registered with the cloud; none where no application runs.
    pub fn variables(&self, id: &DeviceId) -> Result<Vec<(String, Value)>, BenchError> {
        Ok(self.hub.with(self.index(id)?, |device| {
            let os_version = device.board.state.os_version;
            device.application().map(|application| application.variables(os_version)).unwrap_or_default()
        }))
    }

    /// The functions that the application of a device has registered with the cloud; none where no application runs.
    pub fn functions(&self, id: &DeviceId) -> Result<Vec<String>, BenchError> {
        Ok(self.hub.with(self.index(id)?, |device| {
            device.application().map(Application::functions).unwrap_or_default()
        }))
    }

    /// Calls a function of a device's application; `None` if it has none of this name.
    pub fn call(&self, id: &DeviceId, function: &str, argument: &str) -> Result<Option<i32>, BenchError> {
        let index = self.index(id)?;
        Ok(self.hub.with(index, |device| {
            let result = device.call(function, argument);
            self.hub.remember(device);
            result
        }))
    }

    /// Sends a device files to update itself with, which takes it a while; `done` is told whether it did.
    pub fn update(
        &self,
        id: &DeviceId,
        files: Vec<Vec<u8>>,
        done: impl FnOnce(Result<(), UpdateError>) + Send + 'static,
    ) -> Result<(), BenchError> {
        self.hub.update(self.index(id)?, files, done);
        Ok(())
    }

    /// Waits until no device is in the middle of a reset, but no longer than `limit`.
    pub fn settle(&self, limit: Duration) {
        self.hub.settle(limit);
    }

    fn index(&self, id: &DeviceId) -> Result<usize, BenchError> {
        let ids = self.hub.for_each(|_, device| device.board.state.id == *id);
        ids.iter().position(|same| *same).ok_or_else(|| BenchError::UnknownDevice(id.clone()))
    }
}

/// A device can do without its terminal, so a system that has none to give does not stop the bench.
fn open_terminal(hub: &Arc<Hub>, index: usize) -> Option<Terminal> {
    let hub = Arc::downgrade(hub);
    let opened = Terminal::open(move |occasion| Some(hub.upgrade()?.at_terminal(index, occasion)));
    opened.inspect_err(|error| tracing::debug!("no pseudo-terminal for device {index}: {error}")).ok()
}

/// An access point for each board that opens one; the first gets the port that was asked for.
fn open_access_points(hub: &Arc<Hub>, port: u16) -> io::Result<Vec<Option<AccessPoint>>> {
    let mut port = port;
    let has_one = hub.for_each(|_, device| AccessPoint::is_on(&device.board.state));
    let mut open = |(index, has_one): (usize, bool)| {
        has_one.then(|| AccessPoint::open(std::mem::take(&mut port), hub, index)).transpose()
    };
    has_one.into_iter().enumerate().map(&mut open).collect()
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.hub.shut_down();
    }
}

impl DeviceView {
    pub(super) fn new(state: &DeviceState, bus_id: String) -> Self {
        Self {
            id: state.id.clone(),
            platform: state.platform,
            mode: state.mode,
            plugged: state.plugged,
            started: state.plugged,
            networked: state.has_network(),
            connects: state.mode != Mode::Normal || !state.application.is(&Program::DeviceDoctor),
            bus_id,
            os_version: state.os_version,
            trouble: state.trouble,
            protection: state.protection,
            serial_number: state.serial_number.clone(),
            imei: state.imei.clone(),
            iccid: state.iccid.clone(),
            protocol: state.protocol(),
            terminal: None,
            softap: None,
            claim_code: state.claim_code(),
            mesh_network: state.mesh_network.clone(),
            private_key_slot: state.private_key_slot(),
            server_slot: state.server_slot(),
        }
    }
}
