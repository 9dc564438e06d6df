//! Archives of libraries: what can be read can be packed and read again, and no name in it leads out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use particle::project::Archive;
use std::path::{Component, Path};

fuzz_target!(|bytes: &[u8]| {
    let Ok(archive) = Archive::read(bytes) else { return };
    for (name, _) in archive.files() {
        assert!(Path::new(name).components().all(|part| matches!(part, Component::Normal(_))));
    }
    assert_eq!(Archive::read(&archive.to_bytes().unwrap()).unwrap(), archive);
});
