//! From the old format of libraries (`spark.json`, `firmware/`) to the one in use (`library.properties`, `src/`).

use super::{ManifestKind, ProjectError, Properties, Syntax, selection::walk::Walk, template::LibraryFields};
use crate::atomic_file::{self, Access};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// The description of an old library.
const OLD_MANIFEST: &str = "spark.json";
/// The folder with the sources of an old library.
const OLD_SOURCES: &str = "firmware";

/// What a library in the old format becomes.
#[derive(Debug, PartialEq, Eq)]
pub struct Migration {
    folder: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
}

impl Migration {
    /// Works out what the library in a folder becomes. With `adapters`, programs that include `NAME/NAME.h` still find
    /// it.
    pub fn plan(folder: &Path, adapters: bool) -> Result<Self, ProjectError> {
        let manifest = folder.join(OLD_MANIFEST);
        let description = fs::read(&manifest).map_err(ProjectError::reading(&manifest))?;
        let sources = folder.join(OLD_SOURCES);
        let mut old = BTreeMap::new();
        if sources.is_dir() {
            for file in (Walk { follow_symlinks: true, hidden: true }).files(&sources)? {
                if !file.exact {
                    return Err(ProjectError::Name { path: file.path, reason: "it is not UTF-8" });
                }
                let contents = fs::read(&file.path).map_err(ProjectError::reading(&file.path))?;
                old.insert(file.name, contents);
            }
        }
        let files = migrated(&description, old, adapters)
            .map_err(|problem| ProjectError::Description { path: manifest, problem })?;
        Ok(Self { folder: folder.to_owned(), files })
    }

    /// The new files, by name.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// Writes the new files, the description last, and then removes the old ones: until the description is there, the
    /// library is an old one, whose migration can be repeated.
    pub fn carry_out(&self) -> Result<(), ProjectError> {
        for (name, contents) in &self.files {
            let path = self.folder.join(name);
            if fs::read(&path).is_ok_and(|found| found != *contents) {
                return Err(ProjectError::InTheWay(path));
            }
        }
        let (description, others): (Vec<_>, Vec<_>) =
            self.files.iter().partition(|(name, _)| *name == ManifestKind::Library.file_name());
        for (name, contents) in others.into_iter().chain(description) {
            let path = self.folder.join(name);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| atomic_file::replace(&path, contents, Access::Everyone))
                .map_err(ProjectError::writing(&path))?;
        }
        let sources = self.folder.join(OLD_SOURCES);
        match fs::remove_dir_all(&sources) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ProjectError::writing(sources)(error));
            }
            _ => {}
        }
        let manifest = self.folder.join(OLD_MANIFEST);
        fs::remove_file(&manifest).map_err(ProjectError::writing(manifest))
    }
}

/// The new files of a library with this description and these files in `firmware/`.
fn migrated(
    description: &[u8],
    old: BTreeMap<String, Vec<u8>>,
    adapters: bool,
) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let description: Map<String, Value> =
        serde_json::from_slice(description).map_err(|error| format!("it is no JSON object: {error}"))?;
    let name = text(&description, "name").ok_or("name is missing")?;
    if let Some(problem) = super::name::problem_with_name(&name) {
        return Err(format!("name {problem}"));
    }
    let mut files = BTreeMap::new();
    for (old_name, contents) in old {
        let contents = if is_source(&old_name) { without_prefix(&contents, &name) } else { contents };
        files.insert(new_place(&old_name), contents);
    }
    if adapters {
        files.extend(adapters_of(&files, &name));
    }
    files.insert(ManifestKind::Library.file_name().to_owned(), properties(&description, &name).into_bytes());
    Ok(files)
}

/// Where a file of `firmware/` goes.
fn new_place(old: &str) -> String {
    if let Some(test) = old.strip_prefix("test/") {
        return format!("test/unit/{test}");
    }
    match old.strip_prefix("examples/") {
        Some(example) if example.contains('/') => format!("examples/{example}"),
        Some(example) => {
            let stem = example.rsplit_once('.').map_or(example, |(stem, _)| stem);
            format!("examples/{stem}/{example}")
        }
        None => format!("src/{old}"),
    }
}

/// Headers in a folder of the library's name that include the real ones, as the old format had it.
pub(super) fn adapters_of(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Vec<(String, Vec<u8>)> {
    let headers = files.keys().filter_map(|file| {
        let header = file.strip_prefix("src/").filter(|file| !file.contains('/') && file.ends_with(".h"))?;
        Some((format!("src/{name}/{header}"), format!("#include \"../{header}\"\n").into_bytes()))
    });
    headers.filter(|(adapter, _)| !files.contains_key(adapter)).collect()
}

fn is_source(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| {
        ["h", "hpp", "hh", "hxx", "c", "cc", "cpp", "cxx", "ino", "pde"].contains(&extension.as_str())
    })
}

/// A source in which `#include "NAME/x.h"` has become `#include "x.h"`.
fn without_prefix(source: &[u8], name: &str) -> Vec<u8> {
    let lines = source.split_inclusive(|byte| *byte == b'\n');
    lines.flat_map(|line| line_without_prefix(line, name).unwrap_or_else(|| line.to_vec())).collect()
}

fn line_without_prefix(line: &[u8], name: &str) -> Option<Vec<u8>> {
    let quote = line.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let (directive, file) = line.split_at(quote + 1);
    let words = directive[..quote].trim_ascii().strip_prefix(b"#")?;
    let rest = file.strip_prefix(name.as_bytes())?.strip_prefix(b"/")?;
    (words.trim_ascii() == b"include").then(|| [directive, rest].concat())
}

/// The new description: what the old one says, and hints for what it does not.
fn properties(description: &Map<String, Value>, name: &str) -> String {
    let field = |key| text(description, key);
    let fields = LibraryFields {
        name,
        version: field("version").as_deref(),
        author: field("author").as_deref(),
        license: field("license").as_deref(),
        sentence: field("description").as_deref(),
        url: field("url").as_deref(),
        repository: field("repository").as_deref(),
        architectures: field("architectures").as_deref(),
    }
    .to_text();
    let mut properties = Properties::parse(&fields, Syntax::Java);
    for (library, version) in description.get("dependencies").and_then(Value::as_object).into_iter().flatten()
    {
        if let Some(version) = version.as_str() {
            properties.set(&format!("dependencies.{library}"), version);
        }
    }
    properties.to_text()
}

/// A field as a text; lists become texts with commas.
fn text(description: &Map<String, Value>, key: &str) -> Option<String> {
    match description.get(key)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
            .filter(|text| !text.is_empty()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DESCRIPTION: &str = r#"{"name":"My-lib","version":"0.1.2","author":"Me","license":"MIT",
        "description":"A thing","dependencies":{"foo":"1.0.0"},"architectures":["photon","core"]}"#;

    fn files(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(name, contents)| ((*name).to_owned(), contents.as_bytes().to_vec())).collect()
    }

    fn old_sources() -> BTreeMap<String, Vec<u8>> {
        files(&[
            ("My-lib.cpp", "#include \"My-lib/My-lib.h\"\n# include 'My-lib/x.h'\r\n#include <My-lib/x.h>\n"),
            ("My-lib.h", "#include \"deep/d.h\"\n"),
            ("deep/d.h", ""),
            ("examples/one.ino", "#include \"My-lib/My-lib.h\""),
            ("examples/two/two.ino", ""),
            ("note.txt", "#include \"My-lib/My-lib.h\""),
            ("test/t.cpp", ""),
        ])
    }

    #[test]
    fn every_file_finds_its_place() {
        let new = migrated(DESCRIPTION.as_bytes(), old_sources(), true).unwrap();
        let mut rest = new.clone();
        let properties = rest.remove("library.properties").unwrap();
        let expected = files(&[
            ("src/My-lib.cpp", "#include \"My-lib.h\"\n# include 'x.h'\r\n#include <My-lib/x.h>\n"),
            ("src/My-lib.h", "#include \"deep/d.h\"\n"),
            ("src/My-lib/My-lib.h", "#include \"../My-lib.h\"\n"),
            ("src/deep/d.h", ""),
            ("examples/one/one.ino", "#include \"My-lib.h\""),
            ("examples/two/two.ino", ""),
            ("src/note.txt", "#include \"My-lib/My-lib.h\""),
            ("test/unit/t.cpp", ""),
        ]);
        assert_eq!(rest, expected);
        let properties = Properties::parse(std::str::from_utf8(&properties).unwrap(), Syntax::Java);
        for (key, value) in [
            ("name", "My-lib"),
            ("version", "0.1.2"),
            ("author", "Me"),
            ("license", "MIT"),
            ("sentence", "A thing"),
            ("architectures", "photon,core"),
            ("dependencies.foo", "1.0.0"),
        ] {
            assert_eq!(properties.get(key).unwrap(), value);
        }
        let without = migrated(DESCRIPTION.as_bytes(), old_sources(), false).unwrap();
        assert!(!without.contains_key("src/My-lib/My-lib.h"));
    }

    #[test]
    fn descriptions_that_will_not_do_are_explained() {
        let problem =
            |description: &str| migrated(description.as_bytes(), BTreeMap::new(), true).unwrap_err();
        assert!(problem("{").starts_with("it is no JSON object"));
        assert_eq!(problem("{}"), "name is missing");
        assert!(problem(r#"{"name":"../x"}"#).starts_with("name must only contain"));
    }

    fn old_library() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("spark.json"), DESCRIPTION).unwrap();
        for (name, contents) in old_sources() {
            let path = folder.path().join("firmware").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, contents).unwrap();
        }
        folder
    }

    #[test]
    fn the_old_files_go_when_the_new_ones_are_there() {
        let folder = old_library();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/My-lib.h"), "mine").unwrap();
        let migration = Migration::plan(folder.path(), true).unwrap();
        assert!(
            matches!(migration.carry_out(), Err(ProjectError::InTheWay(path)) if path.ends_with("src/My-lib.h"))
        );
        assert!(!folder.path().join("library.properties").exists(), "nothing was written");
        fs::remove_file(folder.path().join("src/My-lib.h")).unwrap();
        migration.carry_out().unwrap();
        assert!(folder.path().join("src/deep/d.h").exists());
        assert!(!folder.path().join("spark.json").exists() && !folder.path().join("firmware").exists());
    }

    proptest! {
        #[test]
        fn any_description_is_understood_or_refused(description in prop_oneof![
            "[{}\\[\\]\":,a-z0-9 ]{0,60}",
            "\\{\"name\":\"[a-z=\n]{1,4}\",\"description\":\"[a-z=:# \\\\n]{0,12}\",\"dependencies\":\\{\"[a-z= ]{1,4}\":[\"1]{1,3}\\}\\}",
        ]) {
            let _ = migrated(description.as_bytes(), BTreeMap::new(), true);
        }
    }
}
