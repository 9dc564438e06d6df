//! Which files of a folder are sent.

use super::{
    SourceFile,
    pattern::Rules,
    walk::{Found, Walk},
};
use crate::project::ProjectError;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Extensions of source files, in lower case only, as the compile service has it.
const SOURCE_EXTENSIONS: &[&str] = &["h", "hpp", "hh", "hxx", "ino", "cpp", "c"];

/// Files that a folder contributes, by name.
///
/// First the usual ones, then what `particle.include` files add, then what `particle.ignore` files leave.
pub(super) fn sources(folder: &Path, walk: Walk) -> Result<Vec<SourceFile>, ProjectError> {
    let found = walk.files(folder)?;
    let rules = Rules::among(&found)?;
    let usual = found.into_iter().filter(|file| is_usual(&file.name));
    let mut chosen: BTreeMap<String, Found> = usual.map(|file| (file.name.clone(), file)).collect();
    for pattern in &rules.include {
        for file in pattern.find(folder, walk)? {
            chosen.entry(file.name.clone()).or_insert(file);
        }
    }
    chosen.retain(|name, _| !rules.ignore.iter().any(|pattern| pattern.matches(name)));
    chosen.into_values().map(SourceFile::try_from).collect()
}

/// Every file below a folder that is not hidden, by name. A folder that does not exist has none.
pub(super) fn everything(folder: &Path, walk: Walk) -> Result<Vec<SourceFile>, ProjectError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let found = walk.files(folder)?;
    let by_name: BTreeMap<String, Found> = found.into_iter().map(|file| (file.name.clone(), file)).collect();
    by_name.into_values().map(SourceFile::try_from).collect()
}

fn is_usual(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    let source = extension.is_some_and(|extension| SOURCE_EXTENSIONS.contains(&extension));
    let described = folder.is_empty() && file == "project.properties";
    (source || described || file == "build.mk") && !is_example_of_library(name)
}

/// Examples of libraries in `lib/` are programs of their own, with a `setup` and a `loop` each.
fn is_example_of_library(name: &str) -> bool {
    let mut parts = name.split('/');
    parts.next() == Some("lib") && parts.nth(1) == Some("examples") && parts.next().is_some()
}

impl TryFrom<Found> for SourceFile {
    type Error = ProjectError;

    fn try_from(file: Found) -> Result<Self, ProjectError> {
        if !file.exact {
            return Err(ProjectError::Name { path: file.path, reason: "it is not UTF-8" });
        }
        Self::new(file.path, file.name)
    }
}

/// The folder that a path is in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual() {
        for name in
            ["a.h", "src/a.hxx", "x/y/z.ino", "project.properties", "lib/foo/build.mk", "lib/examples/a.c"]
        {
            assert!(is_usual(name), "{name}");
        }
        for name in [
            "UP.CPP",
            "a.S",
            "a.txt",
            "src/project.properties",
            "lib/foo/library.properties",
            "lib/foo/examples/one/one.ino",
            "lib/foo/examples/a.h",
            "README",
        ] {
            assert!(!is_usual(name), "{name}");
        }
    }
}
