//! `particle library upload`

use crate::{
    commands::{CommandResult, Context},
    project::{ArchiveError, library::Library},
    ui::{Page, Report},
};
use serde::Serialize;

/// Upload the library in the current folder, for you alone to use
///
/// As long as a version is not published, it can be uploaded again and again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Check and pack it, show what would be sent, and send nothing
    #[arg(long = "dryRun", alias = "dry-run")]
    dry_run: bool,
}

#[derive(Serialize)]
struct Upload {
    name: String,
    version: String,
    /// The files of the archive.
    files: Vec<String>,
    uploaded: bool,
}

impl Report for Upload {
    fn render(&self, page: &mut Page) {
        let Self { name, version, files, uploaded } = self;
        if *uploaded {
            page.line(format!("> Library {name} was successfully uploaded."));
            page.line(format!("Add it to your project with particle library add {name}"));
        } else {
            page.line(format!("> Library {name} {version} would be uploaded with these files:"));
            files.iter().for_each(|file| page.line(format!("    {}", page.foreign(file))));
        }
    }
}

/// Checks and packs the library, and uploads it.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let library = Library::read(&super::current_folder()?)?;
    if !args.dry_run {
        send(context, &library)?;
    }
    let files = library.archive.files().map(|(name, _)| name.to_owned()).collect();
    let Library { name, version, .. } = library;
    Ok(context.ui.report(&Upload { name, version, files, uploaded: !args.dry_run })?)
}

/// Uploads a library.
pub(super) fn send(context: &Context, library: &Library) -> CommandResult {
    let session = context.session()?;
    let archive = library.archive.to_bytes().map_err(ArchiveError::from)?;
    let _spinner = context.ui.spinner(format!("Uploading library {}", library.name));
    context.block_on(session.libraries().upload(archive))
}
