//! Writing an application of 256 KiB over DFU: at the pace of the device, without its pauses, and to four at once.
//!
//! The first two differ by the poll timeouts of the device alone; what is left without them is what this program and
//! the transfers cost. Four devices at once should take as long as one, for nearly all of the time is theirs.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

#[path = "../support/dfu_bench.rs"]
mod dfu_bench;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dfu_bench::DfuBench;
use particle::dfu::{Dfu, WriteOptions};
use std::{thread, time::Duration};

const LENGTH: usize = 256 * 1024;
/// The application of a Boron.
const ADDRESS: u32 = 0xB_4000;
/// A tenth of the device's pauses, so that a run does not take minutes.
const PACE: f64 = 0.1;

fn write(dfu: &mut Dfu, data: &[u8]) {
    let options = WriteOptions { preserve: false, verify: true };
    dfu.write(0, ADDRESS, data, &options, &mut |_, _| ()).unwrap();
}

fn flashing(criterion: &mut Criterion) {
    let data: Vec<u8> = (0..LENGTH).map(|index| (index * 7) as u8).collect();
    let mut group = criterion.benchmark_group("256 KiB over DFU");
    group.throughput(Throughput::Bytes(LENGTH as u64)).sample_size(10);
    group.measurement_time(Duration::from_secs(15));
    for (name, count, pace) in [
        ("without the device's pauses", 1, 0.0),
        ("one device, a tenth of its pauses", 1, PACE),
        ("four devices at once, a tenth of their pauses", 4, PACE),
    ] {
        let borons = DfuBench::new("boron", count, pace);
        let mut sessions = borons.open();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                thread::scope(|scope| {
                    for dfu in &mut sessions {
                        scope.spawn(|| write(dfu, &data));
                    }
                })
            })
        });
    }
    group.finish();
}

criterion_group!(benches, flashing);
criterion_main!(benches);
