//! `particle library`, as far as it needs no cloud.

#[cfg(unix)]
use crate::support::terminal::run_on_terminal;
use crate::support::{Output, TestEnvironment, read};
use serde_json::json;
use std::{collections::BTreeMap, fs, path::Path};

/// Runs `particle library ARGUMENTS`.
fn library(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.particle(std::iter::once(&"library").chain(arguments))
}

/// All files below a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, read(&path));
            }
        }
    }
    found
}

#[cfg(unix)]
#[test]
fn create_asks_for_what_is_missing() {
    let environment = TestEnvironment::new();
    let (name, version) = ("Enter a name for your library:", "Enter a version for your library:");
    let author = "Who is the author of your library:";
    let answers = [
        (name, "my lib\r"),
        (name, "mylib\r"),
        (version, "1.0\r"),
        (version, "0.0.1\r"),
        (author, "\r"),
        (author, "Ada\r"),
    ];
    let mut output = run_on_terminal(environment.command(["library", "create"]), &answers).success();
    for complaint in
        ["name: must only contain letters", "version: must be formatted like", "author: can't be blank"]
    {
        output = output.stdout_has(complaint);
    }
    for file in ["library.properties", "LICENSE", "src/mylib.cpp", "src/mylib.h", "examples/usage/usage.ino"]
    {
        output = output.stdout_has(&format!("Created {file}\r\n"));
    }
    let properties = read(&environment.work().join("library.properties"));
    assert!(properties.contains("\nname=mylib\nversion=0.0.1\nauthor=Ada\n# license="), "{properties}");
}

#[test]
fn create_takes_flags_and_keeps_what_is_there() {
    let environment = TestEnvironment::new();
    fs::create_dir(environment.work().join("lib")).unwrap();
    fs::write(environment.work().join("lib/LICENSE"), "MIT").unwrap();
    let create = ["create", "--name", "mylib", "--version", "1.0.0", "--author", "Ada", "--dir", "lib"];
    let output = environment.particle(["--json", "library"].iter().chain(&create)).success();
    assert_eq!(output.data()["name"], "mylib");
    assert_eq!(output.data()["kept"], json!(["lib/LICENSE"]));
    assert_eq!(output.data()["created"].as_array().unwrap().len(), 5);
    assert_eq!(read(&environment.work().join("lib/LICENSE")), "MIT");
    library(&environment, &create).status(1).stderr_has("there is a library here already");
}

#[test]
fn create_names_every_field_that_will_not_do() {
    let environment = TestEnvironment::new();
    let create = ["create", "--name", "my lib", "--version", "1", "--author", ""];
    library(&environment, &create)
        .status(2)
        .stderr_has("name: must only contain letters, numbers, dashes, underscores and plus signs.")
        .stderr_has("version: must be formatted like 1.0.0")
        .stderr_has("author: can't be blank");
    library(&environment, &["create", "--name", "mylib"]).status(2).stderr_has("--version");
    assert!(files(&environment.work()).is_empty());
}

/// Puts a library of the old format into a folder.
fn old_library(folder: &Path) {
    for (name, contents) in [
        ("spark.json", r#"{"name":"bell","version":"0.1.0","author":"Ada","description":"Rings"}"#),
        ("README.md", "read"),
        ("firmware/bell.h", "#pragma once\n"),
        ("firmware/bell.cpp", "#include \"bell/bell.h\"\n"),
        ("firmware/examples/ring.ino", "#include \"bell/bell.h\"\n"),
        ("firmware/test/test.cpp", ""),
    ] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
}

#[test]
fn migrate_moves_everything_to_its_new_place() {
    let environment = TestEnvironment::new();
    old_library(&environment.work());
    let before = files(&environment.work());
    for test in ["--test", "--dryrun"] {
        assert_eq!(library(&environment, &["migrate", test]).success().stdout, "Library can be migrated\n");
    }
    assert_eq!(files(&environment.work()), before);
    let output = library(&environment, &["migrate"]).success();
    let work = fs::canonicalize(environment.work()).unwrap();
    assert_eq!(output.stdout, format!("Library migrated to v2 format: '{}'\n", work.display()));
    let after = files(&environment.work());
    let names: Vec<_> = after.keys().map(String::as_str).collect();
    let expected = [
        "README.md",
        "examples/ring/ring.ino",
        "library.properties",
        "src/bell.cpp",
        "src/bell.h",
        "src/bell/bell.h",
        "test/unit/test.cpp",
    ];
    assert_eq!(names, expected);
    assert_eq!(after["src/bell.cpp"], "#include \"bell.h\"\n");
    assert_eq!(after["src/bell/bell.h"], "#include \"../bell.h\"\n");
    assert!(after["library.properties"].contains("sentence=Rings\n"));
    assert_eq!(
        library(&environment, &["migrate", "--test"]).success().stdout,
        "Library already in v2 format\n"
    );
}

#[test]
fn migrate_tries_every_folder() {
    let environment = TestEnvironment::new();
    old_library(&environment.work().join("one"));
    old_library(&environment.work().join("two"));
    let output =
        environment.particle(["libraries", "migrate", "one", "none", "two", "--no-adapter"]).status(4);
    let output = output.stderr_has("No valid library found in none");
    assert_eq!(output.stdout, "Library migrated to v2 format: 'one'\nLibrary migrated to v2 format: 'two'\n");
    assert!(!environment.work().join("one/src/bell").exists());
    let output = environment.particle(["--json", "library", "migrate", "one"]).success();
    assert_eq!(output.data(), json!([{ "directory": "one", "result": "alreadyMigrated", "error": null }]));
    library(&environment, &["migrate"]).status(4).stderr_has("No valid library found in current directory");
}

#[test]
fn migrate_names_what_it_cannot_understand() {
    let environment = TestEnvironment::new();
    fs::write(environment.work().join("spark.json"), r#"{"name":"../bell"}"#).unwrap();
    let output = library(&environment, &["migrate"]).status(1);
    output.stderr_has("spark.json: name must only contain letters");
}
