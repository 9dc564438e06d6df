//! What modules need of each other.

use super::*;

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
