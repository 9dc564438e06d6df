//! DFU throughput over USB/IP on loopback, with poll timeouts taken out: what this program itself costs.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use particle::{
    clock::Clock,
    dfu::{Dfu, WriteOptions},
    platform::Platform,
    sandbox::bench::{Bench, BenchOptions, DeviceState, Mode},
    usb::{
        Bus,
        usbip::{HostAddress, UsbIpBus},
    },
};

const LENGTH: usize = 128 * 1024;
/// The user part of an Argon.
const ADDRESS: u32 = 0xD4000;

fn throughput(criterion: &mut Criterion) {
    let clock = Clock::new(0.0);
    let platform = Platform::by_name("argon").unwrap();
    let mut state = DeviceState::new(platform, "e00fce680123456789abcdef".parse().unwrap()).unwrap();
    state.mode = Mode::Dfu;
    let (changes, _unread) = std::sync::mpsc::sync_channel(1);
    let options = BenchOptions {
        usbip_port: 0,
        softap_port: 0,
        clock: clock.clone(),
        faults: Default::default(),
        changes,
    };
    let bench = Bench::start(vec![state], options).unwrap();
    let address = bench.usbip_address();
    let host = HostAddress { host: address.ip().to_string(), port: address.port() };
    let bus = UsbIpBus::new(host, clock.clone());
    let found = bus.enumerate().unwrap();
    let handle = bus.open(&found[0].address).unwrap();
    let mut dfu = Dfu::open(handle, &clock, platform.flash.unwrap()).unwrap();
    let data: Vec<u8> = (0..LENGTH).map(|index| index as u8).collect();

    let mut group = criterion.benchmark_group("DFU over USB/IP");
    group.throughput(Throughput::Bytes(LENGTH as u64)).sample_size(10);
    group.bench_function("write", |bencher| {
        let options = WriteOptions { preserve: false, verify: false };
        bencher.iter(|| dfu.write(0, ADDRESS, &data, &options, &mut |_, _| ()).unwrap())
    });
    group.bench_function("read", |bencher| {
        bencher.iter(|| dfu.read(0, ADDRESS, LENGTH, &mut |_, _| ()).unwrap())
    });
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
