//! `project.properties` and `library.properties`: what a project or library is called and which libraries it uses.

use super::{ProjectError, Properties, Syntax};
use crate::atomic_file::{self, Access};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What dependencies begin with: `dependencies.NAME=VERSION`.
const DEPENDENCY: &str = "dependencies.";

/// Which of the two a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestKind {
    /// `project.properties`
    Project,
    /// `library.properties`
    Library,
}

impl ManifestKind {
    /// The name of the file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Project => "project.properties",
            Self::Library => "library.properties",
        }
    }

    fn syntax(self) -> Syntax {
        match self {
            Self::Project => Syntax::Plain,
            Self::Library => Syntax::Java,
        }
    }
}

/// A library that a project or another library uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Name of the library.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One of the two files, as it is on disk or is going to be.
#[derive(Clone, Debug)]
pub struct Manifest {
    kind: ManifestKind,
    path: PathBuf,
    properties: Properties,
}

impl Manifest {
    /// The file that describes what is in a folder: a project or else a library.
    pub fn find(folder: &Path) -> Result<Self, ProjectError> {
        for kind in [ManifestKind::Project, ManifestKind::Library] {
            if let Some(manifest) = Self::read(folder, kind)? {
                return Ok(manifest);
            }
        }
        Err(ProjectError::NoManifest(folder.to_owned()))
    }

    /// Reads the file of this kind in a folder, if there is one.
    pub fn read(folder: &Path, kind: ManifestKind) -> Result<Option<Self>, ProjectError> {
        let path = folder.join(kind.file_name());
        let contents = match fs::read(&path) {
            Ok(contents) => contents,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ProjectError::Read { path, source }),
        };
        let Ok(text) = String::from_utf8(contents) else { return Err(ProjectError::NotText(path)) };
        Ok(Some(Self { kind, path, properties: Properties::parse(&text, kind.syntax()) }))
    }

    /// A new file with this text, to be written in a folder.
    pub fn new(folder: &Path, kind: ManifestKind, text: &str) -> Self {
        Self { kind, path: folder.join(kind.file_name()), properties: Properties::parse(text, kind.syntax()) }
    }

    /// Which of the two files it is.
    pub fn kind(&self) -> ManifestKind {
        self.kind
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        self.properties.to_text()
    }

    /// The value of a field; `None` where it is missing or blank.
    pub fn field(&self, field: &str) -> Option<String> {
        self.properties.get(field).filter(|value| !value.is_empty()).map(|value| value.into_owned())
    }

    /// All fields, in the order of the file.
    pub fn fields(&self) -> Vec<(String, String)> {
        let fields = self.properties.entries();
        fields.map(|(field, value)| (field.into_owned(), value.into_owned())).collect()
    }

    /// Changes a field.
    pub fn set_field(&mut self, field: &str, value: &str) {
        self.properties.set(field, value);
    }

    /// The libraries that are used, in the order of the file.
    pub fn dependencies(&self) -> Vec<Dependency> {
        let mut dependencies: Vec<Dependency> = Vec::new();
        for (key, version) in self.properties.entries() {
            let Some(name) = key.strip_prefix(DEPENDENCY) else { continue };
            dependencies.retain(|known| known.name != name);
            dependencies.push(Dependency { name: name.to_owned(), version: version.into_owned() });
        }
        dependencies
    }

    /// Notes that a library is used, in this version and no other.
    pub fn set_dependency(&mut self, dependency: &Dependency) {
        self.properties.set(&format!("{DEPENDENCY}{}", dependency.name), &dependency.version);
    }

    /// Notes that a library is not used any more. Says whether it was.
    pub fn remove_dependency(&mut self, name: &str) -> bool {
        self.properties.remove(&format!("{DEPENDENCY}{name}"))
    }

    /// Writes the file.
    pub fn save(&self) -> Result<(), ProjectError> {
        atomic_file::replace(&self.path, self.text().as_bytes(), Access::Everyone)
            .map_err(ProjectError::writing(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_is_added_and_upgraded_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("project.properties");
        fs::write(&path, "# mine\r\nname=x\r\ndependencies.foo=1.0.0\r\n#assetOtaDir=assets\r\n").unwrap();
        let mut manifest = Manifest::find(folder.path()).unwrap();
        for (name, version) in [("foo", "1.1.0"), ("bar", "0.1.0")] {
            manifest.set_dependency(&Dependency { name: name.into(), version: version.into() });
        }
        manifest.save().unwrap();
        let expected =
            "# mine\r\nname=x\r\ndependencies.foo=1.1.0\r\n#assetOtaDir=assets\r\ndependencies.bar=0.1.0\r\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        let names: Vec<_> = manifest.dependencies().into_iter().map(|dependency| dependency.name).collect();
        assert_eq!(names, ["foo", "bar"]);
        assert!(manifest.remove_dependency("foo") && !manifest.remove_dependency("foo"));
    }

    #[test]
    fn a_project_comes_before_a_library() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Manifest::find(folder.path()).unwrap_err().to_string();
        assert!(missing.starts_with("Project or library not found in directory "), "{missing}");
        fs::write(folder.path().join("library.properties"), "name: lib\n").unwrap();
        let library = Manifest::find(folder.path()).unwrap();
        assert_eq!((library.kind(), library.field("name")), (ManifestKind::Library, Some("lib".into())));
        fs::write(folder.path().join("project.properties"), "name=\n").unwrap();
        let project = Manifest::find(folder.path()).unwrap();
        assert_eq!((project.kind(), project.field("name")), (ManifestKind::Project, None));
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("project.properties"), b"name=\xff\n").unwrap();
        assert!(Manifest::find(folder.path()).unwrap_err().to_string().ends_with("is not UTF-8 text"));
    }
}
