//! What commands that talk to a cloud cost, start-up included. The clouds are on this computer.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

#[path = "../support/fleet.rs"]
mod fleet;

use criterion::{Criterion, criterion_group, criterion_main};
use fleet::Fleet;
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Runs the binary against a cloud that takes any token.
fn particle(api_url: &str, home: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_particle"));
    command.args(arguments).env_clear().env("HOME", home);
    command.env("PARTICLE_API_URL", api_url).env("PARTICLE_ACCESS_TOKEN", "0123");
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
}

fn list(criterion: &mut Criterion) {
    let home = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("list");
    group.sample_size(10);
    for devices in [2, 10_000] {
        let fleet = Fleet::start(devices);
        group.bench_function(format!("{devices} devices"), |bencher| {
            bencher.iter(|| particle(fleet.url(), home.path(), &["list"]));
        });
    }
    group.finish();
}

criterion_group!(benches, list);
criterion_main!(benches);
