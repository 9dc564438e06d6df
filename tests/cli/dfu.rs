//! The DFU room against the sandbox's bootloaders, over USB/IP.

use particle::{
    clock::Clock,
    dfu::{Dfu, DfuError, LeftAs, Operation, WriteOptions},
    platform::{DeviceId, PLATFORMS, Platform},
    sandbox::{
        bench::{Bench, BenchOptions, DeviceState, Mode, Protection},
        fault::{Fault, Faults},
    },
    usb::{
        Bus, TransferError,
        usbip::{HostAddress, UsbIpBus},
    },
};
use std::{
    sync::{Arc, mpsc::sync_channel},
    time::Duration,
};

/// One device in DFU mode on a bench of its own.
struct Wire {
    bench: Bench,
    bus: UsbIpBus,
    clock: Clock,
    platform: &'static Platform,
}

impl Wire {
    fn new(platform: &str, faults: &[&str], prepare: impl FnOnce(&mut DeviceState)) -> Self {
        let platform = Platform::by_name(platform).unwrap();
        let id: DeviceId = "e00fce680123456789abcdef".parse().unwrap();
        let mut state = DeviceState::new(platform, id).unwrap();
        state.mode = Mode::Dfu;
        prepare(&mut state);
        let clock = Clock::new(0.01);
        let faults: Vec<Fault> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        let options = BenchOptions {
            usbip_port: 0,
            softap_port: 0,
            clock: clock.clone(),
            faults: Arc::new(Faults::new(faults)),
            changes: sync_channel(1).0,
        };
        let bench = Bench::start(vec![state], options).unwrap();
        let address = bench.usbip_address();
        let host = HostAddress { host: address.ip().to_string(), port: address.port() };
        let bus = UsbIpBus::new(host, clock.clone());
        Self { bench, bus, clock, platform }
    }

    fn open(&self) -> Dfu {
        let found = self.bus.enumerate().unwrap();
        let handle = self.bus.open(&found[0].address).unwrap();
        Dfu::open(handle, &self.clock, self.platform.flash.unwrap()).unwrap()
    }

    fn memory(&self, alternate: u8, address: u32, length: usize) -> Vec<u8> {
        self.bench.snapshot()[0].read(alternate, address, length)
    }
}

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 13 + index / 255) as u8).collect()
}

fn write(dfu: &mut Dfu, alternate: u8, address: u32, data: &[u8]) -> Result<(), DfuError> {
    dfu.write(alternate, address, data, &WriteOptions::default(), &mut |_, _| ())
}

#[test]
fn a_board_without_its_bootloader_is_not_on_the_bus() {
    let wire = Wire::new("argon", &[], |state| {
        state.memories.get_mut(&0).unwrap().write(0xF_4800, b"oops");
    });
    assert!(wire.bus.enumerate().unwrap().is_empty());
    let trouble = wire.bench.devices()[0].trouble.unwrap();
    assert_eq!(trouble.to_string(), "its bootloader is missing or damaged, so that nothing starts");
}

#[test]
fn every_board_is_read_and_written_in_every_memory() {
    for platform in PLATFORMS.iter().filter(|platform| platform.flash.is_some()) {
        let wire = Wire::new(platform.name, &[], |_| ());
        let mut dfu = wire.open();
        for setting in platform.flash.unwrap().alternate_settings {
            // The last pages of each memory are free to be written, but for the nRF's own flash.
            let end =
                setting.forbidden.iter().map(|span| span.start).find(|start| *start > setting.extent.start);
            let address = end.unwrap_or(setting.extent.end) - 9000;
            let data = sample(5000);
            write(&mut dfu, setting.number, address, &data).unwrap();
            let read = dfu.read(setting.number, address, data.len(), &mut |_, _| ()).unwrap();
            assert_eq!(read, data, "{} {}", platform.name, setting.number);
            assert_eq!(wire.memory(setting.number, address, data.len()), data, "{}", platform.name);
        }
        dfu.leave().unwrap();
        wire.bench.settle(Duration::from_secs(10));
        assert_eq!(wire.bench.devices()[0].mode, Mode::Normal, "{}", platform.name);
    }
}

#[test]
fn a_failed_erase_is_noticed_and_can_be_done_again() {
    for (platform, address) in [("photon", 0x080A_0000), ("boron", 0xD_4000), ("p2", 0x0840_0000)] {
        let wire = Wire::new(platform, &["stall@dfu-erase"], |_| ());
        let mut dfu = wire.open();
        let options = WriteOptions { preserve: false, verify: true };
        let mut attempt = || dfu.write(0, address, &sample(100), &options, &mut |_, _| ());
        let error = attempt().unwrap_err();
        assert!(
            matches!(error, DfuError::Status { operation: Operation::Erase(_), .. }),
            "{platform} {error:?}"
        );
        attempt().unwrap();
    }
}

#[test]
fn a_turned_bit_is_a_verification_failure() {
    for platform in ["core", "photon", "boron", "p2"] {
        let wire = Wire::new(platform, &["corrupt@dfu-write"], |_| ());
        let error = write(&mut wire.open(), 1, 0x2000, &sample(600)).unwrap_err();
        assert!(matches!(error, DfuError::Verification { .. }), "{platform} {error:?}");
    }
}

#[test]
fn a_cable_pulled_in_the_middle_is_a_transfer_error() {
    let wire = Wire::new("boron", &["unplug@dfu-write:2"], |_| ());
    let error = write(&mut wire.open(), 0, 0xD_4000, &sample(3 * 4096)).unwrap_err();
    let expected =
        DfuError::Transfer { operation: Operation::Write(0xD_5000), source: TransferError::Disconnected };
    assert_eq!(error, expected);
    assert_eq!(wire.memory(0, 0xD_4000, 4096), sample(4096));
}

#[test]
fn a_protected_device_is_refused_before_anything_is_written() {
    let wire = Wire::new("boron", &[], |state| state.protection = Protection::Protected);
    let before = wire.memory(1, 0, 0x4000);
    let mut dfu = wire.open();
    assert_eq!(dfu.is_protected(), Ok(true));
    assert_eq!(write(&mut dfu, 1, 3106, &sample(192)), Err(DfuError::Protected));
    assert_eq!(wire.memory(1, 0, 0x4000), before);
}

#[test]
fn an_interrupt_leaves_the_bootloader_ready_for_the_next_session() {
    let wire = Wire::new("boron", &[], |_| ());
    let interrupt = wire.clock.interrupt_flag();
    let mut dfu = wire.open();
    let mut progress = |done, _| interrupt.store(done >= 4096, std::sync::atomic::Ordering::Relaxed);
    let outcome = dfu.write(0, 0xD_4000, &sample(3 * 4096), &WriteOptions::default(), &mut progress);
    let left = LeftAs::Partial { address: 0xD_4000, written: 4096, total: 3 * 4096 };
    assert!(matches!(outcome, Err(DfuError::Stopped { left: found, .. }) if found == left), "{outcome:?}");
    drop(dfu);
    interrupt.store(false, std::sync::atomic::Ordering::Relaxed);
    write(&mut wire.open(), 0, 0xD_4000, &sample(3 * 4096)).unwrap();
}

#[test]
fn safe_mode_is_entered_where_the_bootloader_can() {
    let wire = Wire::new("boron", &[], |_| ());
    wire.open().enter_safe_mode().unwrap();
    wire.bench.settle(Duration::from_secs(10));
    assert_eq!(wire.bench.devices()[0].mode, Mode::SafeMode);
    let wire = Wire::new("photon", &[], |_| ());
    assert_eq!(wire.open().enter_safe_mode(), Err(DfuError::Unsupported(Operation::EnterSafeMode)));
}
