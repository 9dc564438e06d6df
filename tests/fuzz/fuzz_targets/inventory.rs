//! What a device says of its modules, as JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use particle::firmware::Inventory;

fuzz_target!(|bytes: &[u8]| {
    let _ = Inventory::from_json(bytes);
});
