//! Power, cables, buttons and time: everything that makes devices come and go on the bus.

use super::{
    board::Board,
    descriptors,
    device::Device,
    mesh::{Air, Radio},
    state::{DeviceState, Mode},
    terminal::{Occasion, Printed},
    transfer::{Answer, Event},
};
use crate::{
    clock::Clock,
    sandbox::fault::{Action, Faults, Moment},
    usb::usbip::protocol::{ExportedDevice, speed},
};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::{
    net::{Shutdown, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc::SyncSender,
    },
    time::Duration,
};

/// From reset to the moment the bootloader stands on the bus.
const BOOTLOADER_START: Duration = Duration::from_millis(300);
/// From reset to the moment the firmware stands on the bus.
const FIRMWARE_START: Duration = Duration::from_millis(1000);
/// However much pauses are shortened, a host has this long to fetch the last words of a device that restarts after a while.
const SHORTEST_FAREWELL: Duration = Duration::from_millis(50);
const BUS_NUMBER: u32 = 1;

/// A button, or what a person does with the two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Button {
    /// Reset with SETUP/MODE held until it blinks yellow.
    Dfu,
    /// SETUP/MODE held for three seconds.
    Listen,
    /// Reset with SETUP/MODE held until it blinks magenta.
    Safe,
    /// Reset alone.
    Reset,
    /// Reset with SETUP/MODE held for ten seconds, until it blinks white.
    Factory,
}

/// Why a client does not get a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImportRefusal {
    /// No device with this bus id is on the bus.
    NoDevice,
    /// Another client has it.
    Busy,
    /// No answer is to be given at all.
    Silence,
}

/// All sockets of the bench.
pub(super) struct Hub {
    sockets: Vec<Mutex<Socket>>,
    clock: Clock,
    faults: Arc<Faults>,
    device_numbers: AtomicU32,
    changes: SyncSender<()>,
    timers: Timers,
}

/// How many things are about to happen.
#[derive(Default)]
struct Timers {
    running: Mutex<usize>,
    all_done: Condvar,
}

/// A socket and the device in it.
pub(super) struct Socket {
    pub(super) device: Device,
    /// Whether the device is on the bus.
    pub(super) present: bool,
    /// Number on the bus; a new one each time it appears.
    device_number: u32,
    /// The connection of the client that has the device.
    client: Option<TcpStream>,
    /// Whether a reset is on its way; what the device wishes until then is too late.
    leaving: bool,
    /// Counts departures, so that a timer of an earlier one does nothing.
    pub(super) epoch: u64,
}

/// A device held by a client; letting go of it frees the device.
pub(super) struct Import {
    hub: Arc<Hub>,
    index: usize,
    device_number: u32,
}

impl Hub {
    /// Powers up the devices that are plugged in. `changes` is told, without waiting, when something to be
    /// remembered has changed.
    pub(super) fn new(
        states: Vec<DeviceState>,
        clock: Clock,
        faults: Arc<Faults>,
        changes: SyncSender<()>,
    ) -> Self {
        let device_numbers = AtomicU32::new(2);
        let air = Arc::new(Air::default());
        let sockets = states.into_iter().map(|state| {
            let plugged = state.plugged;
            let mut device = Device::new(state, clock.clone(), Arc::clone(&faults));
            let present = plugged && device.is_alive();
            device.board.radio = Radio::new(&air);
            if present {
                device.board.transmit();
            }
            let device_number = device_numbers.fetch_add(1, Ordering::Relaxed);
            Mutex::new(Socket { device, present, device_number, client: None, leaving: false, epoch: 0 })
        });
        Self { sockets: sockets.collect(), clock, faults, device_numbers, changes, timers: Timers::default() }
    }

    /// The number of sockets.
    pub(super) fn len(&self) -> usize {
        self.sockets.len()
    }

    /// Looks at each device in turn.
    pub(super) fn for_each<T>(&self, mut look: impl FnMut(usize, &Device) -> T) -> Vec<T> {
        self.for_each_socket(|index, socket| look(index, &socket.device))
    }

    /// Looks at each socket and the device in it in turn.
    pub(super) fn for_each_socket<T>(&self, mut look: impl FnMut(usize, &Socket) -> T) -> Vec<T> {
        (0..self.len()).map(|index| look(index, &self.socket(index))).collect()
    }

    /// Looks at one device, or changes what is not remembered of it.
    pub(super) fn with<T>(&self, index: usize, look: impl FnOnce(&mut Device) -> T) -> T {
        look(&mut self.socket(index).device)
    }

    /// The devices on the bus as USB/IP describes them, each with class, subclass and protocol of its interfaces.
    pub(super) fn exported(&self) -> Vec<(ExportedDevice, Vec<[u8; 3]>)> {
        let described = (0..self.len()).map(|index| {
            let socket = self.socket(index);
            let classes = descriptors::interface_classes(&socket.device.board.state);
            Some((describe(index, &socket)?, classes))
        });
        described.flatten().collect()
    }

    /// Gives a device to the client behind `connection`.
    pub(super) fn import(
        self: &Arc<Self>,
        bus_id: &str,
        connection: &TcpStream,
    ) -> Result<(Import, ExportedDevice), ImportRefusal> {
        let wanted = (0..self.len()).find(|index| bus_id_of(*index) == bus_id);
        let index = wanted.ok_or(ImportRefusal::NoDevice)?;
        if !self.socket(index).present {
            return Err(ImportRefusal::NoDevice);
        }
        match self.faults.strike(Moment::Import) {
            Some(Action::Busy) => return Err(ImportRefusal::Busy),
            Some(Action::Hang) => return Err(ImportRefusal::Silence),
            Some(Action::Unplug) => {
                self.set_plugged(index, false);
                return Err(ImportRefusal::NoDevice);
            }
            _ => {}
        }
        let mut socket = self.socket(index);
        if socket.client.is_some() {
            return Err(ImportRefusal::Busy);
        }
        let description = describe(index, &socket).ok_or(ImportRefusal::NoDevice)?;
        socket.client = Some(connection.try_clone().map_err(|_| ImportRefusal::NoDevice)?);
        socket.device.bus_reset();
        let import = Import { hub: Arc::clone(self), index, device_number: socket.device_number };
        Ok((import, description))
    }

    /// Puts the cable in or pulls it. A device that gets power starts its firmware.
    pub(super) fn set_plugged(self: &Arc<Self>, index: usize, plugged: bool) {
        let mut socket = self.socket(index);
        if socket.device.board.state.plugged == plugged {
            return;
        }
        socket.device.board.state.plugged = plugged;
        if plugged {
            self.restart(index, &mut socket, Mode::Normal);
        } else {
            socket.vanish();
            self.changed();
        }
    }

    /// Presses a button; false if the device takes no notice (it has no power, or the bootloader is in charge).
    pub(super) fn press(self: &Arc<Self>, index: usize, button: Button) -> bool {
        let mut socket = self.socket(index);
        let state = &socket.device.board.state;
        if !state.plugged || (button == Button::Listen && state.mode == Mode::Dfu) {
            return false;
        }
        match button {
            Button::Dfu => self.restart(index, &mut socket, Mode::Dfu),
            Button::Safe => self.restart(index, &mut socket, Mode::SafeMode),
            Button::Reset => self.restart(index, &mut socket, Mode::Normal),
            Button::Factory => {
                socket.device.board.state.reset_to_factory();
                self.restart(index, &mut socket, Mode::Normal);
            }
            Button::Listen => {
                socket.device.board.enter(Mode::Listening);
                self.remember(&mut socket.device);
            }
        }
        true
    }

    /// Lets a device know what has happened at its pseudo-terminal; gives what it prints there, which is nothing while it
    /// is away.
    pub(super) fn at_terminal(self: &Arc<Self>, index: usize, occasion: Occasion<'_>) -> Printed {
        let mut socket = self.socket(index);
        if !socket.present {
            return Printed { texts: Vec::new(), more: socket.device.board.state.serial_log };
        }
        let printed = socket.device.at_terminal(occasion);
        self.remember(&mut socket.device);
        self.follow_up(index, &mut socket);
        printed
    }

    /// Lets somebody who is in the device's own network ask it something; `None` if there is no such network, because
    /// the device is not in listening mode.
    pub(super) fn in_setup<T>(
        self: &Arc<Self>,
        index: usize,
        ask: impl FnOnce(&mut Board) -> T,
    ) -> Option<T> {
        let mut socket = self.socket(index);
        if !socket.present || socket.device.board.state.mode != Mode::Listening {
            return None;
        }
        let answer = ask(&mut socket.device.board);
        self.remember(&mut socket.device);
        self.follow_up(index, &mut socket);
        Some(answer)
    }

    /// Takes all devices off the bus for good.
    pub(super) fn shut_down(&self) {
        (0..self.len()).for_each(|index| self.socket(index).vanish());
    }

    /// Remembers what a transfer has changed.
    pub(super) fn remember(&self, device: &mut Device) {
        if std::mem::take(&mut device.board.changed) {
            self.changed();
        }
    }

    fn changed(&self) {
        // A full channel means that a change is already waiting to be seen.
        let _ = self.changes.try_send(());
    }

    pub(super) fn socket(&self, index: usize) -> MutexGuard<'_, Socket> {
        self.sockets[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out what a device does on its own after a transfer.
    fn follow_up(self: &Arc<Self>, index: usize, socket: &mut Socket) {
        match socket.device.take_event() {
            None => {}
            Some(Event::Unplug) => {
                socket.device.board.state.plugged = false;
                socket.vanish();
                self.changed();
            }
            Some(Event::Restart { .. }) if socket.leaving => {}
            Some(Event::Restart { mode, after }) => {
                socket.leaving = true;
                let epoch = socket.epoch;
                let pause = self.clock.scaled(after).max(after.min(SHORTEST_FAREWELL));
                self.after(pause, move |hub| {
                    let mut socket = hub.socket(index);
                    if socket.epoch == epoch {
                        hub.restart(index, &mut socket, mode);
                    }
                });
            }
        }
    }

    /// Resets a device: it leaves the bus now and is back, in the new mode, once it has started.
    pub(super) fn restart(self: &Arc<Self>, index: usize, socket: &mut Socket, mode: Mode) {
        socket.vanish();
        socket.device.reset(mode);
        self.changed();
        let epoch = socket.epoch;
        let start =
            if socket.device.board.state.mode == Mode::Dfu { BOOTLOADER_START } else { FIRMWARE_START };
        self.later(start, move |hub| {
            let mut socket = hub.socket(index);
            if socket.epoch == epoch {
                socket.present = socket.device.is_alive();
                socket.device.board.transmit();
                socket.device_number = hub.device_numbers.fetch_add(1, Ordering::Relaxed);
                hub.changed();
            }
        });
    }

    /// Does something after a scaled while, unless the bench is gone by then.
    pub(super) fn later(self: &Arc<Self>, after: Duration, action: impl FnOnce(&Arc<Hub>) + Send + 'static) {
        self.after(self.clock.scaled(after), action);
    }

    /// The same after a while in real time.
    fn after(self: &Arc<Self>, wait: Duration, action: impl FnOnce(&Arc<Hub>) + Send + 'static) {
        let hub = Arc::downgrade(self);
        *self.timers.running() += 1;
        std::thread::spawn(move || {
            std::thread::sleep(wait);
            if let Some(hub) = hub.upgrade() {
                action(&hub);
                *hub.timers.running() -= 1;
                hub.timers.all_done.notify_all();
            }
        });
    }

    /// Waits until nothing is about to happen by itself, but no longer than `limit`.
    pub(super) fn settle(&self, limit: Duration) {
        let running = self.timers.running();
        // Whether the time ran out or the timers did makes no difference to who waits.
        let _ = self.timers.all_done.wait_timeout_while(running, limit, |running| *running > 0);
    }
}

impl Timers {
    fn running(&self) -> MutexGuard<'_, usize> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Socket {
    /// Off the bus; the client loses its connection, and timers of the past are void.
    fn vanish(&mut self) {
        self.present = false;
        self.device.board.fall_silent();
        self.leaving = false;
        self.epoch += 1;
        if let Some(client) = self.client.take() {
            let _ = client.shutdown(Shutdown::Both);
        }
    }
}

impl Import {
    /// `bus_number << 16 | device_number`, by which the client addresses the device.
    pub(super) fn device(&self) -> u32 {
        BUS_NUMBER << 16 | self.device_number
    }

    /// Whether the device will have something for the client without being asked.
    pub(super) fn owes_output(&self) -> bool {
        self.hub.socket(self.index).device.owes_output()
    }

    /// A transfer to the device. `None` once it is gone from the bus.
    pub(super) fn transfer(&self, transfer: impl FnOnce(&mut Device) -> Answer) -> Option<Answer> {
        let mut socket = self.hub.socket(self.index);
        if !socket.present || socket.device_number != self.device_number {
            return None;
        }
        let answer = transfer(&mut socket.device);
        self.hub.remember(&mut socket.device);
        self.hub.follow_up(self.index, &mut socket);
        Some(answer)
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        let mut socket = self.hub.socket(self.index);
        if socket.device_number == self.device_number && socket.client.take().is_some() {
            socket.device.bus_reset();
        }
    }
}

/// The bus id of a socket; it stays the same whatever the device does.
pub(super) fn bus_id_of(index: usize) -> String {
    format!("{BUS_NUMBER}-{}", index + 1)
}

fn describe(index: usize, socket: &Socket) -> Option<ExportedDevice> {
    let (device, bus_id) = (&socket.device, bus_id_of(index));
    let state = &device.board.state;
    let id = descriptors::usb_id(state);
    socket.present.then(|| ExportedDevice {
        path: format!("/sys/devices/sandbox/usb{BUS_NUMBER}/{bus_id}"),
        bus_id,
        bus_number: BUS_NUMBER,
        device_number: socket.device_number,
        speed: speed::FULL,
        vendor: id.vendor,
        product: id.product,
        device_release: descriptors::DEVICE_RELEASE,
        class: descriptors::device_class(state),
        configuration: device.configuration(),
        configurations: 1,
        interfaces: descriptors::interface_count(state),
    })
}
