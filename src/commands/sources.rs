//! The source files that `compile` and `flash` send.

use super::{CommandResult, Context, bundle::Attachments};
use crate::{
    project::{Selection, SourceFile, select},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
};

/// Which files are sent.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct SourceArgs {
    /// Source files and folders; the current folder if none is named
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Go into folders that symbolic links lead to
    #[arg(long = "followSymlinks", alias = "follow-symlinks")]
    pub follow_symlinks: bool,
    /// Show which files would be sent, and send none
    #[arg(long)]
    pub list_files: bool,
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The source code of an application, and what goes to the device along with it.
#[derive(Debug)]
pub struct Sources {
    /// The files that are compiled.
    pub selection: Selection,
    /// The files that become a bundle with what was compiled.
    pub(super) attachments: Option<Attachments>,
}

impl Sources {
    /// What a device is to get: the application alone, or a bundle with the application under this name.
    pub fn pack(&self, name: String, application: &[u8]) -> CommandResult<Vec<u8>> {
        match &self.attachments {
            Some(attachments) => Ok(attachments.bundle(name, application)?.to_archive()?),
            None => Ok(application.to_vec()),
        }
    }
}

impl SourceArgs {
    /// Chooses the files, and reads what the project wants on the device beside the application.
    pub fn sources(&self, context: &Context) -> CommandResult<Sources> {
        let selection = self.select(context)?;
        Ok(Sources { selection, attachments: Attachments::of_projects(&self.files)? })
    }

    /// Whether all that is wanted is what would be sent.
    pub fn only_shown(&self) -> bool {
        self.list_files || self.dry_run
    }

    /// Chooses the files, and tells of those that were named and are not sent.
    pub fn select(&self, context: &Context) -> CommandResult<Selection> {
        let selection = select(&self.files, self.follow_symlinks)?;
        for path in &selection.skipped {
            context.ui.note(format!("{} is no source file and is not sent", path.display()));
        }
        for path in &selection.replaced {
            context.ui.note(format!("{} is not sent: a later file has its name", path.display()));
        }
        Ok(selection)
    }
}

/// The files that are sent, as both commands list them.
#[derive(Debug, Serialize)]
pub struct Including<'a> {
    files: Vec<Entry<'a>>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    /// Where the file is, in terms of the current folder.
    path: Cow<'a, Path>,
    name: &'a str,
    size: u64,
}

impl<'a> Including<'a> {
    /// Lists a selection.
    pub fn new(selection: &'a Selection) -> Self {
        // Without a current folder there is nothing to shorten paths by.
        let current = std::env::current_dir().unwrap_or_default();
        let entry = |file: &'a SourceFile| Entry {
            path: straightened(file.path.strip_prefix(&current).unwrap_or(&file.path)),
            name: &file.name,
            size: file.size,
        };
        Self { files: selection.files.iter().map(entry).collect() }
    }

    /// Lists a selection and the assets that go with it.
    pub fn sources(sources: &'a Sources) -> Self {
        let mut including = Self::new(&sources.selection);
        let assets = sources.attachments.iter().flat_map(Attachments::asset_files);
        including.files.extend(assets.map(|(path, asset)| Entry {
            path: path.into(),
            name: &asset.name,
            size: asset.data.len() as u64,
        }));
        including
    }
}

/// A path without detours: `main/../helper/a.h` is `helper/a.h`, if that is the same file.
fn straightened(path: &Path) -> Cow<'_, Path> {
    let mut straight = PathBuf::new();
    for part in path.components() {
        match (part, straight.components().next_back()) {
            (Component::ParentDir, Some(Component::Normal(_))) => drop(straight.pop()),
            _ => straight.push(part),
        }
    }
    let is_same =
        || matches!((path.canonicalize(), straight.canonicalize()), (Ok(one), Ok(other)) if one == other);
    if straight != path && is_same() { straight.into() } else { path.into() }
}

impl Report for Including<'_> {
    fn render(&self, page: &mut Page) {
        page.line("Including:");
        for file in &self.files {
            page.line(format!("    {}", page.foreign(&file.path.to_string_lossy())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_left_out_if_they_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["main", "helper"] {
            std::fs::create_dir(root.join(name)).unwrap();
        }
        std::fs::write(root.join("helper/a.h"), "").unwrap();
        assert_eq!(straightened(&root.join("main/../helper/a.h")), root.join("helper/a.h"));
        let elsewhere = root.join("main/../helper/b.h");
        assert_eq!(straightened(&elsewhere), elsewhere);
        assert_eq!(straightened(Path::new("../a.h")), Path::new("../a.h"));
    }

    #[test]
    fn paths_are_told_from_the_current_folder() {
        let here = std::env::current_dir().unwrap();
        let file = |path: PathBuf, name: &str| SourceFile { path, name: name.into(), size: 1 };
        let selection = Selection {
            files: vec![
                file(here.join("src/app.ino"), "app.ino"),
                file("/elsewhere/a.h".into(), "a.h"),
                file("../b.h".into(), "b.h"),
            ],
            ..Selection::default()
        };
        let including = Including::new(&selection);
        let mut page = Page::new(false, false);
        including.render(&mut page);
        assert_eq!(page.into_text(), "Including:\n    src/app.ino\n    /elsewhere/a.h\n    ../b.h\n");
        let first = serde_json::json!({ "path": "src/app.ino", "name": "app.ino", "size": 1 });
        assert_eq!(serde_json::to_value(&including).unwrap()["files"][0], first);
    }
}
