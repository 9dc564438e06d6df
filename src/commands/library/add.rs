//! `particle library add`

use super::{needs::Needs, reference::Reference};
use crate::{
    cloud::Library,
    commands::{CommandResult, Context},
    project::{Dependency, Manifest},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::PathBuf;

/// Use a library in this project or library
///
/// Writes the library, and those it needs in turn, into `project.properties` or `library.properties` of the current
/// folder. A library that stands there already gets the new version; those it needs stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  particle library add internetbutton\n  \
                        particle library add internetbutton@0.1.10")]
pub struct Args {
    /// Library, as NAME for its newest version or NAME@VERSION
    #[arg(value_name = "LIBRARY")]
    library: Reference,
}

/// A library that stands in the file now.
#[derive(Serialize)]
struct Added {
    name: String,
    version: String,
    /// The version that stood there before.
    previous: Option<String>,
}

#[derive(Serialize)]
struct Addition {
    file: PathBuf,
    added: Vec<Added>,
}

impl Report for Addition {
    fn render(&self, page: &mut Page) {
        for Added { name, version, .. } in &self.added {
            let (name, version) = (page.foreign(name), page.foreign(version));
            page.line(format!("> Library {name} {version} has been added to the project."));
        }
        if let Some(library) = self.added.first() {
            let name = page.foreign(&library.name);
            page.line(format!(
                "> To get started using this library, run particle library view {name} to view the library \
                 documentation and sources."
            ));
        }
    }
}

/// Looks the library up and writes it down.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let mut manifest = Manifest::find(&super::current_folder()?)?;
    let session = context.session()?;
    let spinner = context.ui.spinner(format!("Adding library {}", args.library));
    let mut needs = Needs::of([args.library]);
    let mut added = Vec::new();
    while let Some(need) = needs.next()? {
        if need.indirect && keeps(context, &manifest, &need.library) {
            continue;
        }
        let library = super::look_up(context, &session, &need.library)?;
        let dependencies = library.dependencies.clone().into_iter();
        needs.add(dependencies.map(|(name, version)| Reference { name, version: Some(version) }));
        added.push(write_down(&mut manifest, library));
    }
    drop(spinner);
    manifest.save()?;
    Ok(context.ui.report(&Addition { file: manifest.path().to_owned(), added })?)
}

/// Whether a library that another one needs stands in the file already. What is there was somebody's choice.
fn keeps(context: &Context, manifest: &Manifest, wanted: &Reference) -> bool {
    let Some(present) = entry(manifest, &wanted.name) else { return false };
    if let Some(version) = wanted.version.as_ref().filter(|version| **version != present.version) {
        let (name, kept, version) = (&present.name, &present.version, context.ui.foreign(version));
        context.ui.note(format!("{name} {kept} stays, though {version} is asked for."));
    }
    true
}

/// The entry of a library, in whatever letters its name is written.
fn entry(manifest: &Manifest, name: &str) -> Option<Dependency> {
    manifest.dependencies().into_iter().find(|dependency| dependency.name.eq_ignore_ascii_case(name))
}

fn write_down(manifest: &mut Manifest, library: Library) -> Added {
    let Library { name, version, .. } = library;
    let previous = entry(manifest, &name);
    if let Some(other) = previous.as_ref().filter(|previous| previous.name != name) {
        manifest.remove_dependency(&other.name);
    }
    manifest.set_dependency(&Dependency { name: name.clone(), version: version.clone() });
    Added { name, version, previous: previous.map(|previous| previous.version) }
}
