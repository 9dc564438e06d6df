//! Bundles: any bytes are survived, and what can be read is the same when it is packed again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use particle::firmware::Bundle;

fuzz_target!(|bytes: &[u8]| {
    let Ok(bundle) = Bundle::parse(bytes) else { return };
    let Ok(archive) = bundle.to_archive() else { return };
    assert_eq!(Bundle::parse(&archive).expect("what is packed can be read"), bundle);
});
