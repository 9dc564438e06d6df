//! What holds for every plan.

use super::*;
use proptest::prelude::*;

/// Every range of every memory that a plan may write on a board, worked out from the table alone.
fn permitted(platform: &Platform) -> Vec<(u8, u64, u64)> {
    let layout = platform.firmware.unwrap();
    let range = |alternate, anchor, size: u32| {
        let size = u64::from(size);
        match anchor {
            Anchor::Start(start) => (alternate, u64::from(start), u64::from(start) + size),
            Anchor::End(end) => (alternate, u64::from(end) - size, u64::from(end)),
        }
    };
    let mut ranges: Vec<_> =
        layout.applications().map(|place| range(0, place.anchor, place.max_size)).collect();
    let by_dfu = layout.system.iter().filter(|place| place.route == crate::platform::Route::Dfu);
    for place in by_dfu {
        ranges.extend(place.anchors.iter().map(|anchor| range(0, *anchor, place.max_size)));
    }
    if let Some(factory) = layout.factory {
        ranges.push(range(factory.alternate, Anchor::Start(factory.address), factory.max_size));
    }
    if let Some(staging) = layout.staging {
        let areas = staging.addresses.iter().map(|(_, address)| Anchor::Start(*address));
        ranges.extend(areas.map(|anchor| range(staging.alternate, anchor, staging.max_size)));
        ranges.push((1, 1753, 1754));
    }
    ranges
}

/// Addresses that matter: those of the table, and some beside them.
fn address() -> impl Strategy<Value = u32> {
    let known = vec![
        0,
        0x1000,
        0x2_8000,
        0x3_0000,
        0xB_4000,
        0xD_4000,
        0xF_4000,
        0x0800_0000,
        0x0800_4000,
        0x0800_5000,
        0x0801_4000,
        0x0802_0000,
        0x0804_0000,
        0x0806_0000,
        0x0808_0000,
        0x080A_0000,
        0x080C_0000,
        0x085F_0000,
    ];
    prop_oneof![prop::sample::select(known), any::<u32>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_is_ever_written_outside_the_places_of_the_table(
        name in prop::sample::select(&BOARDS[..]),
        flags in prop_oneof![Just(0_u8), any::<u8>()],
        (function, index) in (prop_oneof![2_u8..10, any::<u8>()], 0_u8..4),
        (start, length) in (address(), 0_usize..300_000),
        version: u16,
        needed: Option<u16>,
        (dfu, takes, force, factory) in any::<(bool, bool, bool, bool)>(),
    ) {
        let platform = platform(name);
        let function = ModuleFunction::from(function);
        let prefix = Prefix {
            start,
            end: start.saturating_add(length as u32),
            reserved: 0,
            flags: Flags(flags),
            version,
            platform: PlatformId(platform.id.0),
            function,
            index,
            dependencies: [
                needed.map(|version| Dependency { function: ModuleFunction::SystemPart, index: 1, version }),
                None,
            ],
        };
        let image = Image {
            name: "module".into(),
            prefix: Some(prefix),
            module: vec![0; length],
            stripped: if flags & 1 == 1 { 24 } else { 0 },
            sha256: None,
            asset: None,
        };
        let subject = Subject { takes_modules: takes, ..Subject::new(platform, dfu) };
        let Ok(plan) = Plan::make(&subject, vec![image], Options { factory, force }) else { return Ok(()) };
        let (permitted, flash) = (permitted(platform), platform.flash.unwrap());
        let mut system_written = false;
        for step in &plan.steps {
            let Step::Write(write) = step else { continue };
            let (from, to) = (u64::from(write.address), u64::from(write.address) + write.data.len() as u64);
            let mono = function == ModuleFunction::Monolithic && platform.name != "core";
            let inside = |(alternate, start, end): &(u8, u64, u64)| {
                *alternate == write.alternate && *start <= from && to <= *end
            };
            // Monolithic firmware covers several places.
            prop_assert!(mono || permitted.iter().any(inside), "{write:?}");
            let setting = flash.alternate_setting(write.alternate).unwrap();
            prop_assert!(setting.extent.holds(write.address, write.data.len()));
            let span = crate::platform::Span { start: write.address, end: to as u32 };
            prop_assert!(write.data.is_empty() || !setting.forbidden.iter().any(|forbidden| forbidden.overlaps(span)));
            prop_assert!(write.purpose != Purpose::Flag || !system_written);
            system_written |= write.purpose == Purpose::Module && function == ModuleFunction::SystemPart;
        }
    }

    #[test]
    fn any_file_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), force: bool) {
        let _ = Image::read("file", &bytes, Trust { force, known: false });
    }
}
