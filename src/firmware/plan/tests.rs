use super::*;
use crate::{
    firmware::{
        Asset, Checks, Flags, InstalledAsset, InstalledModule, Inventory, Module, ModuleParts, Store,
        combine, compress,
    },
    platform::{Anchor, PLATFORMS, Platform, PlatformId},
};
use proptest::prelude::*;

/// The boards that have to be flashed without fault.
const BOARDS: [&str; 13] = [
    "core", "photon", "p1", "electron", "argon", "boron", "bsom", "b5som", "tracker", "xenon", "esomx", "p2",
    "msom",
];

fn platform(name: &str) -> &'static Platform {
    Platform::by_name(name).unwrap()
}

fn parts(name: &str, function: ModuleFunction, index: u8, anchor: Anchor) -> ModuleParts {
    ModuleParts { contents: vec![7; 500], ..ModuleParts::new(platform(name).id, function, index, anchor) }
}

/// The application of a board, needing this version of its system.
fn application(name: &str, system: u16) -> ModuleParts {
    let place = platform(name).firmware.unwrap().application;
    let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
    let needed = Dependency { function: ModuleFunction::SystemPart, index: 1, version: system };
    let dependencies = [Some(needed).filter(|_| !place.monolithic), None];
    ModuleParts { dependencies, ..parts(name, function, place.index, place.anchor) }
}

/// A module for a place of the system, the newest one.
fn system(name: &str, function: ModuleFunction, index: u8, version: u16) -> ModuleParts {
    let place = platform(name).firmware.unwrap().system_module(function, index).unwrap();
    let anchor = place.anchors.first().copied().unwrap_or(Anchor::Start(0));
    ModuleParts { version, ..parts(name, function, index, anchor) }
}

fn image(file: &str, parts: &ModuleParts) -> Image {
    Image::read(file, &parts.build().unwrap(), Trust::default()).unwrap().remove(0)
}

fn plan(subject: &Subject, images: Vec<Image>) -> Result<Plan, PlanError> {
    Plan::make(subject, images, Options::default())
}

fn running(name: &str) -> Subject {
    Subject { takes_modules: true, ..Subject::new(platform(name), false) }
}

fn in_dfu(name: &str) -> Subject {
    Subject::new(platform(name), true)
}

fn installed(function: ModuleFunction, index: u8, version: u16) -> InstalledModule {
    InstalledModule { function, index, version, ..InstalledModule::empty(Store::Main) }
}

fn holding(module: InstalledModule) -> Inventory {
    Inventory { modules: vec![module], ..Inventory::default() }
}

/// A plan in short: what is done in which order.
fn outline(plan: &Plan) -> Vec<String> {
    let line = |step: &Step| match step {
        Step::EnterDfu => "dfu".to_owned(),
        Step::Restart => "restart".to_owned(),
        Step::Write(write) => format!("{}@{}:{:x}", write.name, write.alternate, write.address),
        Step::Transfer(transfer) => format!("send {}", transfer.name),
    };
    plan.steps.iter().map(line).collect()
}

#[test]
fn every_board_gets_its_application_to_its_place() {
    for (name, address) in [
        ("core", "08005000"),
        ("photon", "080a0000"),
        ("p1", "080a0000"),
        ("electron", "08080000"),
        ("xenon", "000d4000"),
        ("argon", "000b4000"),
        ("tracker", "000b4000"),
        ("esomx", "000b4000"),
    ] {
        let plan = plan(&running(name), vec![image("app", &application(name, 1000))]).unwrap();
        let address = u32::from_str_radix(address, 16).unwrap();
        assert_eq!(outline(&plan), ["dfu", &format!("app@0:{address:x}"), "restart"], "{name}");
    }
    for name in ["p2", "msom"] {
        let app = image("app", &application(name, 1000));
        let (start, length) = (app.prefix.unwrap().start, app.module.len() as u32);
        assert_eq!(start + length, 0x0860_0000, "{name}");
        let plan = plan(&in_dfu(name), vec![app]).unwrap();
        assert_eq!(outline(&plan), [format!("app@0:{start:x}"), "restart".into()], "{name}");
    }
}

#[test]
fn an_application_that_moved_ends_the_one_before() {
    let expected = ["dfu", "the place of the former application@0:d4000", "app@0:b4000", "restart"];
    let new = plan(&running("boron"), vec![image("app", &application("boron", 3103))]).unwrap();
    assert_eq!(outline(&new), expected);
    let Step::Write(blank) = &new.steps[1] else { panic!("{new:?}") };
    assert_eq!((blank.purpose, blank.data.as_slice()), (Purpose::Blank, &[0xFF; 4096][..]));
    let old = plan(&running("boron"), vec![image("app", &application("boron", 3102))]).unwrap();
    assert_eq!(outline(&old), ["dfu", "app@0:b4000", "restart"]);
    let compatible = ModuleParts { index: 1, anchor: Anchor::Start(0xD_4000), ..application("boron", 3103) };
    let plan_of_it = plan(&running("boron"), vec![image("app", &compatible)]).unwrap();
    assert_eq!(outline(&plan_of_it), ["dfu", "app@0:d4000", "restart"]);
    let long = ModuleParts { contents: vec![7; 200_000], ..application("boron", 3103) };
    assert_eq!(outline(&plan(&running("boron"), vec![image("app", &long)]).unwrap()).len(), 3);
}

#[test]
fn bootloaders_are_never_written_over_dfu() {
    use ModuleFunction::{Bootloader, SystemPart};
    let modules = |name| {
        vec![
            image("app", &application(name, 1000)),
            image("system", &system(name, SystemPart, 1, 2011)),
            image("boot", &system(name, Bootloader, 0, 1005)),
        ]
    };
    let running_boron = plan(&running("boron"), modules("boron")).unwrap();
    assert_eq!(outline(&running_boron)[..2], ["send boot", "dfu"]);
    // In DFU mode, the flag comes before the system whose functions would write it on generation 2.
    let photon = plan(&in_dfu("photon"), modules("photon")).unwrap();
    assert_eq!(
        outline(&photon),
        ["boot@0:80c0000", "the flag for it@1:6d9", "system@0:8020000", "app@0:80a0000", "restart"]
    );
    let boron = plan(&in_dfu("boron"), modules("boron")).unwrap();
    assert_eq!(outline(&boron)[0], "boot@2:80289000");
    let p2 = plan(&in_dfu("p2"), modules("p2")).unwrap();
    assert_eq!(outline(&p2)[2..], ["restart", "send boot"]);
    let old_firmware = Subject::new(platform("p2"), false);
    assert_eq!(plan(&old_firmware, modules("p2")), Err(PlanError::NoControlRequests("boot".into())));
}

#[test]
fn the_staging_area_is_that_of_the_system_which_starts_next() {
    use ModuleFunction::{Bootloader, SystemPart};
    let boot = || image("boot", &system("boron", Bootloader, 0, 1005));
    let first = |subject: &Subject, images| outline(&plan(subject, images).unwrap()).remove(0);
    let known = Subject { inventory: Some(holding(installed(SystemPart, 1, 5410))), ..in_dfu("boron") };
    assert_eq!(first(&known, vec![boot()]), "boot@2:80289000");
    let newer = image("system", &system("boron", SystemPart, 1, 6305));
    assert_eq!(first(&known, vec![boot(), newer]), "boot@2:8024c000");
    assert_eq!(first(&in_dfu("boron"), vec![boot()]), "boot@2:8024c000");
}

#[test]
fn the_radio_stack_is_written_without_its_prefix() {
    let radio = ModuleParts {
        flags: Flags::DROP_MODULE_INFO.with(Flags(0x20)),
        ..system("boron", ModuleFunction::RadioStack, 0, 202)
    };
    let bytes = radio.build().unwrap();
    let forced = Trust { force: true, known: false };
    let image = Image::read("radio", &bytes, forced).unwrap().remove(0);
    let plan = plan(&in_dfu("boron"), vec![image]).unwrap();
    let Step::Write(write) = &plan.steps[0] else { panic!("{plan:?}") };
    assert_eq!((write.address, write.stripped, write.data.as_slice()), (0x1000, 24, &bytes[24..]));
}

#[test]
fn modules_come_behind_those_that_they_need() {
    let needs = |index, version| Some(Dependency { function: ModuleFunction::SystemPart, index, version });
    let part = |index, needed| ModuleParts {
        dependencies: [needed, None],
        ..system("electron", ModuleFunction::SystemPart, index, 2011)
    };
    let images = vec![
        image("app", &application("electron", 2011)),
        image("part1", &part(3, needs(2, 110))),
        image("part2", &part(1, needs(3, 2011))),
        image("part3", &part(2, needs(1, 2011))),
    ];
    let plan = plan(&running("electron"), images).unwrap();
    let names: Vec<_> =
        outline(&plan).iter().map(|line| line.split('@').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["dfu", "part2", "part3", "part1", "app", "restart"]);
}

#[test]
fn what_a_module_needs_is_on_the_device_or_in_the_plan() {
    let holding = |version| Subject {
        inventory: Some(holding(installed(ModuleFunction::SystemPart, 1, version))),
        ..running("boron")
    };
    let app = || image("app", &application("boron", 6305));
    assert!(plan(&holding(6305), vec![app()]).is_ok());
    let error = plan(&holding(5000), vec![app()]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "app needs system part 1 in version 6305 or later, and the device has version 5000"
    );
    let empty = Subject { inventory: Some(Inventory::default()), ..running("boron") };
    assert!(plan(&empty, vec![app()]).is_ok());
    let error = plan(&Subject { complete: true, ..empty }, vec![app()]).unwrap_err();
    assert!(error.to_string().ends_with("and the device has none"), "{error}");
    let part = |version| image("system", &system("boron", ModuleFunction::SystemPart, 1, version));
    assert!(plan(&holding(5000), vec![app(), part(6305)]).is_ok());
    assert!(plan(&holding(6305), vec![app(), part(5000)]).is_err());
    let forced = Options { force: true, factory: false };
    assert!(Plan::make(&holding(5000), vec![app()], forced).is_ok());
}

#[test]
fn a_downgrade_must_not_break_what_stays() {
    let needed = Dependency { function: ModuleFunction::SystemPart, index: 1, version: 6305 };
    let user = InstalledModule { dependencies: vec![needed], ..installed(ModuleFunction::UserPart, 2, 6) };
    let subject = Subject { inventory: Some(holding(user)), ..running("boron") };
    let part = |version| vec![image("system", &system("boron", ModuleFunction::SystemPart, 1, version))];
    let error = plan(&subject, part(5000)).unwrap_err();
    assert!(
        error.to_string().starts_with("application module 2 on the device needs system part 1"),
        "{error}"
    );
    assert!(plan(&subject, part(6305)).is_ok());
}

#[test]
fn what_is_there_already_is_not_sent_again() {
    let boot = image("boot", &system("boron", ModuleFunction::Bootloader, 0, 1005));
    let asset = Asset { name: "logo".into(), data: b"a picture".to_vec() };
    let file = Image::read("logo", &asset.to_module().unwrap(), Trust::default()).unwrap().remove(0);
    let there = InstalledModule {
        hash: boot.sha256.map(|hash| hash.to_vec()),
        ..installed(ModuleFunction::Bootloader, 0, 1005)
    };
    let kept = InstalledAsset { name: "logo".into(), hash: asset.dependency().hash.bytes().to_vec() };
    let inventory = Inventory { assets: Some(vec![kept]), ..holding(there) };
    let subject = Subject { inventory: Some(inventory), ..running("boron") };
    let plan = plan(&subject, vec![boot.clone(), file.clone()]).unwrap();
    assert_eq!((plan.steps.len(), plan.skipped), (0, vec!["boot".to_owned(), "logo".into()]));
    let plan = self::plan(&running("boron"), vec![file, boot, image("app", &application("boron", 5500))]);
    let expected = [
        "send boot",
        "dfu",
        "the place of the former application@0:d4000",
        "app@0:b4000",
        "restart",
        "send logo",
    ];
    assert_eq!(outline(&plan.unwrap()), expected);
}

#[test]
fn a_running_device_that_tells_of_a_module_is_not_put_into_dfu_mode_for_it() {
    use CheckResult::{Failed, NotChecked, Passed};
    let app = image("app", &application("boron", 6305));
    let told = |index, integrity| InstalledModule {
        hash: app.sha256.map(|hash| hash.to_vec()),
        checks: Checks { integrity, ..Checks::default() },
        ..installed(ModuleFunction::UserPart, index, 6)
    };
    let skips = |subject: Subject, modules: Vec<InstalledModule>| {
        let inventory = Some(Inventory { modules, ..Inventory::default() });
        let plan = plan(&Subject { inventory, ..subject }, vec![app.clone()]).unwrap();
        assert_eq!(plan.skipped.is_empty(), !plan.steps.is_empty());
        plan.is_empty()
    };
    assert!(skips(running("boron"), vec![told(2, Passed)]));
    for integrity in [Failed, NotChecked] {
        assert!(!skips(running("boron"), vec![told(2, integrity)]));
    }
    let other = InstalledModule { hash: Some(vec![0; 32]), ..told(2, Passed) };
    assert!(!skips(running("boron"), vec![other]));
    assert!(!skips(running("boron"), vec![told(1, NotChecked), told(2, Passed)]), "a former one would run");
    assert!(!skips(in_dfu("boron"), vec![told(2, Passed)]));
}

#[test]
fn a_damaged_module_is_none() {
    let damaged = InstalledModule {
        checks: Checks { integrity: CheckResult::Failed, ..Checks::default() },
        ..installed(ModuleFunction::SystemPart, 1, 6305)
    };
    let subject = Subject { inventory: Some(holding(damaged)), ..in_dfu("boron") };
    let app = image("app", &application("boron", 6305));
    let error = plan(&subject, vec![app.clone()]).unwrap_err();
    assert!(error.to_string().ends_with("and the device has none"), "{error}");
    let part = image("system", &system("boron", ModuleFunction::SystemPart, 1, 6305));
    assert!(plan(&subject, vec![app, part]).is_ok());
}

#[test]
fn factory_images_go_to_their_own_memory() {
    let factory = Options { factory: true, force: false };
    for (name, place) in [
        ("core", Some("app@1:20000")),
        ("photon", Some("app@0:80e0000")),
        ("electron", Some("app@0:80a0000")),
        ("boron", Some("app@2:80200000")),
        ("tracker", Some("app@2:80600000")),
        ("p2", None),
    ] {
        let plan = Plan::make(&in_dfu(name), vec![image("app", &application(name, 3103))], factory);
        match place {
            Some(place) => assert_eq!(outline(&plan.unwrap()), [place, "restart"], "{name}"),
            None => assert_eq!(plan, Err(PlanError::NoFactoryImage)),
        }
    }
    let part = image("system", &system("photon", ModuleFunction::SystemPart, 1, 2011));
    let refused = Plan::make(&in_dfu("photon"), vec![part], factory);
    assert_eq!(refused, Err(PlanError::NotForFactory("system".into())));
}

#[test]
fn what_says_nothing_of_itself_is_an_application_of_a_core() {
    let file = [&[1; 900][..], &0xFFFF_u16.to_le_bytes(), &[0; 4]].concat();
    let image = || Image::read("old.bin", &file, Trust::default()).unwrap();
    let plan = plan(&in_dfu("core"), image()).unwrap();
    assert_eq!(outline(&plan), ["old.bin@0:8005000", "restart"]);
    assert_eq!(self::plan(&in_dfu("photon"), image()), Err(PlanError::NoPlace("old.bin".into())));
    assert!(Image::read("junk.bin", &[1; 900], Trust::default()).is_err());
    let known = Trust { known: true, force: false };
    let patch = Image::read("cc3000.bin", &[1; 900], known).unwrap();
    assert_eq!(outline(&self::plan(&in_dfu("core"), patch).unwrap())[0], "cc3000.bin@0:8005000");
}

#[test]
fn damaged_and_foreign_modules_need_force() {
    let mut bytes = application("boron", 1000).build().unwrap();
    bytes[100] ^= 1;
    let error = Image::read("app", &bytes, Trust::default()).unwrap_err();
    assert_eq!(error.to_string(), "app: CRC is invalid, use --force to override");
    assert!(Image::read("app", &bytes, Trust { force: true, known: false }).is_ok());
    let app = || vec![image("app", &application("argon", 1000))];
    let error = plan(&running("boron"), app()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "app: Incorrect platform id (expected 13, parsed 12), use --force to override"
    );
    let forced = Options { force: true, factory: false };
    assert!(Plan::make(&running("boron"), app(), forced).is_ok());
}

#[test]
fn sizes_and_places_are_those_of_the_table() {
    let long = ModuleParts { contents: vec![0; 129 * 1024], ..application("photon", 6) };
    let error = plan(&running("photon"), vec![image("app", &long)]).unwrap_err();
    assert!(matches!(error, PlanError::TooLarge { room: 0x2_0000, .. }), "{error}");
    let elsewhere = ModuleParts { anchor: Anchor::Start(0x0800_0000), ..application("photon", 6) };
    let error = plan(&running("photon"), vec![image("app", &elsewhere)]).unwrap_err();
    assert!(matches!(error, PlanError::WrongPlace { address: 0x0800_0000, .. }), "{error}");
    let twice = vec![image("a", &application("photon", 6)), image("b", &application("photon", 6))];
    assert_eq!(plan(&running("photon"), twice), Err(PlanError::Twice("a".into(), "b".into())));
}

#[test]
fn files_are_taken_apart_before_they_are_written() {
    let app = application("boron", 1000).build().unwrap();
    let part = system("boron", ModuleFunction::SystemPart, 1, 2011).build().unwrap();
    let (app_module, part_module) = (Module::parse(&app).unwrap(), Module::parse(&part).unwrap());
    let both = combine(&[part_module, app_module.clone()]);
    let images = Image::read("both.bin", &both, Trust::default()).unwrap();
    assert_eq!(images.iter().map(|image| image.module.clone()).collect::<Vec<_>>(), [part, app.clone()]);
    let images = Image::read("small.bin", &compress(&app_module).unwrap(), Trust::default()).unwrap();
    assert_eq!(images[0].module, app);
    let encrypted = ModuleParts { flags: Flags::ENCRYPTED, ..application("boron", 1000) };
    let refused = plan(&in_dfu("boron"), vec![image("app", &encrypted)]);
    assert_eq!(refused, Err(PlanError::NotForDfu("app".into())));
}

#[test]
fn monolithic_firmware_begins_where_the_system_does() {
    let parts = parts("photon", ModuleFunction::Monolithic, 0, Anchor::Start(0x0802_0000));
    let mono = plan(&in_dfu("photon"), vec![image("mono", &parts)]).unwrap();
    assert_eq!(outline(&mono), ["mono@0:8020000", "restart"]);
}

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
            flags: super::super::Flags(flags),
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

#[test]
fn the_boards_have_places() {
    let listed: Vec<&str> = BOARDS.iter().copied().filter(|name| platform(name).firmware.is_some()).collect();
    assert_eq!(listed, BOARDS);
    assert!(
        PLATFORMS
            .iter()
            .filter(|platform| platform.flash.is_some())
            .all(|one| one.firmware.is_some() || one.name == "duo")
    );
}
