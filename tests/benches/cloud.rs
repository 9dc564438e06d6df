//! What commands that talk to a cloud cost, start-up included. The clouds are on this computer.

#![allow(clippy::panic, clippy::unwrap_used, missing_docs, reason = "a benchmark")]

#[path = "../support/fleet.rs"]
mod fleet;

use criterion::{Criterion, criterion_group, criterion_main};
use fleet::Fleet;
use particle::{
    clock::Clock,
    cloud::{Cloud, CloudOptions, DeviceScope, LoginAnswer},
    sandbox::{Location, Sandbox, StartOptions, StateLock},
    secret::Secret,
    settings::{Setting, Source},
};
use std::{
    path::Path,
    process::{Command, Stdio},
};
use tokio::runtime::Builder;

/// Runs the binary against a cloud.
fn particle(api_url: &str, token: &str, home: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_particle"));
    command.args(arguments).env_clear().env("HOME", home);
    command.env("PARTICLE_API_URL", api_url).env("PARTICLE_ACCESS_TOKEN", token);
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
}

fn list(criterion: &mut Criterion) {
    let home = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("list");
    group.sample_size(10);
    for devices in [2, 10_000] {
        let fleet = Fleet::start(devices);
        group.bench_function(format!("{devices} devices"), |bencher| {
            bencher.iter(|| particle(fleet.url(), "any", home.path(), &["list"]));
        });
    }
    group.finish();
}

/// The sandbox is the cloud here, with all it has to look at before a device is called.
fn call(criterion: &mut Criterion) {
    let home = tempfile::tempdir().unwrap();
    let location = Location::of_file(&home.path().join("sandbox.json")).unwrap();
    let lock = StateLock::try_take(&location).unwrap().unwrap();
    let sandbox = Sandbox::start(lock, &StartOptions::default()).unwrap();
    let url = sandbox.addresses().api_url.clone();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let cloud = Cloud::new(CloudOptions {
        api_url: Setting::new(url.parse().unwrap(), Source::Default),
        proxy: None,
        clock: Clock::default(),
        on_retry: Box::new(|_| {}),
    });
    let cloud = cloud.unwrap();
    let password = Secret::new("sandbox".into());
    let login = runtime.block_on(cloud.logins().with_password("ada@example.com", &password)).unwrap();
    let LoginAnswer::Granted(grant) = login else { panic!("no code is needed") };
    let token = grant.access_token.expose().to_owned();
    let session = cloud.authorize(grant.access_token);
    let functions = session.functions(DeviceScope::Account);

    let mut group = criterion.benchmark_group("call");
    group.bench_function("the command", |bencher| {
        bencher.iter(|| particle(&url, &token, home.path(), &["call", "boron", "digitalRead", "D7"]));
    });
    group.bench_function("a client that is connected", |bencher| {
        bencher.iter(|| runtime.block_on(functions.call("boron", "digitalRead", Some("D7"))).unwrap());
    });
    group.finish();
    drop(sandbox);
}

criterion_group!(benches, call, list);
criterion_main!(benches);
