//! `compile`, in every form of the documents.

use crate::support::{Output, TestEnvironment, read};
use particle::{
    firmware::{Bundle, Module},
    platform::Platform,
};
use std::{fs, path::Path};

const APPLICATION: &str = "#include \"Particle.h\"\nvoid setup() {}\nvoid loop() {}\n";

fn write(environment: &TestEnvironment, name: &str, content: &str) {
    let path = environment.work().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// A project in a folder of this name.
fn project(environment: &TestEnvironment, folder: &str) {
    write(environment, &format!("{folder}/project.properties"), "name=my_project\n");
    write(environment, &format!("{folder}/src/app.ino"), APPLICATION);
}

#[track_caller]
fn assert_is_for(path: &Path, platform: &str) {
    let bytes = fs::read(path).unwrap();
    let module = Module::parse(&bytes).unwrap();
    module.verify().unwrap();
    assert_eq!(module.prefix().platform, Platform::by_name(platform).unwrap().id);
}

fn compile(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox([&["compile"], arguments].concat())
}

#[test]
fn a_project_is_compiled_and_saved() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment, "my_project");
    let output = compile(&environment, &["photon", "my_project", "--saveTo", "firmware.bin"]).success();
    let start = "\nCompiling code for photon\n\nIncluding:\n    my_project/project.properties\n    \
                 my_project/src/app.ino\n\nMemory use:\n   text\t   data\t";
    assert!(output.stdout.starts_with(start), "{}", output.stdout);
    let saved = environment.work().join("firmware.bin");
    let end = format!("\nCompile succeeded.\nSaved firmware to: {}\n", saved.display());
    assert!(output.stdout.ends_with(&end), "{}", output.stdout);
    assert_is_for(&saved, "photon");
}

#[test]
fn every_name_of_a_platform_will_do() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    write(&environment, "myapp.ino", APPLICATION);
    for (typed, platform) in [
        ("photon", "photon"),
        ("p", "photon"),
        ("electron", "electron"),
        ("e", "electron"),
        ("p1", "p1"),
        ("argon", "argon"),
        ("BORON", "boron"),
        ("bsom", "bsom"),
        ("photon2", "p2"),
        ("35", "msom"),
    ] {
        compile(&environment, &[typed, "myapp.ino", "--saveTo", "out.bin"]).success();
        assert_is_for(&environment.work().join("out.bin"), platform);
    }
    compile(&environment, &["toaster"]).status(2).stderr_has("Target device toaster is not valid");
}

#[test]
fn the_current_folder_is_compiled_into_a_new_file() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment, ".");
    let data = environment.in_sandbox(["--json", "cloud", "compile", "p2"]).success().data();
    let file = data["file"].as_str().unwrap();
    assert!(file.starts_with("p2_firmware_") && file.ends_with(".bin"), "{file}");
    assert_is_for(&environment.work().join(file), "p2");
    assert_eq!((&data["platform"], &data["target"]), (&"p2".into(), &"6.3.4".into()));
    let (flash, ram) = (data["sizes"]["flash"].as_u64().unwrap(), data["sizes"]["ram"].as_u64().unwrap());
    assert_eq!((flash, ram), (data["size"].as_u64().unwrap() + 108, 1636));
}

#[test]
fn single_files_are_compiled_for_the_version_that_is_named() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    write(&environment, "app.ino", &APPLICATION.replace("Particle.h", "library1.h"));
    write(&environment, "library1.cpp", "#include \"library1.h\"\n");
    write(&environment, "library1.h", "int one();\n");
    let files = ["app.ino", "library1.cpp", "library1.h"];
    for (platform, target) in
        [("photon", "0.5.0"), ("electron", "0.5.1"), ("xenon", "1.5.0"), ("core", "1.4.4")]
    {
        let arguments = [&[platform, "--target", target, "--saveTo", "out.bin"][..], &files].concat();
        compile(&environment, &arguments).success().stdout_has(&format!("\nTargeting version: {target}\n"));
    }
    let latest = [&["photon", "--target", "latest", "--saveTo", "out.bin"][..], &files].concat();
    assert!(!compile(&environment, &latest).success().stdout.contains("Targeting"));
    let missing = [&["photon", "--target", "6.3.4"][..], &files].concat();
    compile(&environment, &missing)
        .status(2)
        .stderr_has("Compile failed: Invalid build target version.\nValid targets:\n3.3.1\n");
}

#[test]
fn libraries_of_the_project_are_looked_up_in_the_catalogue() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment, "my_project");
    let code =
        "#include \"InternetButton.h\"\n#include \"RollingAverage.h\"\nvoid setup() {}\nvoid loop() {}\n";
    write(&environment, "my_project/src/app.ino", code);
    let arguments = ["photon", "my_project", "--saveTo", "out.bin"];
    compile(&environment, &arguments).status(10).stderr_has("InternetButton.h: No such file or directory");
    let mut add = environment.sandbox_command(["library", "add", "internetbutton"]);
    add.current_dir(environment.work().join("my_project"));
    crate::support::run(add, "").success();
    compile(&environment, &arguments).success();
    write(&environment, "my_project/project.properties", "name=p\ndependencies.Nothing=1.0.0\n");
    compile(&environment, &arguments)
        .status(10)
        .stderr_has("my_project/project.properties:2:1: error: library Nothing@1.0.0 was not found");
}

#[test]
fn boards_left_behind_get_the_newest_version_that_fits() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    write(&environment, "app.ino", APPLICATION);
    for (platform, version) in [("core", "1.4.4"), ("xenon", "1.5.2")] {
        compile(&environment, &[platform, "app.ino", "--saveTo", "out.bin"])
            .success()
            .stdout_has(&format!("Targeting version: {version}\n"))
            .stderr_has(&format!("{version} is the newest Device OS for the"));
    }
}

#[test]
fn a_project_with_assets_becomes_a_bundle() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment, "my_project");
    let properties = "name=my_project\nassetOtaDir=sounds\nfirmwareEnv=vars.json\n";
    write(&environment, "my_project/project.properties", properties);
    write(&environment, "my_project/sounds/bell.wav", "ding");
    write(&environment, "my_project/vars.json", r#"{"ZONE": "porch"}"#);
    let arguments = ["boron", "my_project", "--saveTo"];
    compile(&environment, &[&arguments[..], &["out.bin"]].concat())
        .status(2)
        .stderr_has("saveTo must have a .zip extension when project includes assets");
    compile(&environment, &[&arguments[..], &["out.zip"]].concat())
        .success()
        .stdout_has("    my_project/src/app.ino\n    my_project/sounds/bell.wav\n")
        .stdout_has("\nCompile succeeded and bundle created.\nSaved bundle to: ");
    let bundle = Bundle::parse(&fs::read(environment.work().join("out.zip")).unwrap()).unwrap();
    let names: Vec<_> = bundle.assets.iter().map(|asset| asset.name.as_str()).collect();
    assert_eq!((bundle.name.as_str(), &names[..]), ("out.bin", &["bell.wav", "env-vars"][..]));
    environment.in_sandbox(["binary", "inspect", "out.zip"]).success().stdout_has(" ZONE: porch\n");
    let data = environment.in_sandbox(["--json", "compile", "boron", "my_project"]).success().data();
    assert!(data["file"].as_str().unwrap().ends_with(".zip") && data["bundle"] == true, "{data}");
    write(&environment, "app.ino", APPLICATION);
    compile(&environment, &["boron", "app.ino", "--saveTo", "plain.zip"]).success();
    assert_is_for(&environment.work().join("plain.bin"), "boron");
    compile(&environment, &["photon", "my_project"])
        .status(1)
        .stderr_has("Asset support only available for device OS 5.5.0 and above");
}

#[test]
fn errors_in_the_code_name_the_files_of_the_user() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.sandbox_with_login(&[]);
    project(&environment, "my_project");
    write(&environment, "my_project/src/a.cpp", "\n#include \"nowhere.h\"\n");
    write(&environment, "firmware.bin", "the last one that worked");
    let output = compile(&environment, &["photon", "my_project", "--saveTo", "firmware.bin"]).status(10);
    let output = output.stderr_has("Compile failed: Compiler encountered an error\n");
    output.stderr_has("\nmy_project/src/a.cpp:2:10: fatal error: nowhere.h: No such file or directory\n");
    assert_eq!(read(&environment.work().join("firmware.bin")), "the last one that worked");
    let json = environment.in_sandbox(["--json", "compile", "photon", "my_project"]).status(10);
    assert!(json.stderr.contains("\"code\": \"compile\""), "{}", json.stderr);
}

#[test]
fn files_are_listed_and_nothing_is_sent() {
    let environment = TestEnvironment::new();
    project(&environment, "my_project");
    for flag in ["--list-files", "--dry-run"] {
        let output = environment.particle(["compile", "photon", "my_project", flag]).success();
        let expected = "Including:\n    my_project/project.properties\n    my_project/src/app.ino\n";
        assert_eq!(output.stdout, expected);
    }
}

#[test]
fn what_can_be_known_before_compiling_is_said_before() {
    let environment = TestEnvironment::new();
    project(&environment, "my_project");
    environment.particle(["compile", "photon", "nothing.ino"]).status(4).stderr_has("nothing.ino");
    fs::create_dir(environment.work().join("empty")).unwrap();
    environment.particle(["compile", "photon", "empty"]).status(1).stderr_has("No source to compile!");
    environment.particle(["compile", "photon", "my_project"]).status(3).stderr_has("You're not logged in.");
    environment
        .particle(["compile", "photon", "my_project", "--saveTo", "missing/out.bin"])
        .status(4)
        .stderr_has("there is no folder missing");
}

#[test]
fn trouble_with_the_cloud_leaves_no_file() {
    for (fault, status) in [
        ("http-500@POST:/v1/binaries*", 5),
        ("http-429@POST:/v1/binaries*9", 5),
        ("http-401@POST:/v1/binaries", 3),
        ("http-404@POST:/v1/binaries", 4),
        ("cut@POST:/v1/binaries*9", 5),
        ("cut@GET:/v1/binaries*9", 5),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = environment.sandbox_with_login(&["--fault", fault]);
        write(&environment, "app.ino", APPLICATION);
        let output = compile(&environment, &["photon", "app.ino", "--saveTo", "out.bin"]);
        assert_eq!(output.status, status, "{fault}: {}", output.stderr);
        assert!(!environment.work().join("out.bin").exists(), "{fault}");
    }
}

#[test]
fn an_unreachable_cloud_is_said_to_be() {
    let environment = TestEnvironment::new();
    write(&environment, "app.ino", APPLICATION);
    let mut command =
        environment.command(["--api-url", "http://127.0.0.1:9", "compile", "photon", "app.ino"]);
    command.env("PARTICLE_ACCESS_TOKEN", "0123456789abcdef0123456789abcdef01234567");
    command.env("PARTICLE_TIME_SCALE", "0");
    crate::support::run(command, "").status(5).stderr_has("cannot reach 127.0.0.1:9");
}
