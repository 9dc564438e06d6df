//! Looking through folders, symbolic links included.

use crate::project::ProjectError;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The most files and folders that are looked at: enough for any project, and an end for a home folder named by mistake.
const MOST_ENTRIES: usize = 200_000;

/// A file in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::project) struct Found {
    /// Where it is: the folder as it was named, and the way from there.
    pub path: PathBuf,
    /// The way from the folder, with `/` between the names; what is not UTF-8 in it is replaced.
    pub name: String,
    /// Whether the name is the real one.
    pub exact: bool,
}

/// How to look.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::project) struct Walk {
    /// Go into folders that symbolic links lead to. Without it, such a folder shows the files directly in it.
    pub follow_symlinks: bool,
    /// See what begins with a dot, too.
    pub hidden: bool,
}

impl Walk {
    /// All files below a folder, sorted folder by folder. A folder that a symbolic link leads back to is entered once.
    pub fn files(self, folder: &Path) -> Result<Vec<Found>, ProjectError> {
        let mut walker = Walker { walk: self, root: folder, trail: Vec::new(), seen: 0, found: Vec::new() };
        let real = fs::canonicalize(folder).map_err(ProjectError::reading(folder))?;
        walker.enter(
            &Place { path: folder.to_owned(), name: String::new(), exact: true },
            real,
            Depth::Whole,
        )?;
        Ok(walker.found)
    }
}

/// How much of a folder is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Whole,
    FilesOnly,
}

/// A folder on the way.
type Place = Found;

struct Walker<'a> {
    walk: Walk,
    root: &'a Path,
    /// The real paths of the folders that are being looked at, outermost first.
    trail: Vec<PathBuf>,
    seen: usize,
    found: Vec<Found>,
}

impl Walker<'_> {
    fn enter(&mut self, folder: &Place, real: PathBuf, depth: Depth) -> Result<(), ProjectError> {
        if self.trail.contains(&real) {
            return Ok(());
        }
        self.trail.push(real);
        for entry in self.entries(&folder.path)? {
            self.look_at(folder, &entry, depth)?;
        }
        self.trail.pop();
        Ok(())
    }

    fn entries(&mut self, folder: &Path) -> Result<Vec<fs::DirEntry>, ProjectError> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(ProjectError::reading(folder))? {
            self.seen += 1;
            if self.seen > MOST_ENTRIES {
                return Err(ProjectError::TooMany { path: self.root.to_owned(), limit: MOST_ENTRIES });
            }
            entries.push(entry.map_err(ProjectError::reading(folder))?);
        }
        entries.sort_by_key(fs::DirEntry::file_name);
        Ok(entries)
    }

    fn look_at(&mut self, folder: &Place, entry: &fs::DirEntry, depth: Depth) -> Result<(), ProjectError> {
        let file_name = entry.file_name();
        let exact = folder.exact && file_name.to_str().is_some();
        let file_name = file_name.to_string_lossy();
        if file_name.starts_with('.') && !self.walk.hidden {
            return Ok(());
        }
        let name = if folder.name.is_empty() {
            file_name.into_owned()
        } else {
            format!("{}/{file_name}", folder.name)
        };
        let place = Place { path: inside(&folder.path, entry.file_name()), name, exact };
        let kind = entry.file_type().map_err(ProjectError::reading(&place.path))?;
        // A link that leads nowhere counts as a file, so that whoever wants to send it is told.
        let leads_to_folder =
            kind.is_symlink() && fs::metadata(&place.path).is_ok_and(|target| target.is_dir());
        if !kind.is_dir() && !leads_to_folder {
            self.found.push(place);
            return Ok(());
        }
        if depth == Depth::FilesOnly {
            return Ok(());
        }
        let real = match self.trail.last() {
            Some(parent) if kind.is_dir() => parent.join(entry.file_name()),
            _ => fs::canonicalize(&place.path).map_err(ProjectError::reading(&place.path))?,
        };
        let whole = kind.is_dir() || self.walk.follow_symlinks;
        self.enter(&place, real, if whole { Depth::Whole } else { Depth::FilesOnly })
    }
}

/// A path in a folder, without the `./` that the current one would put in front of it.
pub(in crate::project) fn inside(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
    if folder == Path::new(".") && !name.as_ref().as_os_str().is_empty() {
        name.as_ref().to_owned()
    } else {
        folder.join(name)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn names(folder: &Path, follow_symlinks: bool) -> Vec<String> {
        let walk = Walk { follow_symlinks, hidden: false };
        walk.files(folder).unwrap().into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn a_linked_folder_shows_its_files_and_on_demand_all() {
        let folder = tempfile::tempdir().unwrap();
        let (project, other) = (folder.path().join("project"), folder.path().join("other"));
        fs::create_dir_all(project.join("src")).unwrap();
        fs::create_dir_all(other.join("deep")).unwrap();
        fs::write(project.join("src/a.h"), "").unwrap();
        fs::write(other.join("b.h"), "").unwrap();
        fs::write(other.join("deep/c.h"), "").unwrap();
        symlink(&other, project.join("src/linked")).unwrap();
        symlink(other.join("b.h"), project.join("file.h")).unwrap();
        assert_eq!(names(&project, false), ["file.h", "src/a.h", "src/linked/b.h"]);
        assert_eq!(names(&project, true), ["file.h", "src/a.h", "src/linked/b.h", "src/linked/deep/c.h"]);
    }

    #[test]
    fn links_that_lead_back_end() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::create_dir(&one).unwrap();
        fs::create_dir(&two).unwrap();
        symlink(&two, one.join("to_two")).unwrap();
        symlink(&one, two.join("to_one")).unwrap();
        symlink(folder.path(), one.join("up")).unwrap();
        fs::write(one.join("a.h"), "").unwrap();
        fs::write(two.join("b.h"), "").unwrap();
        let expected = ["a.h", "to_two/b.h", "up/two/b.h"];
        assert_eq!(names(&one, true), expected);
    }

    #[test]
    fn what_begins_with_a_dot_is_hidden() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        fs::write(folder.path().join(".git/config.h"), "").unwrap();
        assert!(names(folder.path(), true).is_empty());
        let all = Walk { follow_symlinks: false, hidden: true }.files(folder.path()).unwrap();
        assert_eq!(all[0].name, ".git/config.h");
    }
}
