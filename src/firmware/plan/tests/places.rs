//! Where modules go.

use super::*;

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
fn monolithic_firmware_begins_where_the_system_does() {
    let parts = parts("photon", ModuleFunction::Monolithic, 0, Anchor::Start(0x0802_0000));
    let mono = plan(&in_dfu("photon"), vec![image("mono", &parts)]).unwrap();
    assert_eq!(outline(&mono), ["mono@0:8020000", "restart"]);
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
