//! Firmware modules: any bytes are survived, and what is a sound module is the same when it is built again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use particle::firmware::{Asset, Module, ModuleFunction, compress, decompress, split};

fuzz_target!(|bytes: &[u8]| {
    for module in split(bytes).into_iter().flatten() {
        let _ = (decompress(&module), Asset::from_module(&module), module.layout());
        let parts = module.parts();
        let Ok(built) = parts.build() else { continue };
        // Without room for a prefix of its own kind, what is built may be read as something else.
        let Ok(again) = Module::parse(&built) else { continue };
        if again.prefix_offset() == module.prefix_offset() && again.prefix().function == module.prefix().function {
            again.verify().expect("what is built is sound");
        }
        if module.prefix().function != ModuleFunction::Asset && module.verify().is_ok() {
            let Ok(packed) = compress(&module) else { continue };
            let Ok(packed) = Module::parse(&packed) else { continue };
            assert_eq!(decompress(&packed).expect("what is compressed comes back"), module.bytes());
        }
    }
});
