//! An example of a library is built together with its library.

use super::{
    SourceFile,
    folder::{everything, folder_of, sources},
    walk::Walk,
};
use crate::project::{ProjectError, library::LibraryFormat};
use std::{
    fs,
    path::{Component, Path, PathBuf},
};

/// An example, `examples/NAME` in a library.
pub(super) struct Example {
    library: PathBuf,
    folder: PathBuf,
    name: String,
}

impl Example {
    /// The example that a file or folder is, if it is one.
    pub fn at(path: &Path) -> Option<Self> {
        let folder = if path.is_dir() { path.to_owned() } else { folder_of(path) };
        let real = fs::canonicalize(&folder).ok()?;
        let name = real.file_name()?.to_str()?.to_owned();
        let in_examples = real.parent()?.file_name()? == "examples";
        let library = two_up(&folder);
        (in_examples && LibraryFormat::of(&library) == Some(LibraryFormat::V2)).then_some(Self {
            library,
            folder,
            name,
        })
    }

    /// What is sent: the files that were chosen and the rest of the example under `src/examples/NAME`, beside the
    /// library's own `src` and `lib`. The library's description stands in for that of a project.
    pub fn with_library(&self, chosen: Vec<SourceFile>, walk: Walk) -> Result<Vec<SourceFile>, ProjectError> {
        let mut example = chosen;
        for file in sources(&self.folder, walk)? {
            if !example.iter().any(|known| known.name == file.name) {
                example.push(file);
            }
        }
        let mut files = prefixed(example, &format!("src/examples/{}", self.name));
        files.push(SourceFile::new(self.library.join("library.properties"), "project.properties".into())?);
        for folder in ["lib", "src"] {
            files.extend(prefixed(everything(&self.library.join(folder), walk)?, folder));
        }
        Ok(files)
    }
}

fn prefixed(files: Vec<SourceFile>, folder: &str) -> Vec<SourceFile> {
    let renamed =
        files.into_iter().map(|file| SourceFile { name: format!("{folder}/{}", file.name), ..file });
    renamed.collect()
}

/// The folder two above, by its name where that can be told from the path, or else by dots.
fn two_up(folder: &Path) -> PathBuf {
    let mut components = folder.components().rev();
    let named = components.by_ref().take(2).filter(|part| matches!(part, Component::Normal(_))).count() == 2;
    if !named {
        return if folder == Path::new(".") { PathBuf::from("../..") } else { folder.join("../..") };
    }
    components.rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_of_an_example() {
        for (folder, library) in [
            ("examples/usage", ""),
            ("lib/foo/examples/usage", "lib/foo"),
            ("/a/examples/usage", "/a"),
            (".", "../.."),
            ("usage", "usage/../.."),
            ("../usage", "../usage/../.."),
        ] {
            assert_eq!(two_up(Path::new(folder)), Path::new(library), "{folder}");
        }
    }
}
