//! How long making a key takes, the device's reader included. Run with `cargo bench --bench keys`.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark; criterion's macros make public items")]

use criterion::{Criterion, criterion_group, criterion_main};
use particle::{keys::PrivateKey, platform::KeyAlgorithm};
use rand::rngs::OsRng;

fn generation(criterion: &mut Criterion) {
    for algorithm in [KeyAlgorithm::Rsa, KeyAlgorithm::Ec] {
        criterion.bench_function(&format!("generate {algorithm}"), |bencher| {
            bencher.iter(|| PrivateKey::generate(algorithm, &mut OsRng).unwrap());
        });
    }
}

criterion_group!(benches, generation);
criterion_main!(benches);
