//! Compressed and combined modules, and assets.

use super::*;
use crate::firmware::{
    Asset, BuildError, Extension, Hash, PackError, asset_dependencies, combine, compress, decompress,
    separate, split, with_assets,
};

/// The asset `hello.txt` as binary-version-reader 3.1.3 makes it.
const HELLO: &str = "000000008900000000030000000009000000000000000000080000000600\
    0000cb48cdc9c9e702001000260000205891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be031100\
    0d0068656c6c6f2e74787401000a00ffffffffffff00002286f430712e5403251ee5af454c896039dd3679f338d203f7a5f5\
    35c2be60776100b511a20c";

fn hello() -> Vec<u8> {
    let digits: Vec<u32> = HELLO.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

fn asset(name: &str, data: &[u8]) -> Asset {
    Asset { name: name.to_owned(), data: data.to_vec() }
}

#[test]
fn an_asset_of_the_node_tool_is_read_and_made_alike() {
    let bytes = hello();
    let module = Module::parse(&bytes).unwrap();
    module.verify().unwrap();
    let expected = asset("hello.txt", b"hello\n");
    assert_eq!(Asset::from_module(&module).unwrap(), expected);
    assert_eq!(expected.to_module().unwrap(), bytes);
}

#[test]
fn an_application_is_no_asset() {
    let bytes = photon_application().build().unwrap();
    assert_eq!(Asset::from_module(&Module::parse(&bytes).unwrap()).unwrap_err(), PackError::NotAnAsset);
}

#[test]
fn a_compressed_module_holds_the_original() {
    for anchor in [Anchor::Start(0xB_4000), Anchor::End(0x0860_0000)] {
        let platform = if anchor == Anchor::Start(0xB_4000) { 13 } else { 32 };
        let original = modern_application(platform, anchor).build().unwrap();
        let module = Module::parse(&original).unwrap();
        let packed = compress(&module).unwrap();
        let compressed = Module::parse(&packed).unwrap();
        compressed.verify().unwrap();
        assert!(packed.len() < original.len());
        assert_eq!(compressed.prefix().start, module.prefix().start);
        assert_eq!(compressed.compression().unwrap().original_size as usize, original.len());
        assert_eq!(decompress(&compressed).unwrap(), original);
    }
}

#[test]
fn a_lie_about_the_original_size_is_no_bomb() {
    let mut parts = photon_application();
    parts.flags = Flags::COMPRESSED;
    for (size, expected) in [
        (u32::MAX, PackError::TooLarge(u32::MAX.into())),
        (5, PackError::Compression),
        (7, PackError::Compression),
    ] {
        parts.contents = [&[8, 0, 0, 0][..], &size.to_le_bytes(), &hello()[32..40]].concat();
        let bytes = parts.build().unwrap();
        assert_eq!(decompress(&Module::parse(&bytes).unwrap()).unwrap_err(), expected);
    }
}

#[test]
fn combined_modules_come_apart_again() {
    let one = photon_application().build().unwrap();
    let two = ModuleParts { version: 4, ..photon_application() }.build().unwrap();
    let combined = combine(&[&one, &two, &one].map(|bytes| Module::parse(bytes).unwrap()));
    let modules = split(&combined).unwrap();
    assert_eq!(modules.len(), 3);
    for module in &modules {
        module.verify().unwrap();
    }
    assert_eq!(separate(&combined).unwrap(), [one.clone(), two, one]);
}

#[test]
fn assets_are_named_where_the_module_grows() {
    let assets = [asset("hello.txt", b"hello\n"), asset("zeros.bin", &[0; 5000])];
    let needed = || assets.iter().map(Asset::dependency).collect::<Vec<_>>();
    for (platform, anchor) in [(26, Anchor::Start(0xD_4000)), (32, Anchor::End(0x0860_0000))] {
        let original = modern_application(platform, anchor).build().unwrap();
        let bytes = with_assets(&Module::parse(&original).unwrap(), needed()).unwrap();
        let module = Module::parse(&bytes).unwrap();
        module.verify().unwrap();
        assert!(asset_dependencies(&module).eq(&needed()));
        let in_prefix = !module.prefix_extensions().is_empty();
        assert_eq!(in_prefix, matches!(anchor, Anchor::End(_)));
        if let Anchor::End(end) = anchor {
            assert_eq!((module.prefix().end + 4, module.prefix_size() % 8), (end, 0));
        }
        assert_eq!(module.suffix().product, Some(Product { id: platform, version: 4 }));
        assert_eq!(with_assets(&module, Vec::new()).unwrap(), original, "nothing is left of them");
    }
}

#[test]
fn the_location_of_a_module_moves_with_its_start() {
    let location = Extension::DynamicLocation { module_start: 0, dynalib_load: 1, dynalib_start: 2 };
    let mut parts = modern_application(32, Anchor::End(0x0860_0000));
    parts.product = None;
    parts.suffix_extensions = vec![location, Extension::ProductData(Product { id: 32, version: 1 })];
    let bytes = parts.build().unwrap();
    let module = Module::parse(&bytes).unwrap();
    let start = module.prefix().start;
    assert_eq!(u64::from(start) + bytes.len() as u64, 0x0860_0000);
    let first = module.extensions().next().unwrap();
    assert_eq!(*first, Extension::DynamicLocation { module_start: start, dynalib_load: 1, dynalib_start: 2 });
}

#[test]
fn what_does_not_fit_is_not_built() {
    let too_low = ModuleParts { anchor: Anchor::End(20), ..photon_application() };
    let too_high = ModuleParts { anchor: Anchor::Start(u32::MAX - 20), ..photon_application() };
    for parts in [too_low, too_high] {
        assert_eq!(parts.build().unwrap_err(), BuildError::Address);
    }
    let long = vec![Extension::Name("x".repeat(40_000)); 2];
    let parts = ModuleParts { suffix_extensions: long, ..photon_application() };
    assert_eq!(parts.build().unwrap_err(), BuildError::Extensions);
}

#[test]
fn a_hash_is_that_of_its_data() {
    assert_eq!(Hash::of(b"hello\n").matches(b"hello\n"), Some(true));
    assert_eq!(Hash::of(b"hello\n").matches(b"hello"), Some(false));
}
