//! What holds for all modules, and for all bytes.

use super::*;
use crate::firmware::{Asset, AssetDependency, Bundle, Extension, Hash, decompress, split};
use proptest::prelude::*;

fn function() -> impl Strategy<Value = ModuleFunction> {
    (1..=10_u8).prop_map(ModuleFunction::from)
}

fn dependency() -> impl Strategy<Value = Option<Dependency>> {
    prop::option::of(
        (function(), any::<u8>(), any::<u16>()).prop_map(|(function, index, version)| Dependency {
            function,
            index,
            version,
        }),
    )
}

fn extension() -> impl Strategy<Value = Extension> {
    let data = || prop::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        "[a-z.]{0,20}".prop_map(Extension::Name),
        data().prop_map(|data| Extension::Hash(Hash::of(&data))),
        ("[a-z.]{0,20}", data()).prop_map(|(name, data)| Extension::AssetDependency(AssetDependency {
            name,
            hash: Hash::of(&data)
        })),
        (any::<u8>(), data()).prop_map(|(mode, data)| Extension::SecurityMode { mode, data }),
        any::<u8>().prop_map(Extension::AssetType),
        (dependency(), any::<u32>()).prop_filter_map("a dependency", |(module, target)| {
            Some(Extension::Dependency { module: module?, target })
        }),
        (0x20..0xFFFF_u16, data()).prop_map(|(kind, data)| Extension::Unknown { kind, data }),
    ]
}

fn product() -> impl Strategy<Value = Product> {
    any::<(u16, u16)>().prop_map(|(id, version)| Product { id, version })
}

prop_compose! {
    fn parts()(
        function in function(),
        platform in prop::sample::select(vec![0_u16, 6, 10, 13, 32, 777]),
        (index, reserved, version, suffix_reserved) in any::<(u8, u8, u16, u16)>(),
        dependencies in [dependency(), dependency()],
        offset in prop::sample::select(vec![0_usize, 0x10C, 0x184, 0x200, 0x400]),
        prefix_extensions in prop::collection::vec(extension(), 0..3),
        mut suffix_extensions in prop::collection::vec(extension(), 0..3),
        contents in prop::collection::vec(1..=u8::MAX, 8..200),
        product in product(),
        (in_extension, without) in any::<(bool, bool)>(),
        address in 0x1000..0x1000_0000_u32,
    ) -> ModuleParts {
        let without = without && suffix_extensions.is_empty();
        if in_extension && !without {
            suffix_extensions.push(Extension::ProductData(product));
        }
        // An application for a P2 grows to the left, and so does what has extensions in its prefix.
        let left = platform == 32 && function == ModuleFunction::UserPart || !prefix_extensions.is_empty();
        let flags = if prefix_extensions.is_empty() { Flags::default() } else { Flags::PREFIX_EXTENSIONS };
        ModuleParts {
            anchor: if left { Anchor::End(address + 0x10_0000) } else { Anchor::Start(address) },
            reserved,
            flags,
            version,
            dependencies,
            before_prefix: vec![0xFF; offset],
            prefix_extensions,
            contents,
            suffix_extensions,
            product: (!in_extension && !without).then_some(product),
            suffix_reserved,
            ..ModuleParts::new(PlatformId(platform), function, index, Anchor::Start(0))
        }
    }
}

/// Whether enough of a module is known for its prefix to be found: two things may be newer than this program.
fn is_recognised(parts: &ModuleParts) -> bool {
    let needed = parts.dependencies.iter().flatten().map(|needed| needed.function);
    let strangers = needed.chain([parts.function]).filter(|function| !function.is_known()).count();
    strangers + usize::from(parts.platform.platform().is_none()) <= 2
}

proptest! {
    #[test]
    fn what_is_built_is_parsed_as_it_was(parts in parts().prop_filter("nothing about it is known", is_recognised)) {
        prop_assert_eq!(rebuilt(&parts), parts);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = split(&bytes);
        let _ = Bundle::parse(&bytes);
    }

    #[test]
    fn a_damaged_module_is_survived(
        parts in parts(),
        damage in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = parts.build().unwrap();
        for (position, value) in damage {
            let position = position.index(bytes.len());
            bytes[position] = value;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            for module in split(bytes).into_iter().flatten() {
                let _ = (module.verify(), decompress(&module), module.parts().build(), Asset::from_module(&module));
            }
        }
    }

    #[test]
    fn assets_come_back(name in "[A-Za-z0-9._ äß-]{1,40}", data in prop::collection::vec(any::<u8>(), 0..3000)) {
        let asset = Asset { name, data };
        let bytes = asset.to_module().unwrap();
        prop_assert_eq!(Asset::from_module(&Module::parse(&bytes).unwrap()).unwrap(), asset);
    }
}
