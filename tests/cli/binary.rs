//! `particle binary inspect`.

use crate::support::{
    Output, TestEnvironment,
    firmware::{application, crc_of, needs, put, system_part},
};
use particle::{
    firmware::{Asset, Extension, Flags, Module, ModuleFunction, ModuleParts, combine, compress},
    platform::PlatformId,
};
use serde_json::json;

fn inspect(environment: &TestEnvironment, files: &[&str]) -> Output {
    environment.particle(["binary", "inspect"].iter().chain(files))
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
