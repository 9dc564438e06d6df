//! Virtual boards in DFU mode, for benchmarks, and a meter of what they themselves ask for.

use particle::{
    clock::Clock,
    dfu::{
        Dfu,
        protocol::{CLASS_IN, StatusReply, request},
    },
    platform::Platform,
    sandbox::bench::{Bench, BenchOptions, DeviceState, Mode},
    usb::{
        Bus, Handle, Setup, TransferError, UsbError,
        usbip::{HostAddress, UsbIpBus},
    },
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Boards of one platform in DFU mode, on one bench.
pub struct DfuBench {
    _bench: Bench,
    bus: UsbIpBus,
    platform: &'static Platform,
}

impl DfuBench {
    /// So many boards, whose pauses last `pace` times as long as those of real ones.
    pub fn new(name: &str, count: usize, pace: f64) -> Self {
        let platform = Platform::by_name(name).unwrap();
        let state = |number: usize| {
            let id = format!("e00fce68{number:016x}").parse().unwrap();
            let mut state = DeviceState::new(platform, id).unwrap();
            state.mode = Mode::Dfu;
            state
        };
        let (changes, _unread) = std::sync::mpsc::sync_channel(1);
        let options = BenchOptions {
            usbip_port: 0,
            softap_port: 0,
            clock: Clock::new(pace),
            faults: Default::default(),
            changes,
        };
        let bench = Bench::start((0..count).map(state).collect(), options).unwrap();
        let address = bench.usbip_address();
        let host = HostAddress { host: address.ip().to_string(), port: address.port() };
        Self { _bench: bench, bus: UsbIpBus::new(host, Clock::default()), platform }
    }

    /// Opens the bootloader of each board, with a meter on what it asks for. This side waits as long as it is told.
    pub fn open(&self) -> Vec<(Dfu, Meter)> {
        let open = |address| {
            let meter = Meter::default();
            let handle = Metered { handle: self.bus.open(address).unwrap(), meter: meter.clone() };
            let layout = self.platform.flash.unwrap();
            (Dfu::open(Box::new(handle), &Clock::default(), layout).unwrap(), meter)
        };
        let found = self.bus.enumerate().unwrap();
        found.iter().map(|device| open(&device.address)).collect()
    }
}

/// What a device itself makes a host spend.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// The sum of bwPollTimeout over all replies to GETSTATUS.
    pub poll_timeouts: Duration,
    /// From the start to the end of each transfer.
    pub transfers: Duration,
}

/// Adds up what one device asks for.
#[derive(Clone, Default)]
pub struct Meter(Arc<Mutex<Asked>>);

impl Meter {
    /// Begins anew.
    pub fn reset(&self) {
        *self.0.lock().unwrap() = Asked::default();
    }

    /// What was asked for so far.
    pub fn asked(&self) -> Asked {
        *self.0.lock().unwrap()
    }
}

/// A handle with a meter.
struct Metered {
    handle: Box<dyn Handle>,
    meter: Meter,
}

impl Metered {
    fn timed<T>(&mut self, transfer: impl FnOnce(&mut dyn Handle) -> T) -> T {
        let start = Instant::now();
        let outcome = transfer(&mut *self.handle);
        self.meter.0.lock().unwrap().transfers += start.elapsed();
        outcome
    }
}

impl Handle for Metered {
    fn control_in(&mut self, setup: Setup, length: u16, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        let bytes = self.timed(|handle| handle.control_in(setup, length, timeout))?;
        if (setup.request_type, setup.request) == (CLASS_IN, request::GETSTATUS)
            && let Some(reply) = StatusReply::decode(&bytes)
        {
            let pause = Duration::from_millis(reply.poll_timeout.into());
            self.meter.0.lock().unwrap().poll_timeouts += pause;
        }
        Ok(bytes)
    }

    fn control_out(&mut self, setup: Setup, data: &[u8], timeout: Duration) -> Result<(), TransferError> {
        self.timed(|handle| handle.control_out(setup, data, timeout))
    }

    fn bulk_in(&mut self, endpoint: u8, length: usize, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        self.timed(|handle| handle.bulk_in(endpoint, length, timeout))
    }

    fn bulk_out(&mut self, endpoint: u8, data: &[u8], timeout: Duration) -> Result<usize, TransferError> {
        self.timed(|handle| handle.bulk_out(endpoint, data, timeout))
    }

    fn claim_interface(&mut self, interface: u8) -> Result<(), UsbError> {
        self.handle.claim_interface(interface)
    }

    fn set_alternate_setting(&mut self, interface: u8, alternate: u8) -> Result<(), TransferError> {
        self.timed(|handle| handle.set_alternate_setting(interface, alternate))
    }
}
