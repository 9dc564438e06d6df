//! The libraries that a project names, as the service adds them to what was sent.

use super::submission::File;
use crate::project::Archive;
use crate::sandbox::cloud::{Records, libraries::Release};
use std::collections::{HashSet, VecDeque};

const MANIFEST: &str = "project.properties";
/// What the lines begin with that name a library.
const DEPENDENCY: &str = "dependencies.";

/// What a project's libraries bring along.
#[derive(Debug, Default)]
pub(in crate::sandbox::cloud) struct Imports {
    /// Names by which code includes their headers.
    headers: HashSet<String>,
    /// Libraries that are not to be had.
    pub(super) missing: Vec<Missing>,
}

/// A library that the project names and the catalogue does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    /// Where it is named: the number of the line in `project.properties`.
    pub(super) line: usize,
    /// That line.
    pub(super) text: String,
    /// Its name and version.
    pub(super) library: String,
}

impl Imports {
    /// The libraries of a project, and those that they need, as far as an account can see them.
    pub(in crate::sandbox::cloud) fn of(records: &Records, username: &str, files: &[File]) -> Self {
        let mut imports = Self::default();
        let Some(manifest) = files.iter().find(|file| file.name == MANIFEST) else { return imports };
        let manifest = String::from_utf8_lossy(&manifest.content);
        let mut wanted: VecDeque<(String, String)> = VecDeque::new();
        for (index, line) in manifest.lines().enumerate() {
            let Some((name, version)) = dependency(line) else { continue };
            if release(records, username, name, version).is_none() {
                let library = format!("{name}@{version}");
                imports.missing.push(Missing { line: index + 1, text: line.to_owned(), library });
            }
            wanted.push_back((name.to_owned(), version.to_owned()));
        }
        let mut known = HashSet::new();
        while let Some((name, version)) = wanted.pop_front() {
            let Some(release) = release(records, username, &name, &version) else { continue };
            if known.insert(name.to_lowercase()) {
                imports.add(release);
                let further = release.dependencies().into_iter();
                wanted.extend(further.map(|(name, version)| (name.to_owned(), version.to_owned())));
            }
        }
        imports
    }

    /// Whether a library has this header.
    pub(super) fn has(&self, header: &str) -> bool {
        self.headers.contains(header)
    }

    fn add(&mut self, release: &Release) {
        // What is in the catalogue was read when it was put there.
        let Ok(archive) = Archive::read(&release.archive.0) else { return };
        let names = archive.files().map(|(name, _)| name.strip_prefix("src/").unwrap_or(name).to_owned());
        self.headers.extend(names);
    }
}

fn dependency(line: &str) -> Option<(&str, &str)> {
    let (key, version) = line.split_once('=')?;
    Some((key.trim().strip_prefix(DEPENDENCY)?, version.trim()))
}

fn release<'r>(records: &'r Records, username: &str, name: &str, version: &str) -> Option<&'r Release> {
    records.library(name)?.release(username, Some(version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::cloud::catalogue;

    fn imports(manifest: &str) -> Imports {
        let records = Records { libraries: catalogue().unwrap(), ..Records::default() };
        let file = File { name: MANIFEST.into(), content: manifest.into() };
        Imports::of(&records, "ada@example.com", &[file])
    }

    #[test]
    fn libraries_come_with_those_they_need() {
        let imports = imports("name=p\ndependencies.internetbutton=0.1.10\n");
        assert!(imports.missing.is_empty());
        assert!(imports.has("InternetButton.h") && imports.has("RollingAverage.h"));
        assert!(!imports.has("TrafficLight.h"));
    }

    #[test]
    fn what_nobody_has_or_may_see_is_missing() {
        let imports = imports("dependencies.Nothing = 1.0.0\ndependencies.DoorChime=0.3.0\n");
        let missing: Vec<_> = imports.missing.iter().map(|it| (it.line, it.library.as_str())).collect();
        assert_eq!(missing, [(1, "Nothing@1.0.0"), (2, "DoorChime@0.3.0")]);
    }
}
