//! What is taken for a module.

use super::*;

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
