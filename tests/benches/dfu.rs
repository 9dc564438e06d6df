//! DFU throughput over USB/IP on loopback, with poll timeouts taken out: what this program itself costs.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

#[path = "../support/dfu_bench.rs"]
mod dfu_bench;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dfu_bench::DfuBench;
use particle::dfu::WriteOptions;

const LENGTH: usize = 128 * 1024;
/// The user part of an Argon.
const ADDRESS: u32 = 0xD4000;

fn throughput(criterion: &mut Criterion) {
    let bench = DfuBench::new("argon", 1, 0.0);
    let mut dfu = bench.open().remove(0);
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
