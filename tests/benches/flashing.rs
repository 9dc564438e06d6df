//! Writing 256 KiB over DFU and reading it back, against what the devices themselves ask for; one device, and four at
//! once.
//!
//! What a device asks for is the sum of the poll timeouts in its replies to GETSTATUS during that very write, and the
//! time its transfers take. Whatever a write takes beyond it is the cost of this program. A Core asks for 20 ms with
//! every erase and for 30 ms with every block of its external flash; it runs at ten times its pace here, so that a write
//! takes one second instead of ten. A Boron never asks to be polled later: its transfers are all there is. Four devices
//! at once should take as long as one, for nearly all of the time is theirs.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "a benchmark")]

#[path = "../support/dfu_bench.rs"]
mod dfu_bench;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use dfu_bench::{Asked, DfuBench, Meter};
use particle::dfu::{Dfu, WriteOptions};
use std::{
    thread,
    time::{Duration, Instant},
};

const LENGTH: usize = 256 * 1024;

/// Where a board is written, and how fast it is.
struct Target {
    board: &'static str,
    alternate: u8,
    address: u32,
    pace: f64,
}

const TARGETS: [Target; 2] = [
    // The part of the external flash that is left to applications.
    Target { board: "core", alternate: 1, address: 0x8_0000, pace: 0.1 },
    // Its application.
    Target { board: "boron", alternate: 0, address: 0xB_4000, pace: 1.0 },
];

/// Writes the same to all devices at once. Gives how long it took, and the most that one of them asked for.
fn write(sessions: &mut [(Dfu, Meter)], target: &Target, data: &[u8]) -> (Duration, Asked) {
    let options = WriteOptions { preserve: false, verify: true };
    for (_, meter) in &*sessions {
        meter.reset();
    }
    let start = Instant::now();
    thread::scope(|scope| {
        for (dfu, _) in &mut *sessions {
            let run = || dfu.write(target.alternate, target.address, data, &options, &mut |_, _| ()).unwrap();
            scope.spawn(run);
        }
    });
    let took = start.elapsed();
    let asked = sessions.iter().map(|(_, meter)| meter.asked());
    (took, asked.max_by_key(|asked| asked.poll_timeouts + asked.transfers).unwrap())
}

fn measure(group: &mut BenchmarkGroup<'_, WallTime>, target: &Target, count: usize, data: &[u8]) {
    let bench = DfuBench::new(target.board, count, target.pace);
    let mut sessions = bench.open();
    let name = format!("{count} x {}", target.board);
    group.bench_function(format!("{name}, the whole write"), |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| write(&mut sessions, target, data).0).sum())
    });
    group.bench_function(format!("{name}, its poll timeouts and transfers"), |bencher| {
        bencher.iter_custom(|times| {
            let asked = (0..times).map(|_| write(&mut sessions, target, data).1);
            asked.map(|asked| asked.poll_timeouts + asked.transfers).sum()
        })
    });
    let (took, Asked { poll_timeouts, transfers }) = write(&mut sessions, target, data);
    let added = took.saturating_sub(poll_timeouts + transfers);
    let percent = 100.0 * added.as_secs_f64() / took.as_secs_f64();
    println!(
        "{name}: {took:.1?} = {poll_timeouts:.1?} of poll timeouts + {transfers:.1?} of transfers + {added:.1?} \
         ({percent:.1} %) of this program"
    );
}

fn flashing(criterion: &mut Criterion) {
    let data: Vec<u8> = (0..LENGTH).map(|index| (index * 7) as u8).collect();
    let mut group = criterion.benchmark_group("256 KiB over DFU");
    group.throughput(Throughput::Bytes(LENGTH as u64)).sample_size(10);
    for target in &TARGETS {
        for count in [1, 4] {
            measure(&mut group, target, count, &data);
        }
    }
    group.finish();
}

criterion_group!(benches, flashing);
criterion_main!(benches);
