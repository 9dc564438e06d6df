//! What is on a device already.

use super::*;

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
