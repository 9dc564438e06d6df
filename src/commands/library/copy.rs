//! `particle library copy`

use super::{
    package::{self, Destination, Installed},
    reference::Reference,
};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    project::Manifest,
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::Path;

/// Copy a library into this project, to change it
///
/// It comes into the folder `lib`, with the libraries it needs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle library copy internetbutton")]
pub struct Args {
    /// Library, as NAME for its newest version or NAME@VERSION; without it, all that the project uses
    #[arg(value_name = "LIBRARY")]
    pub(super) library: Option<Reference>,
}

/// What was copied. The lines about each library have been printed on the way.
#[derive(Serialize)]
#[serde(transparent)]
struct Copied(Vec<Installed>);

impl Report for Copied {
    fn render(&self, _page: &mut Page) {}
}

/// Fetches the libraries, unpacks them, and warns of those that the project now has twice.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let folder = super::current_folder()?;
    let manifest = Manifest::find(&folder)?;
    let wanted = match args.library {
        Some(library) => vec![library],
        None => used_libraries(&manifest)?,
    };
    check_layout(&folder, &wanted)?;
    let session = context.session()?;
    let packages = package::fetch(context, &session, wanted)?;
    let copied = Destination::Project(folder.join("lib")).unpack(context, &packages)?;
    warn_of_doubles(context, &manifest, &copied);
    Ok(context.ui.report(&Copied(copied))?)
}

fn used_libraries(manifest: &Manifest) -> CommandResult<Vec<Reference>> {
    let used: Vec<Reference> = manifest.dependencies().into_iter().map(Reference::from).collect();
    if used.is_empty() {
        let message = format!("{} names no library; which one is to be copied?", manifest.path().display());
        return Err(CommandError::new(Kind::Usage, message));
    }
    Ok(used)
}

/// `lib` is looked at only where the sources are in `src`.
fn check_layout(folder: &Path, wanted: &[Reference]) -> CommandResult {
    let Some(first) = wanted.first().filter(|_| !folder.join("src").is_dir()) else { return Ok(()) };
    let directory = folder.join("lib").join(&first.name);
    let message = format!(
        "Cannot install library: directory '{}' is a 'simple' format project, please change to a 'extended' format.",
        directory.display()
    );
    Err(CommandError::new(Kind::Failed, message).hint("move the sources of the project into a folder `src`"))
}

/// A library that is both in `lib` and in the description would be compiled twice.
fn warn_of_doubles(context: &Context, manifest: &Manifest, copied: &[Installed]) {
    let file = manifest.kind().file_name();
    for used in manifest.dependencies() {
        if copied.iter().any(|copied| copied.name.eq_ignore_ascii_case(&used.name)) {
            let (name, version) = (context.ui.foreign(&used.name), context.ui.foreign(&used.version));
            context.ui.warn(format!(
                "{file} still names {name}: remove the line dependencies.{name}={version}, or both the published \
                 library and the copy are used"
            ));
        }
    }
}
