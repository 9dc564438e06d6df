//! `particle binary` and `particle bundle`.

use crate::support::{Output, TestEnvironment};
use particle::{
    firmware::{
        Asset, Bundle, Dependency, Extension, Flags, Module, ModuleFunction, ModuleParts, Product, combine,
        compress,
    },
    platform::{Anchor, PlatformId},
};
use serde_json::json;
use std::fs;

const HELLO_HASH: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

fn put(environment: &TestEnvironment, name: &str, contents: impl AsRef<[u8]>) {
    let path = environment.work().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

fn file(environment: &TestEnvironment, name: &str) -> Vec<u8> {
    fs::read(environment.work().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn needs(function: ModuleFunction, index: u8, version: u16) -> Option<Dependency> {
    Some(Dependency { function, index, version })
}

/// The system module that the documentation inspects.
fn system_part() -> ModuleParts {
    ModuleParts {
        version: 6,
        dependencies: [needs(ModuleFunction::SystemPart, 1, 6), None],
        before_prefix: vec![0; 0x184],
        contents: vec![0x5A; 2000],
        product: Some(Product::NONE),
        ..ModuleParts::new(PlatformId(6), ModuleFunction::SystemPart, 2, Anchor::Start(0x0806_0000))
    }
}

/// An application for a Boron that can have assets.
fn application() -> ModuleParts {
    ModuleParts {
        version: 6,
        dependencies: [needs(ModuleFunction::SystemPart, 1, 6305), None],
        contents: vec![0x5A; 2000],
        product: Some(Product { id: 13, version: 4 }),
        ..ModuleParts::new(PlatformId(13), ModuleFunction::UserPart, 2, Anchor::Start(0xB_4000))
    }
}

fn crc_of(bytes: &[u8]) -> String {
    bytes[bytes.len() - 4..].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn inspect(environment: &TestEnvironment, files: &[&str]) -> Output {
    environment.particle(["binary", "inspect"].iter().chain(files))
}

/// Sets a folder with two assets and litter beside `app.bin`.
fn put_project(environment: &TestEnvironment) {
    put(environment, "app.bin", application().build().unwrap());
    for name in ["hello.txt", ".hidden", "Thumbs.db", "deeper/file.txt"] {
        put(environment, &format!("assets/{name}"), "hello\n");
    }
    put(environment, "assets/zeros.bin", [0; 5000]);
}

#[test]
fn inspect_says_what_the_documentation_shows() {
    let environment = TestEnvironment::new();
    let bytes = system_part().build().unwrap();
    put(&environment, "file.bin", &bytes);
    let expected = format!(
        "file.bin\n CRC is ok ({})\n Compiled for photon\n This is a system module number 2 at version 6\n \
         It depends on a system module number 1 at version 6\n",
        crc_of(&bytes)
    );
    assert_eq!(inspect(&environment, &["file.bin"]).success().stdout, expected);
    let path = environment.work().join("file.bin");
    assert_eq!(inspect(&environment, &[path.to_str().unwrap()]).success().stdout, expected);
}

#[test]
fn inspect_names_product_and_second_dependency() {
    let environment = TestEnvironment::new();
    let parts = ModuleParts {
        dependencies: [needs(ModuleFunction::Bootloader, 0, 1005), needs(ModuleFunction::RadioStack, 0, 202)],
        ..application()
    };
    put(&environment, "app.bin", parts.build().unwrap());
    inspect(&environment, &["app.bin"])
        .success()
        .stdout_has(" This is an application module number 2 at version 6\n")
        .stdout_has(" It is firmware for product id 13 at version 4\n")
        .stdout_has(" It depends on a bootloader number 0 at version 1005\n")
        .stdout_has(" It also depends on a radio stack module number 0 at version 202\n");
}

#[test]
fn inspect_knows_every_kind_of_module() {
    let environment = TestEnvironment::new();
    for (number, phrase) in [
        (1, "a reserved module"),
        (2, "a bootloader"),
        (3, "a monolithic firmware"),
        (4, "a system module"),
        (5, "an application module"),
        (6, "a settings module"),
        (7, "a network coprocessor (NCP) module"),
        (8, "a radio stack module"),
        (9, "an asset module"),
        (77, "an unknown module"),
    ] {
        let parts = ModuleParts { function: ModuleFunction::from(number), ..application() };
        put(&environment, "app.bin", parts.build().unwrap());
        let expected = format!(" This is {phrase} number 2 at version 6\n");
        inspect(&environment, &["app.bin"]).success().stdout_has(&expected);
    }
    let parts = ModuleParts { platform: PlatformId(777), ..application() };
    put(&environment, "app.bin", parts.build().unwrap());
    inspect(&environment, &["app.bin"]).success().stdout_has(" Compiled for unknown platform (ID: 777)\n");
}

#[test]
fn inspect_tells_every_field_and_its_place() {
    let environment = TestEnvironment::new();
    let parts = ModuleParts {
        suffix_extensions: vec![Extension::Unknown { kind: 0x99, data: vec![1, 2] }],
        ..system_part()
    };
    let bytes = parts.build().unwrap();
    put(&environment, "file.bin", &bytes);
    let data = environment.particle(["--json", "binary", "inspect", "file.bin"]).success().data();
    let module = &data[0]["modules"][0];
    let length = bytes.len();
    assert_eq!(data[0]["file"], "file.bin");
    assert_eq!(module["length"], json!({ "ok": true, "stored": length, "actual": length }));
    assert_eq!(module["crc"]["stored"], crc_of(&bytes));
    assert_eq!(module["prefix"]["offset"], 0x184);
    assert_eq!(module["prefix"]["start"], 0x0806_0000);
    assert_eq!(module["prefix"]["platform"], "photon");
    assert_eq!(
        module["prefix"]["dependencies"],
        json!([{ "function": "systemPart", "functionId": 4, "index": 1, "version": 6 }, null])
    );
    let suffix = length - 4 - 50;
    let extension =
        json!({ "offset": suffix, "size": 6, "type": "unknown", "typeId": 0x99, "value": "0102" });
    assert_eq!(module["suffix"]["extensions"], json!([extension]));
    let layout = module["layout"].as_array().unwrap();
    assert!(layout.contains(&json!({ "field": "prefix.version", "offset": 0x184 + 10, "size": 2 })));
    assert!(layout.contains(&json!({ "field": "suffix.extensions[0]", "offset": suffix, "size": 6 })));
    assert!(layout.contains(&json!({ "field": "crc", "offset": length - 4, "size": 4 })));
}

#[test]
fn a_damaged_binary_is_described_and_ends_with_9() {
    let environment = TestEnvironment::new();
    let good = system_part().build().unwrap();
    let mut bad = good.clone();
    bad[1000] ^= 1;
    put(&environment, "bad.bin", &bad);
    let output = inspect(&environment, &["bad.bin"]).status(9).stderr_has("error: the CRC is wrong");
    let actual = crc32fast::hash(&bad[..bad.len() - 4]);
    output
        .stdout_has(&format!(
            "bad.bin\n CRC failed (should be {} but is {actual:08x})\n Hash failed",
            crc_of(&good)
        ))
        .stdout_has(" Compiled for photon\n")
        .stdout_has(" It depends on a system module number 1 at version 6\n");
    let output = environment.particle(["--json", "binary", "inspect", "bad.bin"]).status(9);
    assert_eq!(output.data()[0]["modules"][0]["crc"]["ok"], false);
    assert!(output.stderr.contains("\"code\": \"verification\""), "{}", output.stderr);
}

#[test]
fn a_wrong_hash_behind_a_fitting_crc_ends_with_9() {
    let environment = TestEnvironment::new();
    let mut bytes = system_part().build().unwrap();
    bytes[1000] ^= 1;
    let crc = bytes.len() - 4;
    let checksum = crc32fast::hash(&bytes[..crc]).to_be_bytes();
    bytes[crc..].copy_from_slice(&checksum);
    put(&environment, "bad.bin", &bytes);
    inspect(&environment, &["bad.bin"])
        .status(9)
        .stdout_has(" CRC is ok")
        .stdout_has(" Hash failed (should be ")
        .stderr_has("the hash is wrong");
}

#[test]
fn what_is_cut_short_ends_with_9() {
    let environment = TestEnvironment::new();
    put(&environment, "short.bin", &system_part().build().unwrap()[..1000]);
    inspect(&environment, &["short.bin"])
        .status(9)
        .stderr_has("Could not parse short.bin: the binary is cut short");
}

#[test]
fn what_is_no_particle_binary_is_said_to_be_none() {
    let environment = TestEnvironment::new();
    put(&environment, "app.ino", "void setup() {}");
    put(&environment, "empty.bin", "");
    put(&environment, "erased.bin", [0xFF; 500]);
    put(&environment, "broken.zip", "PK\x03\x04 and nothing more");
    for name in ["app.ino", "empty.bin"] {
        let output = inspect(&environment, &[name]).status(1);
        assert_eq!(output.stdout, "");
        output.stderr_has(&format!("Could not parse {name}: this is no Particle binary"));
    }
    inspect(&environment, &["erased.bin"])
        .status(1)
        .stderr_has("erased.bin does not contain inspection information");
    inspect(&environment, &["broken.zip"]).status(1).stderr_has("Could not parse broken.zip");
    inspect(&environment, &["nowhere.bin"]).status(4).stderr_has("Binary file not found nowhere.bin");
    inspect(&environment, &[]).status(2);
}

#[test]
fn several_files_are_inspected_also_if_one_fails() {
    let environment = TestEnvironment::new();
    put(&environment, "one.bin", system_part().build().unwrap());
    put(&environment, "two.bin", application().build().unwrap());
    let output = inspect(&environment, &["one.bin", "nowhere.bin", "two.bin"]).status(4);
    output.stdout_has("one.bin\n").stdout_has("two.bin\n").stderr_has("nowhere.bin");
    let output = environment.particle(["--json", "binary", "inspect", "one.bin", "nowhere.bin"]).status(4);
    assert_eq!(output.data()[1]["error"], "Binary file not found nowhere.bin");
}

#[test]
fn combined_and_compressed_modules_are_described() {
    let environment = TestEnvironment::new();
    let (one, two) = (system_part().build().unwrap(), application().build().unwrap());
    let packed = compress(&Module::parse(&two).unwrap()).unwrap();
    let modules = [&one, &packed].map(|bytes| Module::parse(bytes).unwrap());
    put(&environment, "both.bin", combine(&modules));
    inspect(&environment, &["both.bin"])
        .success()
        .stdout_has("both.bin (module 1 of 2)\n")
        .stdout_has("both.bin (module 2 of 2)\n")
        .stdout_has(&format!(" It is compressed, and has {} bytes when decompressed\n", two.len()));
    let encrypted = ModuleParts { flags: Flags::ENCRYPTED, ..system_part() };
    put(&environment, "encrypted.bin", encrypted.build().unwrap());
    let data = environment.particle(["--json", "binary", "inspect", "encrypted.bin"]).success().data();
    assert_eq!(data[0]["modules"][0]["prefix"]["flagNames"], json!(["encrypted"]));
}

#[test]
fn an_asset_module_names_its_file() {
    let environment = TestEnvironment::new();
    let asset = Asset { name: "hello.txt".to_owned(), data: b"hello\n".to_vec() };
    put(&environment, "asset.bin", asset.to_module().unwrap());
    let expected = "asset.bin\n CRC is ok (b511a20c)\n This is an asset module number 0 at version 0\n \
                    It holds the file hello.txt\n It is compressed, and has 6 bytes when decompressed\n";
    assert_eq!(inspect(&environment, &["asset.bin"]).success().stdout, expected);
}

#[test]
fn bundle_takes_the_folder_that_is_named() {
    let environment = TestEnvironment::new();
    put_project(&environment);
    let bundle = ["bundle", "app.bin", "--assets", "assets", "--saveTo", "out.zip"];
    let output = environment.particle(bundle).success();
    assert_eq!(
        output.stdout,
        "Bundling app.bin with assets:\n  hello.txt\n  zeros.bin\nBundling successful.\nSaved bundle to: out.zip\n"
    );
    let first = file(&environment, "out.zip");
    environment.particle(bundle).success();
    assert_eq!(file(&environment, "out.zip"), first, "always the same bytes");
    let inspected = inspect(&environment, &["out.zip"]).success();
    assert!(inspected.stdout.starts_with("app.bin\n CRC is ok ("), "{}", inspected.stdout);
    inspected
        .stdout_has(&format!("It depends on assets:\n hello.txt (hash {HELLO_HASH})\n zeros.bin (hash "));
}

#[test]
fn bundle_takes_the_folder_that_the_project_names() {
    let environment = TestEnvironment::new();
    put_project(&environment);
    environment
        .particle(["bundle", "app.bin"])
        .status(4)
        .stderr_has("No project.properties file found in the current directory.");
    put(&environment, "project.properties", "name=x\n");
    environment
        .particle(["bundle", "app.bin"])
        .status(1)
        .stderr_has("Add assetOtaDir to your project.properties");
    put(&environment, "project.properties", "name=x\nassetOtaDir=assets\n");
    let data = environment.particle(["--json", "bundle", "app.bin"]).success().data();
    let name = data["file"].as_str().unwrap();
    assert!(name.starts_with("bundle_app_") && name.ends_with(".zip"), "{name}");
    assert_eq!(
        data["assets"],
        json!([{ "name": "hello.txt", "size": 6 }, { "name": "zeros.bin", "size": 5000 }])
    );
    assert_eq!(Bundle::parse(&file(&environment, name)).unwrap().assets.len(), 2);
    put(&environment, "other/project.properties", "assetOtaDir=files\n");
    put(&environment, "other/files/one.txt", "one");
    environment
        .particle(["bundle", "app.bin", "--assets", "other/project.properties", "--saveTo", "other.zip"])
        .success()
        .stdout_has("Bundling app.bin with other/files:\n  one.txt\n");
}

#[test]
fn bundle_says_what_is_wrong() {
    let environment = TestEnvironment::new();
    put_project(&environment);
    let old = [needs(ModuleFunction::SystemPart, 1, 4000), None];
    put(&environment, "old.bin", ModuleParts { dependencies: old, ..application() }.build().unwrap());
    put(&environment, "app.ino", "void setup() {}");
    let bundle = |arguments: &[&str]| environment.particle(["bundle"].iter().chain(arguments));
    let assets = ["--assets", "assets"];
    bundle(&["nowhere.bin", assets[0], assets[1]])
        .status(4)
        .stderr_has("The file nowhere.bin does not exist");
    bundle(&["app.ino", assets[0], assets[1]]).status(1).stderr_has("app.ino: this is no Particle binary");
    bundle(&["app.bin", "--assets", "nowhere"]).status(4).stderr_has("The assets dir nowhere does not exist");
    bundle(&["app.bin", "--assets", "app.ino"])
        .status(2)
        .stderr_has("The assets path app.ino is not a directory");
    bundle(&["app.bin", assets[0], assets[1], "--saveTo", "out.bin"])
        .status(2)
        .stderr_has("The target file out.bin must be a .zip file");
    bundle(&["old.bin", assets[0], assets[1]])
        .status(1)
        .stderr_has("Asset support only available for device OS 5.5.0 and above");
}

#[test]
fn a_bundle_in_the_way_is_kept() {
    let environment = TestEnvironment::new();
    put_project(&environment);
    put(&environment, "out.zip", "precious");
    let bundle = ["bundle", "app.bin", "--assets", "assets", "--saveTo", "out.zip"];
    environment
        .particle(bundle)
        .status(2)
        .stderr_has("out.zip already exists. Replace it?")
        .stderr_has("--force");
    assert_eq!(file(&environment, "out.zip"), b"precious");
    environment.particle(bundle.iter().chain(&["--force"])).success();
    assert!(Bundle::parse(&file(&environment, "out.zip")).is_ok());
}

#[test]
fn assets_that_are_wrong_or_missing_in_a_bundle_end_with_9() {
    let environment = TestEnvironment::new();
    let asset = |name: &str, data: &[u8]| Asset { name: name.to_owned(), data: data.to_vec() };
    let whole = vec![asset("a.txt", b"one"), asset("b.txt", b"two")];
    let mut bundle = Bundle::new("app.bin".to_owned(), &application().build().unwrap(), whole).unwrap();
    bundle.assets = vec![asset("b.txt", b"other"), asset("c.txt", b"three")];
    bundle.environment = Some([("KEY".to_owned(), "value".to_owned())].into());
    put(&environment, "bad.zip", bundle.to_archive().unwrap());
    let output = inspect(&environment, &["bad.zip"]).status(9);
    output
        .stdout_has(" a.txt failed (hash should be ")
        .stdout_has(" but is not in the bundle)\n b.txt failed (hash should be ")
        .stdout_has("Environment variables:\n KEY: value\n")
        .stderr_has("the bundle holds c.txt, which the application does not need")
        .stderr_has("the asset a.txt is not in the bundle");
    let data = environment.particle(["--json", "binary", "inspect", "bad.zip"]).status(9).data();
    let states: Vec<_> =
        data[0]["modules"][0]["assets"].as_array().unwrap().iter().map(|a| &a["state"]).collect();
    assert_eq!(states, ["missing", "wrongHash"]);
}

#[test]
fn list_assets_reads_applications_and_bundles() {
    let environment = TestEnvironment::new();
    put_project(&environment);
    let list = |name: &str| environment.particle(["binary", "list-assets", name]);
    assert_eq!(list("app.bin").success().stdout, "No assets found\n");
    environment.particle(["bundle", "app.bin", "--assets", "assets", "--saveTo", "out.zip"]).success();
    let output = list("out.zip").success();
    assert!(output.stdout.starts_with("Assets found in out.zip:\n hello.txt (5891b5b5"), "{}", output.stdout);
    put(&environment, "bundled.bin", Bundle::parse(&file(&environment, "out.zip")).unwrap().application);
    list("bundled.bin")
        .success()
        .stdout_has(&format!("Assets found in bundled.bin:\n hello.txt ({HELLO_HASH})\n"));
    let data = environment.particle(["--json", "binary", "list-assets", "bundled.bin"]).success().data();
    assert_eq!(data[0], json!({ "name": "hello.txt", "hash": HELLO_HASH }));
    list("nowhere.bin").status(4);
}

#[test]
fn strip_assets_gives_back_the_application() {
    let environment = TestEnvironment::new();
    put_project(&environment);
    let strip = |name: &str| environment.particle(["binary", "strip-assets", name]);
    strip("app.bin").status(1).stderr_has("No assets found");
    environment.particle(["bundle", "app.bin", "--assets", "assets", "--saveTo", "out.zip"]).success();
    let output = strip("out.zip").success();
    assert_eq!(output.stdout, "Application binary without assets saved to out-no-assets.bin\n");
    assert_eq!(file(&environment, "out-no-assets.bin"), file(&environment, "app.bin"));
    strip("out.zip").success();
    put(&environment, "out-no-assets.bin", "precious");
    strip("out.zip").status(2).stderr_has("--force");
}
