//! `particle bundle`, and what `particle binary` does with assets.

use crate::support::{
    TestEnvironment,
    firmware::{application, file, needs, put},
};
use particle::firmware::{Asset, Bundle, EnvironmentVariables, ModuleFunction, ModuleParts};
use serde_json::json;

const HELLO_HASH: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

/// Sets a folder with two assets and litter beside `app.bin`.
fn put_project(environment: &TestEnvironment) {
    put(environment, "app.bin", application().build().unwrap());
    for name in ["hello.txt", ".hidden", "Thumbs.db", "deeper/file.txt"] {
        put(environment, &format!("assets/{name}"), "hello\n");
    }
    put(environment, "assets/zeros.bin", [0; 5000]);
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
    let inspected = environment.particle(["binary", "inspect", "out.zip"]).success();
    assert!(inspected.stdout.starts_with("app.bin\n CRC is ok ("), "{}", inspected.stdout);
    inspected
        .stdout_has(&format!("It depends on assets:\n hello.txt (hash {HELLO_HASH})\n zeros.bin (hash "));
}

#[test]
fn bundle_takes_environment_variables_along() {
    let environment = TestEnvironment::new();
    put(&environment, "app.bin", application().build().unwrap());
    put(&environment, "vars.json", r#"{"ZONE": "porch", "LIMIT": "20"}"#);
    let bundle = ["bundle", "app.bin", "--saveTo", "out.zip"];
    environment
        .particle([&bundle[..], &["--env", "vars.json"]].concat())
        .success()
        .stdout_has("Writing vars.json data into the binary...\nBundling successful.\n");
    let listed = environment.particle(["binary", "inspect", "out.zip"]).success();
    listed
        .stdout_has("It depends on assets:\n env-vars (hash ")
        .stdout_has("Environment variables:\n ZONE: porch\n LIMIT: 20\n");
    for field in ["firmwareEnv", "env"] {
        put(&environment, "project.properties", format!("{field}=vars.json\n"));
        let data = environment.particle([&["--json"], &bundle[..]].concat()).success().data();
        assert_eq!((&data["folder"], &data["environment"]), (&json!(null), &json!("vars.json")));
    }
    put(&environment, "vars.json", r#"{"zone": "porch"}"#);
    let expected =
        "Env vars in file vars.json cannot be processed: \"zone\" cannot be the name of a variable";
    environment.particle(bundle).status(1).stderr_has(expected);
    environment.particle([&bundle[..], &["--env", "nowhere.json"]].concat()).status(4);
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
    let mut bundle = Bundle::new("app.bin".to_owned(), &application().build().unwrap(), whole, None).unwrap();
    bundle.assets = vec![asset("b.txt", b"other"), asset("c.txt", b"three")];
    bundle.environment = Some(EnvironmentVariables::parse(br#"{"KEY": "value"}"#).unwrap());
    put(&environment, "bad.zip", bundle.to_archive().unwrap());
    let output = environment.particle(["binary", "inspect", "bad.zip"]).status(9);
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
