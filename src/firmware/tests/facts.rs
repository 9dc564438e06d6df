//! The headers of Particle's own binaries: modules with the same ones must come out the same.

use super::*;
use crate::firmware::Extension;

/// A binary: name, length, offset of the prefix, start, end, version, platform, function, index, dependencies, size of
/// the suffix.
type Fact =
    (&'static str, usize, usize, u32, u32, u16, u16, ModuleFunction, u8, [Option<Dependency>; 2], u16);

const fn needs(function: ModuleFunction, index: u8, version: u16) -> Option<Dependency> {
    Some(Dependency { function, index, version })
}

use ModuleFunction::{Bootloader, Monolithic, RadioStack, SystemPart, UserPart};

#[rustfmt::skip]
const FACTS: &[Fact] = &[
    ("core tinker", 98_932, 0x10C, 0x0800_5000, 0x0801_D270, 207, 0, Monolithic, 0, [None, None], 40),
    ("photon tinker 0.4.5", 5324, 0, 0x080A_0000, 0x080A_14C8, 3, 6, UserPart, 1, [needs(SystemPart, 2, 6), None], 40),
    ("electron tinker", 5776, 0, 0x0808_0000, 0x0808_168C, 3, 10, UserPart, 1, [needs(SystemPart, 2, 10), None], 40),
    ("argon tinker 0.8.0-rc.27", 11_972, 0, 0xD_4000, 0xD_6EC0, 5, 12, UserPart, 1, [needs(SystemPart, 1, 326), None], 40),
    ("esomx tinker 6.3.4", 8854, 0, 0xB_4000, 0xB_6292, 6, 15, UserPart, 2, [needs(SystemPart, 1, 6305), None], 40),
    ("p2 tinker 5.0.0", 49_152, 0, 0x085F_4000, 0x085F_FFFC, 6, 32, UserPart, 1, [needs(SystemPart, 1, 5002), None], 62),
    ("msom tinker 6.3.4", 57_344, 0, 0x085F_2000, 0x085F_FFFC, 6, 35, UserPart, 1, [needs(SystemPart, 1, 6305), None], 62),
    ("photon bootloader 2.0.1", 15_100, 0x184, 0x0800_0000, 0x0800_3AF8, 1005, 6, Bootloader, 0, [None, None], 40),
    ("photon system part 1 2.0.1", 241_368, 0x184, 0x0802_0000, 0x0805_AED4, 2011, 6, SystemPart, 1, [needs(SystemPart, 2, 207), None], 40),
    ("photon system part 2 2.0.1", 260_072, 0x184, 0x0806_0000, 0x0809_F7E4, 2011, 6, SystemPart, 2, [needs(SystemPart, 1, 2011), needs(Bootloader, 0, 1003)], 40),
    ("argon bootloader 2.0.1", 46_580, 0x200, 0xF_4000, 0xF_F5F0, 1005, 12, Bootloader, 0, [None, None], 40),
    ("argon system part 1 2.0.1", 464_680, 0x200, 0x3_0000, 0xA_1724, 2011, 12, SystemPart, 1, [needs(Bootloader, 0, 1005), needs(RadioStack, 0, 202)], 40),
    ("argon softdevice", 153_048, 0, 0x1000, 0x2_65D4, 202, 12, RadioStack, 0, [needs(Bootloader, 0, 501), needs(SystemPart, 1, 1321)], 36),
];

fn parts(fact: &Fact) -> ModuleParts {
    let &(_, length, offset, start, end, version, platform, function, index, dependencies, suffix) = fact;
    let product = Product { id: 0xFFFF, version: 0xFFFF };
    let location =
        Extension::DynamicLocation { module_start: start, dynalib_load: 0x1234, dynalib_start: 0x5678 };
    let extended = suffix == 62;
    ModuleParts {
        anchor: if extended { Anchor::End(end + 4) } else { Anchor::Start(start) },
        flags: if function == RadioStack { Flags::DROP_MODULE_INFO } else { Flags::default() },
        version,
        dependencies,
        before_prefix: vec![0xA5; offset],
        contents: vec![0x5A; length - offset - 24 - usize::from(suffix) - 4],
        suffix_extensions: if extended { vec![location, Extension::ProductData(product)] } else { vec![] },
        product: (suffix == 40).then_some(product),
        ..ModuleParts::new(PlatformId(platform), function, index, Anchor::Start(start))
    }
}

#[test]
fn modules_with_known_headers_come_out_as_they_are_known() {
    for fact in FACTS {
        let &(name, length, offset, start, end, .., suffix) = fact;
        let parts = parts(fact);
        let bytes = parts.build().unwrap();
        let module = Module::parse(&bytes).unwrap();
        assert_eq!((bytes.len(), module.prefix_offset()), (length, offset), "{name}");
        assert_eq!((module.prefix().start, module.prefix().end), (start, end), "{name}");
        assert_eq!(module.suffix().size, suffix, "{name}");
        assert_eq!(module.suffix().product.is_some(), suffix >= 40, "{name}");
        assert_eq!(module.parts(), parts, "{name}");
        module.verify().unwrap();
    }
}

#[test]
fn the_hash_of_a_softdevice_is_not_looked_at() {
    let fact = FACTS.iter().find(|fact| fact.0 == "argon softdevice").unwrap();
    let mut bytes = parts(fact).build().unwrap();
    let (hash, crc) = (bytes.len() - 38, bytes.len() - 4);
    bytes[hash] ^= 1;
    let checksum = crc32fast::hash(&bytes[..crc]).to_be_bytes();
    bytes[crc..].copy_from_slice(&checksum);
    let module = Module::parse(&bytes).unwrap();
    assert_eq!(module.sha256(), None);
    module.verify().unwrap();
}
