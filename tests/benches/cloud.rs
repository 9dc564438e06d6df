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
    settings::{AccessToken, Setting, Source},
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

/// A sandbox in this process.
fn start_sandbox(home: &Path) -> Sandbox {
    let location = Location::of_file(&home.join("sandbox.json")).unwrap();
    let lock = StateLock::try_take(&location).unwrap().unwrap();
    Sandbox::start(lock, &StartOptions::default()).unwrap()
}

/// A client of its cloud.
fn client(sandbox: &Sandbox) -> Cloud<'static> {
    let cloud = Cloud::new(CloudOptions {
        api_url: Setting::new(sandbox.addresses().api_url.parse().unwrap(), Source::Default),
        proxy: None,
        clock: Clock::default(),
        on_retry: Box::new(|_| {}),
    });
    cloud.unwrap()
}

async fn log_in(cloud: &Cloud<'_>) -> AccessToken {
    let password = Secret::new("sandbox".into());
    match cloud.logins().with_password("ada@example.com", &password).await.unwrap() {
        LoginAnswer::Granted(grant) => grant.access_token,
        LoginAnswer::CodeNeeded(_) => panic!("no code is needed"),
    }
}

/// The sandbox is the cloud here, with all it has to look at before a device is called.
fn call(criterion: &mut Criterion) {
    let home = tempfile::tempdir().unwrap();
    let sandbox = start_sandbox(home.path());
    let url = sandbox.addresses().api_url.clone();
    let cloud = client(&sandbox);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let token = runtime.block_on(log_in(&cloud));
    let session = cloud.authorize(token.clone());
    let functions = session.functions(DeviceScope::Account);

    let mut group = criterion.benchmark_group("call");
    group.bench_function("the command", |bencher| {
        bencher.iter(|| particle(&url, token.expose(), home.path(), &["call", "boron", "digitalRead", "D7"]));
    });
    group.bench_function("a client that is connected", |bencher| {
        bencher.iter(|| runtime.block_on(functions.call("boron", "digitalRead", Some("D7"))).unwrap());
    });
    group.finish();
    drop(sandbox);
}

/// The sandbox keeps what it is given, so that only the first run adds anything.
fn product_device_add(criterion: &mut Criterion) {
    let home = tempfile::tempdir().unwrap();
    let sandbox = start_sandbox(home.path());
    let url = sandbox.addresses().api_url.clone();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let token = runtime.block_on(log_in(&client(&sandbox)));
    let mut group = criterion.benchmark_group("product device add");
    group.sample_size(10);
    for devices in [1, 10_000] {
        let list = home.path().join(format!("{devices}.txt"));
        let ids = (0..devices).map(|number| format!("e00fce68aaaa{number:012x}\n"));
        std::fs::write(&list, ids.collect::<String>()).unwrap();
        let arguments = ["product", "device", "add", "12345", "--file", list.to_str().unwrap()];
        group.bench_function(format!("{devices} devices"), |bencher| {
            bencher.iter(|| particle(&url, token.expose(), home.path(), &arguments));
        });
    }
    group.finish();
    drop(sandbox);
}

criterion_group!(benches, call, list, product_device_add);
criterion_main!(benches);
