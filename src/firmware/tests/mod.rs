//! Modules are built for these tests; what is known of Particle's own is in [`facts`].

mod bundles;
mod facts;
mod packing;
mod properties;

use super::{Asset, Dependency, Flags, Module, ModuleFunction, ModuleParts, Product, with_assets};
use crate::platform::{Anchor, PlatformId};

/// An application for a Photon, as small as can be.
fn photon_application() -> ModuleParts {
    ModuleParts {
        version: 3,
        dependencies: [Some(Dependency { function: ModuleFunction::SystemPart, index: 2, version: 6 }), None],
        contents: b"an application".to_vec(),
        product: Some(Product { id: 6, version: 2 }),
        ..ModuleParts::new(PlatformId(6), ModuleFunction::UserPart, 1, Anchor::Start(0x080A_0000))
    }
}

/// An application of this size of contents that can have assets.
fn modern_application(platform: u16, anchor: Anchor) -> ModuleParts {
    ModuleParts {
        version: 6,
        dependencies: [
            Some(Dependency { function: ModuleFunction::SystemPart, index: 1, version: 6305 }),
            None,
        ],
        contents: vec![0x5A; 1000],
        product: Some(Product { id: platform, version: 4 }),
        ..ModuleParts::new(PlatformId(platform), ModuleFunction::UserPart, 1, anchor)
    }
}

/// Builds the parts and takes them apart again.
#[track_caller]
fn rebuilt(parts: &ModuleParts) -> ModuleParts {
    let bytes = parts.build().unwrap();
    let module = Module::parse(&bytes).unwrap();
    module.verify().unwrap();
    module.parts()
}

#[test]
fn every_broken_byte_is_noticed() {
    let good = photon_application().build().unwrap();
    for position in 0..good.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut bad = good.clone();
            bad[position] ^= change;
            let noticed = Module::parse(&bad).map_or(true, |module| module.verify().is_err());
            assert!(noticed, "byte {position} changed by {change:#x}");
        }
    }
}

#[test]
fn a_broken_field_is_noticed_behind_a_fitting_crc() {
    let good = photon_application().build().unwrap();
    // The end address, the size of the suffix, the hash.
    for position in [4, good.len() - 6, good.len() - 20] {
        let mut bad = good.clone();
        bad[position] = bad[position].wrapping_sub(8);
        let crc = bad.len() - 4;
        let checksum = crc32fast::hash(&bad[..crc]).to_be_bytes();
        bad[crc..].copy_from_slice(&checksum);
        assert!(Module::parse(&bad).unwrap().verify().is_err(), "byte {position}");
    }
}

#[test]
fn what_is_cut_short_is_told_from_what_is_no_module() {
    use super::ModuleError::{NoInformation, NotAModule, Truncated};
    let good = photon_application().build().unwrap();
    let half = &good[..good.len() / 2];
    let expected = good.len() as u64;
    assert_eq!(Module::parse(half).unwrap_err(), Truncated { expected, length: expected / 2 });
    for bytes in [&b""[..], b"#include <Particle.h>", &[0; 500], &good[1..]] {
        assert_eq!(Module::parse(bytes).unwrap_err(), NotAModule);
    }
    assert_eq!(Module::parse(&[0xFF; 500]).unwrap_err(), NoInformation);
}

#[test]
fn bytes_behind_a_module_are_noticed() {
    let mut bytes = photon_application().build().unwrap();
    bytes.extend(photon_application().build().unwrap());
    assert!(Module::parse(&bytes).unwrap().verify().is_err());
}

#[test]
fn what_is_newer_than_this_program_is_kept() {
    let parts = ModuleParts {
        flags: Flags(0x80),
        dependencies: [
            Some(Dependency { function: ModuleFunction::Unknown(77), index: 3, version: 9 }),
            None,
        ],
        ..photon_application()
    };
    assert_eq!(rebuilt(&parts), parts);
    let parts = ModuleParts { platform: PlatformId(777), ..photon_application() };
    assert_eq!(rebuilt(&parts), parts);
}

#[test]
fn the_layout_covers_everything_but_the_contents() {
    let bytes = modern_application(26, Anchor::Start(0xD_4000)).build().unwrap();
    let assets = vec![Asset { name: "a.txt".to_owned(), data: b"one".to_vec() }.dependency()];
    let bytes = with_assets(&Module::parse(&bytes).unwrap(), assets).unwrap();
    let module = Module::parse(&bytes).unwrap();
    let layout = module.layout();
    let covered: usize = layout.iter().map(|field| field.size).sum();
    let end_of_extensions = 4;
    assert_eq!(covered + end_of_extensions + module.contents().len(), bytes.len());
    assert!(layout.is_sorted_by_key(|field| field.offset));
    let crc = layout.last().unwrap();
    assert_eq!((crc.name.as_str(), crc.offset + crc.size), ("crc", bytes.len()));
}
