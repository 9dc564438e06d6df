//! How long the program takes to start.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use criterion::{Criterion, criterion_group, criterion_main};
use std::process::{Command, Stdio};

fn particle(arguments: &[&str], folder: &std::path::Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_particle"));
    let status =
        command.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap().success());
}

fn startup(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("start-up");
    group.bench_function("--version", |bencher| bencher.iter(|| particle(&["--version"], folder.path())));
    group.bench_function("help", |bencher| bencher.iter(|| particle(&["help"], folder.path())));
    let arguments = ["keys", "new", "--protocol", "udp", "--force", "x"];
    group.bench_function("keys new --protocol udp", |bencher| {
        bencher.iter(|| particle(&arguments, folder.path()))
    });
    group.finish();
}

criterion_group!(benches, startup);
criterion_main!(benches);
