//! `library upload`, `publish` and `delete`: one's own libraries.

use crate::support::{MFA_USERNAME, OTP, Output, PASSWORD, Sandbox, TestEnvironment, libraries::at};
use serde_json::json;
use std::{fs, net::TcpListener};

/// A sandbox that runs, with Ada logged in and the working folder her library.
fn sandbox(environment: &TestEnvironment, arguments: &[&str]) -> Sandbox {
    let sandbox = environment.start_sandbox(["--devices", "photon"].iter().chain(arguments));
    environment.log_in();
    make_library(environment, "0.1.0");
    sandbox
}

fn make_library(environment: &TestEnvironment, version: &str) {
    let description = format!("name=MyLib\nversion={version}\nauthor=Ada\nsentence=It is one\n");
    for (file, contents) in [
        ("library.properties", description.as_str()),
        ("README.md", "# MyLib\n"),
        ("LICENSE", "Yours\n"),
        ("src/MyLib.h", "#pragma once\n"),
        ("src/photo.png", "no source"),
        ("examples/usage/usage.ino", "#include \"MyLib.h\"\n"),
    ] {
        let path = environment.work().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
}

fn library(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox([&["library"], arguments].concat())
}

fn log_grace_in(environment: &TestEnvironment) {
    environment.in_sandbox(["login", "-u", MFA_USERNAME, "-p", PASSWORD, "--otp", OTP]).success();
}

const UPLOADED: &str =
    "> Library MyLib was successfully uploaded.\nAdd it to your project with particle library add MyLib\n";
const PUBLISHED: &str = "> Library MyLib was successfully published.\n";

#[test]
fn a_private_version_can_be_uploaded_again_and_a_published_one_cannot() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    for _ in 0..2 {
        let uploaded = library(&environment, &["upload"]).success();
        assert_eq!((uploaded.stdout.as_str(), uploaded.stderr.as_str()), (UPLOADED, ""));
    }
    library(&environment, &["list", "mine"]).success().stdout_has("MyLib 0.1.0 [private] 0 It is one\n");
    assert_eq!(library(&environment, &["publish", "MyLib"]).success().stdout, PUBLISHED);
    library(&environment, &["list", "mine"]).success().stdout_has("MyLib 0.1.0 0 It is one\n");
    library(&environment, &["upload"]).status(1).stderr_has("MyLib 0.1.0 is already published");
    library(&environment, &["publish", "MyLib"]).status(1).stderr_has("no version that is not published");
    make_library(&environment, "0.2.0");
    library(&environment, &["upload"]).success();
}

#[test]
fn only_its_owner_sees_a_private_library() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    library(&environment, &["upload"]).success();
    log_grace_in(&environment);
    library(&environment, &["add", "mylib"]).status(4);
    library(&environment, &["publish", "mylib"]).status(4).stderr_has("Library mylib not found");
    library(&environment, &["upload"]).status(7).stderr_has("Library MyLib belongs to someone else");
    environment.log_in();
    library(&environment, &["publish", "MyLib"]).success();
    log_grace_in(&environment);
    library(&environment, &["copy", "mylib"]).success();
    library(&environment, &["publish", "mylib"]).status(7).stderr_has("belongs to someone else");
}

#[test]
fn publish_without_a_name_uploads_first() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    assert_eq!(library(&environment, &["publish"]).success().stdout, PUBLISHED);
    library(&environment, &["search", "mylib"]).success().stdout_has("MyLib 0.1.0 [mine] 0 It is one\n");
    library(&environment, &["publish"]).status(1).stderr_has("already published");
}

#[test]
fn a_dry_run_shows_what_would_be_sent_and_sends_nothing() {
    let environment = TestEnvironment::new();
    make_library(&environment, "0.1.0");
    // Nobody has to be logged in for this.
    for flag in ["--dryRun", "--dry-run"] {
        let shown = library(&environment, &["upload", flag]).success();
        assert_eq!(
            shown.stdout,
            "> Library MyLib 0.1.0 would be uploaded with these files:\n    LICENSE\n    README.md\n    \
             examples/usage/usage.ino\n    library.properties\n    src/MyLib.h\n"
        );
    }
    environment.log_in();
    library(&environment, &["search", "mylib"]).success().stdout_has("> Found 0 libraries");
}

#[test]
fn what_is_missing_is_named_with_its_file_and_field() {
    let environment = TestEnvironment::new();
    make_library(&environment, "one");
    fs::remove_file(environment.work().join("LICENSE")).unwrap();
    for command in ["upload", "publish"] {
        library(&environment, &[command])
            .status(1)
            .stderr_has("Library is not valid. library.properties: version must be formatted like 1.0.0\n")
            .stderr_has("LICENSE is missing");
    }
    fs::remove_file(environment.work().join("library.properties")).unwrap();
    library(&environment, &["upload"]).status(1).stderr_has("library is missing library.properties");
}

#[test]
fn a_library_is_deleted_after_a_question() {
    let environment = TestEnvironment::new();
    let sandbox = sandbox(&environment, &[]);
    library(&environment, &["upload"]).success();
    library(&environment, &["delete", "MyLib"]).status(2).stderr_has("--yes");
    let deleted = library(&environment, &["delete", "MyLib", "--yes"]).success();
    assert_eq!(deleted.stdout, "> Library MyLib deleted.\n");
    library(&environment, &["delete", "MyLib", "--yes"]).status(4).stderr_has("Library MyLib not found");
    let without_token = at(&environment, sandbox.api_url(), &["library", "delete", "MyLib", "--yes"]);
    without_token.status(2).stderr_has(
        "PARTICLE_LIBRARY_DELETE_TOKEN should be defined to enable library delete functionality.",
    );
}

#[test]
fn results_are_json() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let data = |arguments: &[&str]| {
        library(&environment, &[&["--json", "--yes"], arguments].concat()).success().data()
    };
    let files =
        json!(["LICENSE", "README.md", "examples/usage/usage.ino", "library.properties", "src/MyLib.h"]);
    let upload =
        |uploaded| json!({ "name": "MyLib", "version": "0.1.0", "files": files, "uploaded": uploaded });
    assert_eq!(data(&["upload", "--dryRun"]), upload(false));
    assert_eq!(data(&["upload"]), upload(true));
    assert_eq!(data(&["publish"]), json!({ "name": "MyLib" }));
    assert_eq!(data(&["delete", "MyLib"]), json!({ "name": "MyLib" }));
}

/// Every command that changes libraries in the cloud.
const CHANGES: [&[&str]; 4] = [
    &["library", "upload"],
    &["library", "publish"],
    &["library", "publish", "TrafficLight"],
    &["library", "delete", "TrafficLight", "--yes"],
];

#[test]
fn changes_need_a_login() {
    let environment = TestEnvironment::new();
    let _sandbox = environment.start_sandbox(["--devices", "photon"]);
    make_library(&environment, "0.1.0");
    for command in CHANGES {
        environment.in_sandbox(command).status(3).stderr_has("You're not logged in.");
    }
}

#[test]
fn a_cloud_in_trouble_is_told() {
    for (fault, status, text) in [
        ("http-401@/v1/libraries*", 3, "particle login"),
        ("http-429@/v1/libraries*", 5, "try again in"),
        ("http-500@/v1/libraries*", 5, "HTTP 500"),
        ("cut@/v1/libraries*", 5, "was lost"),
    ] {
        let environment = TestEnvironment::new();
        let _sandbox = sandbox(&environment, &["--fault", fault]);
        for command in &CHANGES[..2] {
            environment.in_sandbox(*command).status(status).stderr_has(text);
        }
    }
}

#[test]
fn a_host_that_cannot_be_reached_is_named() {
    let environment = TestEnvironment::new();
    make_library(&environment, "0.1.0");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for command in &CHANGES[..3] {
        at(&environment, &url, command).status(5).stderr_has("cannot reach 127.0.0.1:");
    }
}
