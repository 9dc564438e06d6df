//! `library view`, `copy` and `install`: libraries that are fetched and unpacked.

use crate::support::{
    TestEnvironment,
    libraries::{LibraryServer, at, make_project, project, sandbox},
    read,
};
use flate2::{Compression, write::GzEncoder};
use particle::project::Archive;
use std::{fs, path::Path};
use tar::Header;

/// The folder for looking libraries up.
fn store(environment: &TestEnvironment) -> String {
    environment.profile().join("libraries").display().to_string()
}

#[test]
fn view_says_where_the_library_is() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let viewed = environment.in_sandbox(["library", "view", "internetbutton"]).success();
    let store = store(&environment);
    assert_eq!(
        viewed.stdout,
        format!(
            "Checking library internetbutton...\nChecking library RollingAverage...\n\
             Library InternetButton 0.1.11 installed.\nLibrary RollingAverage 1.1.0 installed.\n\
             To view the library documentation and sources directly, please change to the directory \
             {store}/InternetButton@0.1.11\n"
        )
    );
    let folder = Path::new(&store);
    for file in
        ["InternetButton@0.1.11/examples/usage/usage.ino", "RollingAverage@1.1.0/src/RollingAverage.h"]
    {
        assert!(folder.join(file).is_file(), "{file}");
    }
}

#[test]
fn view_prints_what_is_asked_for() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let view = |part| environment.in_sandbox(["library", "view", "doorchime", part]).success();
    view("--readme").stdout_has("\n# DoorChime\n\nA chime of two notes.\n");
    view("--source").stdout_has("\nvoid DoorChime::ring() {\n    tone(pin_, 659, 400);\n");
    view("--header").stdout_has("\nclass DoorChime {\n");
    let mut archive = Archive::default();
    archive.add("src/other.h", Vec::new()).unwrap();
    let server = LibraryServer::start("bare", "1.0.0", archive.to_bytes().unwrap());
    let bare =
        at(&environment, server.url(), &["library", "view", "bare", "--readme", "--source", "--header"]);
    bare.success()
        .stdout_has("No readme files found for the library.\nNo source files found for the library.\n")
        .stdout_has("No header files found for the library.\n")
        .stdout_has("/Particle/community/libraries/bare@1.0.0\n");
    assert!(environment.home().join("Particle/community/libraries/bare@1.0.0/src/other.h").is_file());
}

#[test]
fn copy_brings_the_library_and_what_it_needs_into_the_project() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let copied = environment.in_sandbox(["library", "copy", "internetbutton@0.1.10"]).success();
    let lib = environment.work().canonicalize().unwrap().join("lib");
    let line = |name: &str, version: &str| {
        let folder = lib.join(name);
        let folder = folder.display();
        format!("Installing library {name} {version} to {folder} ...\nLibrary {name} {version} installed.\n")
    };
    let (button, average) = (line("InternetButton", "0.1.10"), line("RollingAverage", "1.1.0"));
    let checks = "Checking library internetbutton...\nChecking library RollingAverage...\n";
    assert_eq!((copied.stdout, copied.stderr), (format!("{checks}{button}{average}"), String::new()));
    assert!(lib.join("InternetButton/src/InternetButton.h").is_file());
    assert_eq!(project(&environment), "name=doorbell\n");
}

#[test]
fn copy_takes_what_the_project_names_and_warns_that_it_does() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    environment.in_sandbox(["library", "copy"]).status(2).stderr_has("names no library");
    make_project(&environment, "dependencies.InternetButton=0.1.10\n");
    let copied = environment.in_sandbox(["library", "copy"]).success();
    assert!(copied.stdout.contains("Library InternetButton 0.1.10 installed."), "{}", copied.stdout);
    copied
        .stdout_has("Library RollingAverage 1.1.0 installed.")
        .stderr_has("project.properties still names InternetButton")
        .stderr_has("remove the line dependencies.InternetButton=0.1.10");
}

#[test]
fn copy_does_not_throw_changes_away() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let copy = |flags: &[&str]| environment.in_sandbox([&["library", "copy", "doorchime"], flags].concat());
    copy(&[]).success();
    copy(&[]).success();
    let header = environment.work().join("lib/DoorChime/src/DoorChime.h");
    fs::write(&header, "// mine").unwrap();
    copy(&[]).status(2).stderr_has("DoorChime holds something else").stderr_has("--yes");
    assert_eq!(read(&header), "// mine");
    copy(&["--yes"]).success();
    assert_ne!(read(&header), "// mine");
}

#[test]
fn copy_needs_a_project_with_its_sources_in_a_folder() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    fs::remove_dir(environment.work().join("src")).unwrap();
    environment
        .in_sandbox(["library", "copy", "doorchime"])
        .status(1)
        .stderr_has("lib/doorchime' is a 'simple' format project, please change to a 'extended' format.");
    fs::remove_file(environment.work().join("project.properties")).unwrap();
    let elsewhere = environment.in_sandbox(["library", "copy", "doorchime"]).status(4);
    elsewhere.stderr_has("Project or library not found in directory ");
}

#[test]
fn install_fetches_and_makes_adapters() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let install = |arguments: &[&str]| environment.in_sandbox([&["library", "install"], arguments].concat());
    install(&[]).status(2).stderr_has("Please provide a library name to install");
    install(&["doorchime", "--adapter", "--dest", "there", "--confirm"]).success();
    let adapter = environment.work().join("there/DoorChime@0.2.0/src/DoorChime/DoorChime.h");
    assert_eq!(read(&adapter), "#include \"../DoorChime.h\"\n");
    install(&["doorchime", "-y"]).success();
    assert!(Path::new(&store(&environment)).join("DoorChime@0.2.0/LICENSE").is_file());
    install(&["doorchime", "--vendored"]).success();
    assert!(environment.work().join("lib/DoorChime/LICENSE").is_file());
}

#[test]
fn a_broken_download_leaves_nothing_behind() {
    for fault in ["http-500@/library-archives*", "cut@/library-archives*"] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        environment.in_sandbox(["library", "copy", "doorchime"]).status(5).stderr_has("DoorChime 0.2.0: ");
        environment.in_sandbox(["library", "view", "doorchime"]).status(5);
        assert!(!environment.work().join("lib").exists());
        assert!(!Path::new(&store(&environment)).exists());
    }
}

#[test]
fn a_download_that_breaks_once_is_tried_again() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &["--fault", "cut@/library-archives"]);
    let copied = environment.in_sandbox(["library", "copy", "doorchime"]).success();
    copied.stderr_has("the connection was lost; trying again");
}

/// A `tar.gz` with one file of this name, whatever it is.
fn archive_with(name: &str) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(0);
    header.set_cksum();
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    tar.append(&header, std::io::empty()).unwrap();
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn an_archive_does_not_get_out_of_its_folder() {
    let environment = TestEnvironment::new();
    make_project(&environment, "name=x\n");
    for name in ["../../escaped", "/tmp/particle-escaped", "a/../../b"] {
        let server = LibraryServer::start("evil", "1.0.0", archive_with(name));
        let copied = at(&environment, server.url(), &["library", "copy", "evil"]).status(1);
        copied.stderr_has("evil 1.0.0: ").stderr_has("cannot be used");
    }
    let server = LibraryServer::start("evil", "1.0.0", b"no archive".to_vec());
    at(&environment, server.url(), &["library", "copy", "evil"]).status(1).stderr_has("no tar.gz archive");
    assert!(!environment.work().join("lib").exists() && !environment.work().join("escaped").exists());
}

#[test]
fn a_librarys_name_does_not_lead_elsewhere() {
    let environment = TestEnvironment::new();
    make_project(&environment, "name=x\n");
    let archive = Archive::default().to_bytes().unwrap();
    for (name, version) in
        [("../evil", "1.0.0"), ("evil", "1/../../.."), ("..", "1.0.0"), ("a\nname=b", "1.0.0")]
    {
        let server = LibraryServer::start(name, version, archive.clone());
        for command in ["add", "copy", "view"] {
            let refused = at(&environment, server.url(), &["library", command, "evil"]).status(1);
            refused.stderr_has("the cloud says that evil is").stderr_has("no library can have such a name");
        }
    }
    assert_eq!(project(&environment), "name=x\n");
}
