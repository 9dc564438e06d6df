//! Whole trees, and what is sent of them.

use super::*;
use proptest::prelude::*;
use std::fs;
use tempfile::TempDir;

/// A folder with these files; a text behind a colon is what is in a file.
fn tree(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let (name, contents) = file.split_once(':').unwrap_or((file, ""));
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    folder
}

fn paths(folder: &TempDir, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| folder.path().join(name)).collect()
}

/// The names under which these paths in the folder are sent.
fn sent(folder: &TempDir, names: &[&str]) -> Vec<String> {
    let selection = select(&paths(folder, names), false).unwrap();
    selection.files.into_iter().map(|file| file.name).collect()
}

fn refusal(folder: &TempDir, names: &[&str]) -> String {
    let error = select(&paths(folder, names), false).unwrap_err().to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_project_is_sent_in_the_order_of_its_names() {
    let folder = tree(&[
        "src/app.ino",
        "src/a.h",
        "lib/foo/src/foo.cpp",
        "lib/foo/examples/ex1/ex1.ino",
        "project.properties",
        "node_modules/x/y.c",
        "src/UP.CPP",
        "src/.hidden.cpp",
        "README.md",
    ]);
    let expected =
        ["lib/foo/src/foo.cpp", "node_modules/x/y.c", "project.properties", "src/a.h", "src/app.ino"];
    assert_eq!(sent(&folder, &[""]), expected);
    let selection = select(&paths(&folder, &[""]), false).unwrap();
    assert_eq!(selection.files[4].path, folder.path().join("src/app.ino"));
}

#[test]
fn named_files_go_under_their_own_names_in_the_order_named() {
    let folder = tree(&["src/app.ino", "lib/util.h", "notes.txt", "logo.PNG", ".DS_Store", "old.bin"]);
    let names = ["src/app.ino", "notes.txt", "logo.PNG", ".DS_Store", "old.bin", "lib/util.h", "src/app.ino"];
    assert_eq!(sent(&folder, &names), ["app.ino", "notes.txt", "util.h"]);
    let selection = select(&paths(&folder, &names), false).unwrap();
    assert_eq!(selection.skipped, paths(&folder, &["logo.PNG", ".DS_Store", "old.bin"]));
    assert_eq!(sent(&folder, &["old.bin"]), ["old.bin"], "a binary alone is one to be flashed");
}

#[test]
fn two_named_files_of_one_name_are_refused() {
    let folder = tree(&["a/util.h", "b/util.h"]);
    let refused = refusal(&folder, &["a/util.h", "b/util.h"]);
    assert_eq!(refused, "a/util.h and b/util.h would both be sent as util.h");
}

#[test]
fn of_several_folders_the_later_wins() {
    let folder = tree(&["a/config.h", "a/app.ino", "b/config.h", "c/config.h"]);
    let selection = select(&paths(&folder, &["a", "b", "c/config.h"]), false).unwrap();
    let files: Vec<_> = selection.files.into_iter().map(|file| file.path).collect();
    assert_eq!(files, paths(&folder, &["a/app.ino", "c/config.h"]));
    assert_eq!(selection.replaced, paths(&folder, &["a/config.h", "b/config.h"]));
}

#[test]
fn what_is_not_there_is_named() {
    let folder = tree(&["app.ino", "logo.jpg", "empty/readme.txt"]);
    assert_eq!(refusal(&folder, &["nothing"]), "I couldn't find that: nothing");
    assert_eq!(refusal(&folder, &["app.ino", "nothing"]), "I couldn't find that: nothing");
    assert_eq!(refusal(&folder, &["empty"]), "No source to compile!");
    assert_eq!(refusal(&folder, &["logo.jpg"]), "No source to compile!");
}

#[test]
fn include_adds_and_ignore_has_the_last_word() {
    let folder = tree(&[
        "app.ino",
        "data/table.txt",
        "data/draft.txt",
        "deep/er/notes.md",
        "test/test.cpp",
        "vendor/big.c",
        "particle.include:# more\r\n\r\n  data/*.txt \r\n../*/outside.dat\n",
        "deep/particle.include:er/*.md\n../data/table.txt",
        "particle.ignore:test/**\nvendor",
        "deep/particle.ignore:../data/draft.txt\n",
        "empty/particle.ignore",
    ]);
    let expected = ["app.ino", "data/table.txt", "deep/er/notes.md", "vendor/big.c"];
    assert_eq!(sent(&folder, &[""]), expected);
    assert_eq!(sent(&folder, &["app.ino", "test/test.cpp"]), ["app.ino", "test.cpp"], "for folders only");
}

#[test]
fn include_may_reach_outside_and_into_hidden_folders() {
    let folder = tree(&[
        "parts/pins.h",
        "parts/more.h",
        "project/app.ino",
        "project/.config/wifi.h",
        "project/.config/other.h",
        "project/particle.include:../parts/p*.h\n.config/w*.h",
    ]);
    assert_eq!(sent(&folder, &["project"]), ["../parts/pins.h", ".config/wifi.h", "app.ino"]);
}

#[test]
fn a_line_that_is_no_pattern_is_named() {
    let folder = tree(&["app.ino", "particle.ignore:# fine\n\n[a"]);
    let refused = refusal(&folder, &[""]);
    assert!(refused.starts_with("particle.ignore line 3: "), "{refused}");
}

const LIBRARY: &[&str] = &[
    "library.properties",
    "README.md",
    "src/thing.cpp",
    "src/thing.h",
    "src/table.dat",
    "lib/dep/src/dep.h",
    "examples/usage/usage.ino",
    "examples/usage/helper.h",
    "examples/usage/notes.txt",
    "examples/other/other.ino",
];

#[test]
fn an_example_is_sent_whole_and_with_its_library() {
    let folder = tree(LIBRARY);
    let library =
        ["project.properties", "lib/dep/src/dep.h", "src/table.dat", "src/thing.cpp", "src/thing.h"];
    let example = ["src/examples/usage/helper.h", "src/examples/usage/usage.ino"];
    assert_eq!(sent(&folder, &["examples/usage"]), [&example[..], &library].concat());
    let named =
        ["src/examples/usage/usage.ino", "src/examples/usage/notes.txt", "src/examples/usage/helper.h"];
    let names = ["examples/usage/usage.ino", "examples/usage/notes.txt"];
    assert_eq!(sent(&folder, &names), [&named[..], &library].concat());
    let selection = select(&paths(&folder, &["examples/usage"]), false).unwrap();
    assert_eq!(selection.files[2].path, folder.path().join("library.properties"));
}

#[test]
fn a_folder_called_examples_makes_no_library() {
    let folder = tree(&["examples/usage/usage.ino", "src/thing.h"]);
    assert_eq!(sent(&folder, &["examples/usage"]), ["usage.ino"]);
}

#[test]
fn files_that_are_too_big_are_refused_wherever_they_are() {
    let folder = tree(&["app.ino", "big.h"]);
    let big = fs::File::create(folder.path().join("big.h")).unwrap();
    big.set_len(LARGEST_FILE).unwrap();
    select(&paths(&folder, &[""]), false).unwrap();
    big.set_len(LARGEST_FILE + 1).unwrap();
    for names in [&[""][..], &["app.ino", "big.h"]] {
        assert!(refusal(&folder, names).starts_with("big.h is too big"), "{names:?}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::{
        ffi::OsStr,
        os::unix::{ffi::OsStrExt, fs::symlink},
    };

    #[test]
    fn a_name_that_is_not_utf_8_is_refused_where_it_would_be_sent() {
        let folder = tree(&["app.ino"]);
        let odd = |name| folder.path().join(OsStr::from_bytes(name));
        fs::write(odd(b"caf\xe9.txt"), "").unwrap();
        assert_eq!(sent(&folder, &[""]), ["app.ino"]);
        fs::write(odd(b"caf\xe9.h"), "").unwrap();
        assert_eq!(refusal(&folder, &[""]).split(" cannot").count(), 2);
        assert!(refusal(&folder, &[""]).contains("caf\\xE9.h"));
        assert!(select(&[odd(b"caf\xe9.txt")], false).unwrap_err().to_string().contains("not UTF-8"));
    }

    #[test]
    fn a_name_that_would_end_a_header_is_refused() {
        let folder = tree(&["app.ino", "a\r\nb.h"]);
        assert!(refusal(&folder, &[""]).contains("control characters"));
    }

    #[test]
    fn symlinked_source_folder_is_sent() {
        let folder = tree(&["elsewhere/app.ino", "elsewhere/deep/util.h", "project/project.properties"]);
        symlink(folder.path().join("elsewhere"), folder.path().join("project/src")).unwrap();
        assert_eq!(sent(&folder, &["project"]), ["project.properties", "src/app.ino"]);
        let all = select(&paths(&folder, &["project"]), true).unwrap();
        let names: Vec<_> = all.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["project.properties", "src/app.ino", "src/deep/util.h"]);
    }

    #[test]
    fn a_link_to_nowhere_is_named() {
        let folder = tree(&["app.ino"]);
        symlink("nowhere", folder.path().join("lost.h")).unwrap();
        assert_eq!(refusal(&folder, &[""]), "I couldn't find that: lost.h");
    }
}

proptest! {
    #[test]
    fn every_name_is_sent_once_and_in_order(names in prop::collection::vec("[ab]/[ab][.](h|cpp|txt)", 1..12)) {
        let files: Vec<&str> = names.iter().map(String::as_str).collect();
        let folder = tree(&files);
        let mut expected: Vec<String> = names.iter().filter(|name| !name.ends_with("txt")).cloned().collect();
        expected.sort();
        expected.dedup();
        let selected = select(&paths(&folder, &[""]), false).map(|selection| selection.files).unwrap_or_default();
        prop_assert_eq!(selected.into_iter().map(|file| file.name).collect::<Vec<_>>(), expected);
    }
}
