//! Archives, good and bad.

use super::*;
use proptest::prelude::*;
use std::io::Write;

fn archive(files: &[(&str, &str)]) -> Archive {
    let mut archive = Archive::default();
    for (name, contents) in files {
        archive.add(name, contents.as_bytes().to_vec()).unwrap();
    }
    archive
}

/// A `tar.gz` of entries that no honest program makes: name, kind, what it links to.
fn crafted(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzBuilder::new().write(Vec::new(), Compression::fast()));
    for (name, kind, target) in entries {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(0);
        header.set_cksum();
        tar.append(&header, io::empty()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn refusal(entries: &[(&str, EntryType, &str)]) -> String {
    Archive::read(&crafted(entries)).unwrap_err().to_string()
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let long = format!("src/{}/deep.h", "long".repeat(60));
    let one = archive(&[("b.txt", "two"), ("a/b.h", "one"), (&long, "three")]);
    let other = archive(&[(&long, "three"), ("a/b.h", "one"), ("b.txt", "two")]);
    assert_eq!(one.to_bytes().unwrap(), other.to_bytes().unwrap());
    assert_eq!(Archive::read(&one.to_bytes().unwrap()).unwrap(), one);
    assert_eq!(one.file("a/b.h"), Some(&b"one"[..]));
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["../a", "a/../../b", "/etc/passwd", "C:a", "a\\..\\b", "a//b", "a/./b", "..", "a\u{1b}b"] {
        assert!(refusal(&[(name, EntryType::Regular, "")]).contains("cannot be used"), "{name}");
    }
    let read = Archive::read(&crafted(&[("./", EntryType::Directory, ""), ("./a", EntryType::Regular, "")]));
    assert_eq!(read.unwrap(), archive(&[("a", "")]));
}

#[test]
fn links_and_devices_are_refused() {
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Fifo] {
        assert!(refusal(&[("a", kind, "/etc")]).contains("neither file nor folder"), "{kind:?}");
    }
}

#[test]
fn a_file_is_no_folder() {
    let both = [("a/b", EntryType::Regular, ""), ("a", EntryType::Regular, "")];
    assert!(refusal(&both).contains("both as a file and as a folder"));
    let both = [("a", EntryType::Regular, ""), ("a/b", EntryType::Regular, "")];
    assert!(refusal(&both).contains("both as a file and as a folder"));
}

#[test]
fn too_much_is_refused_before_it_is_unpacked() {
    let many: Vec<String> = (0..=MOST_FILES).map(|index| format!("f{index}")).collect();
    let entries: Vec<_> = many.iter().map(|name| (name.as_str(), EntryType::Regular, "")).collect();
    assert!(refusal(&entries).contains("more than 10000 files"));

    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
    let mut header = Header::new_gnu();
    header.as_old_mut().name[0] = b'a';
    header.set_size(u64::MAX / 4);
    header.set_cksum();
    gzip.write_all(header.as_bytes()).unwrap();
    let bomb = gzip.finish().unwrap();
    assert!(matches!(Archive::read(&bomb), Err(ArchiveError::TooLarge)));
}

#[test]
fn unpacking_replaces_the_folder_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("lib/thing");
    archive(&[("old.h", ""), ("src/a.h", "1")]).unpack(&target).unwrap();
    archive(&[("src/a.h", "2")]).unpack(&target).unwrap();
    assert_eq!(fs::read_to_string(target.join("src/a.h")).unwrap(), "2");
    assert!(!target.join("old.h").exists());
    assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1, "nothing temporary is left");
}

#[test]
fn a_folder_that_was_changed_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("thing");
    let archive = archive(&[("README.md", "r"), ("src/a.h", "1")]);
    archive.unpack(&target).unwrap();
    assert!(archive.is_unpacked_in(&target).unwrap());
    fs::write(target.join("src/mine.h"), "").unwrap();
    assert!(!archive.is_unpacked_in(&target).unwrap());
    fs::remove_file(target.join("README.md")).unwrap();
    assert!(!archive.is_unpacked_in(&target).unwrap());
    fs::remove_file(target.join("src/mine.h")).unwrap();
    fs::write(target.join("README.md"), "other").unwrap();
    assert!(!archive.is_unpacked_in(&target).unwrap());
}

#[test]
fn adapters_lead_to_the_headers() {
    let mut archive = archive(&[("src/thing.h", ""), ("src/inner/deep.h", ""), ("src/thing.cpp", "")]);
    archive.add_adapters("thing").unwrap();
    assert_eq!(archive.file("src/thing/thing.h"), Some(&b"#include \"../thing.h\"\n"[..]));
    assert_eq!(archive.files().count(), 4);
}

proptest! {
    #[test]
    fn any_bytes_are_an_archive_or_none(bytes in prop::collection::vec(any::<u8>(), 0..2000), packed in any::<bool>()) {
        let bytes = if packed {
            let mut gzip = GzBuilder::new().write(Vec::new(), Compression::fast());
            gzip.write_all(&bytes).unwrap();
            gzip.finish().unwrap()
        } else {
            bytes
        };
        let _ = Archive::read(&bytes);
    }

    #[test]
    fn what_is_packed_is_read(files in prop::collection::btree_map("[a-z]{1,5}/[a-z.]{1,120}[a-z]", prop::collection::vec(any::<u8>(), 0..600), 0..8)) {
        let mut archive = Archive::default();
        for (name, contents) in files {
            archive.add(&name, contents).unwrap();
        }
        prop_assert_eq!(Archive::read(&archive.to_bytes().unwrap()).unwrap(), archive);
    }

    #[test]
    fn damage_is_an_error_and_no_panic(place in 0..10_000usize, flip in 1..=255u8) {
        let mut bytes = archive(&[("a.h", "one"), ("b/c.h", "two")]).to_bytes().unwrap();
        let place = place % bytes.len();
        bytes[place] ^= flip;
        let _ = Archive::read(&bytes);
    }
}
