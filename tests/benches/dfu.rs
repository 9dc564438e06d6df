//! DFU throughput over USB/IP on loopback, of a board that never asks to be polled later; and how much of the time is not
//! that of the transfers, which is what this program itself costs.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

#[path = "../support/dfu_bench.rs"]
mod dfu_bench;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dfu_bench::DfuBench;
use particle::dfu::WriteOptions;
use std::time::Instant;

const LENGTH: usize = 128 * 1024;
/// The user part of an Argon.
const ADDRESS: u32 = 0xD4000;

fn throughput(criterion: &mut Criterion) {
    let bench = DfuBench::new("argon", 1, 0.0);
    let (mut dfu, meter) = bench.open().remove(0);
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
    meter.reset();
    let start = Instant::now();
    dfu.read(0, ADDRESS, LENGTH, &mut |_, _| ()).unwrap();
    let (took, asked) = (start.elapsed(), meter.asked());
    assert!(asked.poll_timeouts.is_zero());
    println!("a read of {took:.1?}: {:.1?} of transfers", asked.transfers);
}

criterion_group!(benches, throughput);
criterion_main!(benches);
