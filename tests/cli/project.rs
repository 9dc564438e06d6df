//! `particle project`.

#[cfg(unix)]
use crate::support::terminal::run_on_terminal;
use crate::support::{TestEnvironment, read};
use serde_json::json;
use std::fs;

const NAME: &str = "What would you like to call your project?";
const DEFAULT_FOLDER: &str = "Would you like to create your project in the default project directory?";
const CURRENT_FOLDER: &str = "Type “n” to cancel.";

#[cfg(unix)]
#[test]
fn create_asks_for_name_and_folder() {
    let environment = TestEnvironment::new();
    let command = environment.command(["project", "create"]);
    let output = run_on_terminal(command, &[(NAME, "doorbell\r"), (DEFAULT_FOLDER, "\r")]).success();
    let folder = environment.home().join("Particle/projects/doorbell");
    let folder_name = folder.display();
    output
        .stdout_has("[myproject]")
        .stdout_has(&format!("Initializing project in directory {folder_name}...\r\n"))
        .stdout_has(&format!("> A new project has been initialized in directory {folder_name}\r\n"));
    assert!(read(&folder.join("project.properties")).starts_with("name=doorbell\n"));
    assert!(read(&folder.join("src/doorbell.ino")).contains("void setup()"));
}

#[cfg(unix)]
#[test]
fn create_asks_again_and_takes_the_current_folder() {
    let environment = TestEnvironment::new();
    let command = environment.command(["project", "create"]);
    let answers = [(NAME, "my project\r"), (NAME, "bell\r"), (DEFAULT_FOLDER, "n"), (CURRENT_FOLDER, "\r")];
    let output = run_on_terminal(command, &answers).success();
    output.stdout_has("! name must only contain letters, numbers, dashes, underscores and plus signs.");
    assert!(environment.work().join("bell/src/bell.ino").exists());
    let command = environment.command(["project", "create", "--name", "other"]);
    let output = run_on_terminal(command, &[(DEFAULT_FOLDER, "n"), (CURRENT_FOLDER, "n")]).status(1);
    output.stdout_has("Project initialization was cancelled.");
    assert!(!environment.work().join("other").exists());
}

#[test]
fn create_needs_no_terminal_when_all_is_said() {
    let environment = TestEnvironment::new();
    let output = environment.particle(["project", "create", "--name", "doorbell", "."]).success();
    let expected = "Initializing project in directory doorbell...\n\
                    > A new project has been initialized in directory doorbell\n";
    assert_eq!(output.stdout, expected);
    environment.particle(["project", "create"]).status(2).stderr_has("--name");
    environment.particle(["project", "create", "--name", "a"]).status(2).stderr_has("DIR");
    environment.particle(["--yes", "project", "create", "--name", "a"]).success();
    assert!(environment.home().join("Particle/projects/a").is_dir());
    let refused = environment.particle(["project", "create", "--name", "a/b", "."]).status(2);
    refused.stderr_has("name: must only contain letters, numbers, dashes, underscores and plus signs.");
}

#[test]
fn create_overwrites_nothing() {
    let environment = TestEnvironment::new();
    let create = ["--json", "project", "create", "sub", "--name", "doorbell"];
    environment.particle(create).success();
    let source = environment.work().join("sub/doorbell/src/doorbell.ino");
    fs::write(&source, "// mine").unwrap();
    fs::remove_file(environment.work().join("sub/doorbell/README.md")).unwrap();
    let output = environment.particle(create).success();
    let expected = json!({
        "name": "doorbell",
        "directory": "sub/doorbell",
        "created": ["sub/doorbell/README.md"],
        "kept": ["sub/doorbell/project.properties"],
    });
    assert_eq!(output.data(), expected);
    assert_eq!(read(&source), "// mine");
}

#[test]
fn a_file_in_the_way_is_said() {
    let environment = TestEnvironment::new();
    fs::write(environment.work().join("doorbell"), "").unwrap();
    let output = environment.particle(["project", "create", "--name", "doorbell", "."]).status(1);
    output.stderr_has("doorbell is a file: Project initialization was cancelled.");
}
