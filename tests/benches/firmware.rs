//! What `binary inspect` does with a 10 MB file. Run with `cargo bench --bench firmware`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark; criterion's macros make public items")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use particle::{
    firmware::{ModuleFunction, ModuleParts, split},
    platform::{Anchor, PlatformId},
};
use std::hint::black_box;

const LENGTH: usize = 10 * 1024 * 1024;

fn inspection(criterion: &mut Criterion) {
    let contents: Vec<u8> = (0..LENGTH).map(|index| index as u8).collect();
    let parts = ModuleParts {
        contents,
        ..ModuleParts::new(PlatformId(6), ModuleFunction::UserPart, 1, Anchor::Start(0x080A_0000))
    };
    let binary = parts.build().unwrap();
    let mut group = criterion.benchmark_group("a binary of 10 MB");
    group.throughput(Throughput::Bytes(LENGTH as u64)).sample_size(10);
    group.bench_function("take apart", |bencher| bencher.iter(|| split(black_box(&binary)).unwrap()));
    group.bench_function("take apart and verify", |bencher| {
        bencher.iter(|| split(black_box(&binary)).unwrap()[0].verify().unwrap());
    });
    // The worst case: every place where a prefix could be is looked at.
    group.bench_function("find that it is none", |bencher| {
        bencher.iter(|| split(black_box(&parts.contents)).unwrap_err());
    });
    group.finish();
}

criterion_group!(benches, inspection);
criterion_main!(benches);
