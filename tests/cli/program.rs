//! The program as a whole: help, version, completions, manual pages, usage errors, what the binary needs.

use crate::support::TestEnvironment;
use std::{io::Read, process::Stdio};

#[test]
fn version_and_help_are_results() {
    let environment = TestEnvironment::new();
    let version = environment.particle(["--version"]).success();
    assert_eq!(version.stdout, format!("{}\n", env!("CARGO_PKG_VERSION")));
    for arguments in [&["help"][..], &["--help"], &["-h"], &[]] {
        let output = environment.particle(arguments).success();
        assert!(output.stdout.contains("Usage: particle"), "{arguments:?}: {}", output.stdout);
        assert_eq!(output.stderr, "", "{arguments:?}");
    }
}

#[test]
fn help_finds_nested_commands_and_bare_groups_explain_themselves() {
    let environment = TestEnvironment::new();
    for arguments in
        [&["help", "keys", "doctor"][..], &["keys", "doctor", "--help"], &["keys", "doctor", "-h"]]
    {
        let output = environment.particle(arguments).success();
        assert!(output.stdout.contains("particle keys doctor"), "{arguments:?}: {}", output.stdout);
    }
    for group in ["keys", "usb", "serial"] {
        let output = environment.particle([group]).success();
        assert!(output.stdout.contains(&format!("Usage: particle {group}")), "{}", output.stdout);
    }
}

#[test]
fn a_mistyped_command_is_a_usage_error_with_a_suggestion() {
    let environment = TestEnvironment::new();
    let output = environment.particle(["keys", "docter"]);
    assert_eq!((output.status, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("'doctor'"), "{}", output.stderr);
    let output = environment.particle(["--json", "keys", "docter"]);
    let error: serde_json::Value = serde_json::from_str(&output.stderr).unwrap();
    assert_eq!((output.status, error["error"]["code"].as_str()), (2, Some("usage")));
}

#[test]
fn completions_are_written_for_every_shell() {
    let environment = TestEnvironment::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = environment.particle(["completions", shell]).success();
        assert!(output.stdout.contains("doctor"), "{shell}");
    }
    assert_eq!(environment.particle(["completions", "cmd.exe"]).status, 2);
}

#[test]
fn manual_pages_are_written() {
    let environment = TestEnvironment::new();
    environment.particle(["man", "man1"]).success();
    let page = std::fs::read_to_string(environment.work().join("man1/particle-keys-doctor.1")).unwrap();
    assert!(page.contains(".TH"), "{page}");
    // A folder below a file cannot be made, whoever runs the test.
    std::fs::write(environment.work().join("file"), "").unwrap();
    let output = environment.particle(["man", "file/man1"]);
    assert_eq!(output.status, 1);
    assert!(output.stderr.contains("file/man1"), "{}", output.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let environment = TestEnvironment::new();
    let mut child = environment
        .command(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_binary_asks_for_no_shared_libraries_beyond_the_c_runtime() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_particle")).unwrap();
    for library in ["libudev.so", "libusb-1.0.so", "libssl.so", "libcrypto.so", "libdbus-1.so"] {
        let found = binary.windows(library.len()).any(|window| window == library.as_bytes());
        assert!(!found, "the binary mentions {library}");
    }
}

/// Every command, argument and help text. A change shows in the difference of the snapshot.
#[test]
fn command_tree() {
    let mut tree = particle::commands::command_tree().term_width(100);
    tree.build();
    let mut text = String::new();
    describe(&mut tree, &mut text);
    insta::assert_snapshot!(text);
}

fn describe(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    // The global options are the same everywhere; they stand at the root.
    let own = if text.is_empty() { &help } else { help.split("\nGlobal options:\n").next().unwrap() };
    text.push_str(&format!("## {name}\n\n{}\n\n", own.trim_end()));
    if let Some(examples) = command.get_after_help() {
        let examples = examples.to_string();
        let too_wide = |line: &&str| line.starts_with(' ') && line.chars().count() > 100;
        assert_eq!(examples.lines().find(too_wide), None, "{name}: an example that has to be wrapped");
        text.push_str(&format!("{examples}\n\n"));
    }
    let is_own = |argument: &&clap::Arg| argument.is_hide_set() && !argument.is_global_set();
    let hidden: Vec<String> = command.get_arguments().filter(is_own).map(ToString::to_string).collect();
    if !hidden.is_empty() {
        text.push_str(&format!("Hidden: {}\n\n", hidden.join(", ")));
    }
    for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
        describe(subcommand, text);
    }
}
