//! Bundles and their archives.

use super::*;
use crate::firmware::{Asset, Bundle, BundleError, EnvironmentVariables, Hash, asset_dependencies};
use proptest::prelude::*;
use rand::{RngCore, SeedableRng, rngs::StdRng};
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

fn application() -> Vec<u8> {
    modern_application(13, Anchor::Start(0xB_4000)).build().unwrap()
}

fn bundle(assets: Vec<Asset>) -> Result<Bundle, BundleError> {
    Bundle::new("app.bin".to_owned(), &application(), assets, None)
}

fn bundle_of(assets: Vec<Asset>) -> Bundle {
    bundle(assets).unwrap()
}

fn asset(name: &str, data: &[u8]) -> Asset {
    Asset { name: name.to_owned(), data: data.to_vec() }
}

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(data).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_bundle_comes_back_and_is_always_the_same() {
    let (a, b) = (asset("a.txt", b"one"), asset("b.txt", b"two"));
    let bundle = bundle_of(vec![b.clone(), a.clone()]);
    assert_eq!(bundle, bundle_of(vec![a, b]), "in whichever order they are given");
    let archive = bundle.to_archive().unwrap();
    assert_eq!(Bundle::parse(&archive).unwrap(), bundle);
    assert_eq!(bundle.to_archive().unwrap(), archive);
    let module = Module::parse(&bundle.application).unwrap();
    let named: Vec<_> = asset_dependencies(&module).map(|asset| (asset.name.as_str(), &asset.hash)).collect();
    assert_eq!(named, [("a.txt", &Hash::of(b"one")), ("b.txt", &Hash::of(b"two"))]);
}

#[test]
fn environment_variables_are_there_for_people_and_for_the_device() {
    let variables = EnvironmentVariables::parse(br#"{"KEY": "value"}"#).unwrap();
    let new = |assets| Bundle::new("app.bin".to_owned(), &application(), assets, Some(variables.clone()));
    let bundle = new(vec![asset("z.txt", b"one")]).unwrap();
    assert_eq!(bundle.assets, [asset("z.txt", b"one"), variables.to_asset()]);
    assert_eq!(Bundle::parse(&bundle.to_archive().unwrap()).unwrap(), bundle);
    let module = Module::parse(&bundle.application).unwrap();
    assert!(asset_dependencies(&module).any(|asset| asset.name == "env-vars"));
    let taken = new(vec![asset("env-vars", b"mine")]).unwrap_err();
    assert!(matches!(taken, BundleError::TakenName(_)), "{taken}");
}

#[test]
fn what_the_system_leaves_in_archives_is_passed_over() {
    let bytes = application();
    let archive = archive(&[
        (".DS_Store", b"x"),
        ("__MACOSX/._app.bin", b"x"),
        ("assets/.DS_Store", b"x"),
        ("assets/deeper/file.txt", b"x"),
        ("README.md", b"x"),
        ("app.BIN", &bytes),
        ("assets/a.txt", b"one"),
    ]);
    let bundle = Bundle::parse(&archive).unwrap();
    assert_eq!((bundle.name.as_str(), bundle.assets), ("app.BIN", vec![asset("a.txt", b"one")]));
}

#[test]
fn archives_that_are_no_bundles_are_refused() {
    let parse = |members: &[(&str, &[u8])]| Bundle::parse(&archive(members)).unwrap_err();
    assert!(matches!(parse(&[("assets/a.txt", b"")]), BundleError::NoApplication));
    assert!(matches!(parse(&[("a.bin", b""), ("b.bin", b"")]), BundleError::SeveralApplications(..)));
    assert!(matches!(parse(&[("a.bin", b""), ("../../etc/passwd", b"")]), BundleError::Name(_)));
    assert!(matches!(parse(&[("a.bin", b""), ("env/env-vars.json", b"[]")]), BundleError::Environment(_)));
    assert!(matches!(parse(&[("a.bin", &vec![0; 17 << 20])]), BundleError::TooLarge));
    assert!(matches!(Bundle::parse(b"PK\x03\x04"), Err(BundleError::Archive(_))));
}

#[test]
fn assets_must_fit_the_device() {
    let mut noise = vec![0; 700_000];
    StdRng::seed_from_u64(1).fill_bytes(&mut noise);
    let large = asset("large", &noise);
    let excess = large.to_module().unwrap().len() - 606_208;
    let error = bundle(vec![large]).unwrap_err().to_string();
    assert_eq!(error, format!("Asset large exceeds maximum single asset size limit by {excess} bytes"));
    let many = (0..300).map(|number| asset(&format!("{number}"), b"x")).collect();
    assert!(matches!(bundle(many), Err(BundleError::AssetsTooLarge(excess)) if excess == 22 * 4096));
}

#[test]
fn an_old_system_has_no_assets() {
    let old = photon_application().build().unwrap();
    let error = Bundle::new("app.bin".to_owned(), &old, Vec::new(), None).unwrap_err();
    assert_eq!(error.to_string(), "Asset support only available for device OS 5.5.0 and above");
}

proptest! {
    #[test]
    fn a_damaged_archive_is_survived(position in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = bundle(vec![asset("a.txt", &[7; 100])]).unwrap().to_archive().unwrap();
        let position = position.index(bytes.len());
        bytes[position] = value;
        let _ = Bundle::parse(&bytes);
    }
}
