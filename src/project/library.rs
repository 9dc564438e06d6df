//! Libraries: their formats, what one must have to be uploaded, and which of its files are packed.

use super::{
    Archive, Manifest, ManifestKind, ProjectError,
    name::{problem_with_name, problem_with_text, problem_with_version},
    selection::walk::{Found, Walk},
};
use std::{fs, path::Path};

/// Ends of names of the files that are packed, in lower case.
const PACKED_EXTENSIONS: &[&str] = &[
    "ino",
    "pde",
    "cpp",
    "cc",
    "cxx",
    "c++",
    "c",
    "h",
    "hh",
    "hpp",
    "hxx",
    "h++",
    "ipp",
    "s",
    "a",
    "properties",
    "md",
    "txt",
];

/// How a library is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibraryFormat {
    /// The old one: `spark.json` and `firmware/`.
    V1,
    /// `library.properties` and `src/`.
    V2,
}

impl LibraryFormat {
    /// The format of the library in a folder, if there is one.
    pub fn of(folder: &Path) -> Option<Self> {
        if folder.join("library.properties").is_file() {
            Some(Self::V2)
        } else {
            folder.join("spark.json").is_file().then_some(Self::V1)
        }
    }
}

/// A library that has all it needs to be uploaded.
#[derive(Debug)]
pub struct Library {
    /// Its description.
    pub manifest: Manifest,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its files.
    pub archive: Archive,
}

/// What keeps a library from being uploaded.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// It lacks something. Each line names a file, and the field where it is one.
    #[error("Library is not valid. {}", .0.join("\n"))]
    Invalid(Vec<String>),
    /// Its files cannot be read.
    #[error(transparent)]
    Files(#[from] ProjectError),
}

impl Library {
    /// Reads and checks the library in a folder.
    pub fn read(folder: &Path) -> Result<Self, LibraryError> {
        let manifest = match (Manifest::read(folder, ManifestKind::Library)?, LibraryFormat::of(folder)) {
            (Some(manifest), _) => manifest,
            (None, Some(LibraryFormat::V1)) => {
                return Err(invalid("library must be migrated from v1 format"));
            }
            (None, _) => return Err(invalid("library is missing library.properties")),
        };
        let files = packed_files(folder)?;
        let problems: Vec<String> =
            problems_with_fields(&manifest).chain(problems_with_files(&manifest, &files)).collect();
        if !problems.is_empty() {
            return Err(LibraryError::Invalid(problems));
        }
        let field = |name| manifest.field(name).unwrap_or_default();
        let (name, version) = (field("name"), field("version"));
        Ok(Self { name, version, archive: pack(&files)?, manifest })
    }
}

fn invalid(problem: &str) -> LibraryError {
    LibraryError::Invalid(vec![problem.to_owned()])
}

fn problems_with_fields(manifest: &Manifest) -> impl Iterator<Item = String> {
    type Rule = fn(&str) -> Option<&'static str>;
    let rules: [(&str, Rule); 4] = [
        ("name", problem_with_name),
        ("version", problem_with_version),
        ("author", problem_with_text),
        ("sentence", problem_with_text),
    ];
    rules.into_iter().filter_map(move |(field, rule)| {
        let problem = rule(&manifest.field(field).unwrap_or_default())?;
        Some(format!("{}: {field} {problem}", ManifestKind::Library.file_name()))
    })
}

fn problems_with_files(manifest: &Manifest, files: &[Found]) -> impl Iterator<Item = String> {
    let has = |wanted: &dyn Fn(&str) -> bool| files.iter().any(|file| wanted(&file.name));
    let name = bare(&manifest.field("name").unwrap_or_default());
    let is_header = |file: &str| {
        let header = file.strip_prefix("src/").and_then(|file| file.rsplit_once('.'));
        header.is_some_and(|(stem, extension)| bare(stem) == name && extension.starts_with('h'))
    };
    let problems = [
        (!has(&|file| file.to_lowercase().starts_with("readme")))
            .then_some("README.md is missing".to_owned()),
        (!has(&|file| file.to_lowercase().starts_with("license"))).then_some("LICENSE is missing".to_owned()),
        (!has(&is_header)).then(|| {
            let name = manifest.field("name").unwrap_or_else(|| "NAME".to_owned());
            format!("main header is missing: src/{name}.h")
        }),
    ];
    problems.into_iter().flatten()
}

/// Name of a header or library without what may differ between the two.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The files that are packed: sources, documents and the licence, wherever in the library they are.
fn packed_files(folder: &Path) -> Result<Vec<Found>, ProjectError> {
    let walk = Walk { follow_symlinks: true, hidden: true };
    let files = walk.files(folder)?.into_iter().filter(|file| {
        let git = file.name.split('/').any(|part| part == ".git");
        !git && is_packed(file.name.rsplit('/').next().unwrap_or_default())
    });
    files.collect::<Vec<_>>().into_iter().map(checked).collect()
}

fn is_packed(file_name: &str) -> bool {
    let name = file_name.to_lowercase();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    name == "license" || extension.is_some_and(|extension| PACKED_EXTENSIONS.contains(&extension))
}

fn checked(file: Found) -> Result<Found, ProjectError> {
    if file.exact { Ok(file) } else { Err(ProjectError::Name { path: file.path, reason: "it is not UTF-8" }) }
}

fn pack(files: &[Found]) -> Result<Archive, ProjectError> {
    let mut archive = Archive::default();
    for file in files {
        let contents = fs::read(&file.path).map_err(ProjectError::reading(&file.path))?;
        archive
            .add(&file.name, contents)
            .map_err(|source| ProjectError::Archive { path: file.path.clone(), source })?;
    }
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, contents) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, contents).unwrap();
        }
        folder
    }

    fn problems(files: &[(&str, &str)]) -> String {
        Library::read(library(files).path()).unwrap_err().to_string()
    }

    const PROPERTIES: &str = "name=My-lib\nversion=0.1.2\nauthor=Me\nsentence=It is one\n";

    #[test]
    fn a_library_is_packed_without_what_is_no_source() {
        let folder = library(&[
            ("library.properties", PROPERTIES),
            ("README.md", ""),
            ("LICENSE", ""),
            ("src/my_lib.h", "#pragma once"),
            ("src/asm.S", ""),
            ("src/odd.hxx", ""),
            ("examples/one/one.INO", ""),
            ("photo.png", ""),
            (".git/description.txt", ""),
        ]);
        let library = Library::read(folder.path()).unwrap();
        assert_eq!((library.name.as_str(), library.version.as_str()), ("My-lib", "0.1.2"));
        let names: Vec<_> = library.archive.files().map(|(name, _)| name).collect();
        let expected = [
            "LICENSE",
            "README.md",
            "examples/one/one.INO",
            "library.properties",
            "src/asm.S",
            "src/my_lib.h",
            "src/odd.hxx",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let all = problems(&[("library.properties", "name=my lib\nversion=1\nauthor=\n")]);
        let expected = "Library is not valid. \
            library.properties: name must only contain letters, numbers, dashes, underscores and plus signs.\n\
            library.properties: version must be formatted like 1.0.0\n\
            library.properties: author can't be blank\n\
            library.properties: sentence can't be blank\n\
            README.md is missing\nLICENSE is missing\nmain header is missing: src/my lib.h";
        assert_eq!(all, expected);
    }

    #[test]
    fn what_is_no_library_is_said_alone() {
        assert_eq!(problems(&[]), "Library is not valid. library is missing library.properties");
        let old = problems(&[("spark.json", "{}")]);
        assert_eq!(old, "Library is not valid. library must be migrated from v1 format");
    }
}
