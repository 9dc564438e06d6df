//! Makes 2,000 RSA keys and reads each one as a device would. Run by hand: `cargo bench --bench key_soak`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "run by hand")]

use particle::{
    keys::{PrivateKey, PublicKey, device_reader},
    platform::{KeyAlgorithm, Platform, Protocol},
};
use rand::rngs::OsRng;

const KEYS: usize = 2_000;

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let count = if std::env::args().any(|argument| argument == "--bench") { KEYS } else { 1 };
    let slot = Platform::by_name("photon").unwrap().keys.unwrap().slots(Protocol::Tcp).unwrap().private;
    for _ in 0..count {
        let key = PrivateKey::generate(KeyAlgorithm::Rsa, &mut OsRng).unwrap();
        let image = key.slot_image(Protocol::Tcp, &slot).unwrap();
        let by_position = device_reader::read(Protocol::Tcp, &image).unwrap();
        assert_eq!(by_position, PublicKey::from_pem_or_der(&image).unwrap(), "a parser reads another key");
    }
    println!("{count} keys were read back by position");
}
