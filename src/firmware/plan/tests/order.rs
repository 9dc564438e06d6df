//! What comes before what, and by which way.

use super::*;

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
