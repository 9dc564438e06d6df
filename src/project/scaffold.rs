//! Making the files of new projects and libraries, without touching any that exist.

use super::{Manifest, ManifestKind, ProjectError, select, selection::walk::inside, template};
use crate::atomic_file::{self, Access};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What was made.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scaffold {
    /// Files that were made.
    pub created: Vec<PathBuf>,
    /// Files that were there.
    pub kept: Vec<PathBuf>,
}

impl Scaffold {
    /// Makes what a folder lacks to be a project of this name. A project that has sources is given no others.
    pub fn project(folder: &Path, name: &str) -> Result<Self, ProjectError> {
        let program = format!("src/{name}.ino");
        let keep_sources = has_sources(folder)?;
        let files = template::project(name).into_iter();
        let made = Self::write(folder, files.filter(|(file, _)| !keep_sources || *file != program))?;
        if let Some(mut manifest) = Manifest::read(folder, ManifestKind::Project)?
            && manifest.field("name").as_deref() != Some(name)
        {
            manifest.set_field("name", name);
            manifest.save()?;
        }
        Ok(made)
    }

    /// Makes what a folder lacks to be a library.
    pub fn library(folder: &Path, files: Vec<template::NewFile>) -> Result<Self, ProjectError> {
        Self::write(folder, files.into_iter())
    }

    fn write(folder: &Path, files: impl Iterator<Item = template::NewFile>) -> Result<Self, ProjectError> {
        let mut made = Self::default();
        for (name, contents) in files {
            let path = inside(folder, &name);
            if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                fs::create_dir_all(parent).map_err(ProjectError::writing(parent))?;
            }
            match atomic_file::create(&path, contents.as_bytes(), Access::Everyone) {
                Ok(()) => made.created.push(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => made.kept.push(path),
                Err(error) => return Err(ProjectError::writing(path)(error)),
            }
        }
        Ok(made)
    }
}

/// Whether a folder has source files that are not those of libraries.
fn has_sources(folder: &Path) -> Result<bool, ProjectError> {
    match select(&[folder.to_owned()], false) {
        Ok(selection) => Ok(selection
            .files
            .iter()
            .any(|file| !file.name.starts_with("lib/") && file.name != ManifestKind::Project.file_name())),
        Err(ProjectError::NoSource | ProjectError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("README.md"), "mine").unwrap();
        let made = Scaffold::project(folder.path(), "bell").unwrap();
        assert_eq!(made.created, [path("project.properties"), path("src/bell.ino")]);
        assert_eq!(made.kept, [path("README.md")]);
        assert_eq!(fs::read_to_string(path("README.md")).unwrap(), "mine");
        let again = Scaffold::project(folder.path(), "bell").unwrap();
        assert_eq!(again.created, <[PathBuf; 0]>::default());
    }

    #[test]
    fn a_project_is_renamed_in_place_and_given_no_second_program() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("project.properties"), "# mine\nname = old\ndependencies.a=1.0.0\n")
            .unwrap();
        fs::write(folder.path().join("main.cpp"), "").unwrap();
        Scaffold::project(folder.path(), "new").unwrap();
        let text = fs::read_to_string(folder.path().join("project.properties")).unwrap();
        assert_eq!(text, "# mine\nname = new\ndependencies.a=1.0.0\n");
        assert!(!folder.path().join("src").exists());
    }
}
