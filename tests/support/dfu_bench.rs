//! Virtual boards in DFU mode, for benchmarks.

use particle::{
    clock::Clock,
    dfu::Dfu,
    platform::Platform,
    sandbox::bench::{Bench, BenchOptions, DeviceState, Mode},
    usb::{
        Bus,
        usbip::{HostAddress, UsbIpBus},
    },
};

/// Boards of one platform in DFU mode, on one bench.
pub struct DfuBench {
    _bench: Bench,
    bus: UsbIpBus,
    clock: Clock,
    platform: &'static Platform,
}

impl DfuBench {
    /// So many boards of generation 3, whose pauses, and ours, are scaled by `pace`.
    pub fn new(name: &str, count: usize, pace: f64) -> Self {
        let clock = Clock::new(pace);
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
            clock: clock.clone(),
            faults: Default::default(),
            changes,
        };
        let bench = Bench::start((0..count).map(state).collect(), options).unwrap();
        let address = bench.usbip_address();
        let host = HostAddress { host: address.ip().to_string(), port: address.port() };
        let bus = UsbIpBus::new(host, clock.clone());
        Self { _bench: bench, bus, clock, platform }
    }

    /// Opens the bootloader of each board.
    pub fn open(&self) -> Vec<Dfu> {
        let found = self.bus.enumerate().unwrap();
        let open = |address| {
            let handle = self.bus.open(address).unwrap();
            Dfu::open(handle, &self.clock, self.platform.flash.unwrap()).unwrap()
        };
        found.iter().map(|device| open(&device.address)).collect()
    }
}
