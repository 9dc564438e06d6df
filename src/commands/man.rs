//! `particle man DIR`

use super::{CommandError, CommandResult, Context, Kind, command_tree};
use crate::ui::{Page, Report};
use serde::Serialize;
use std::path::PathBuf;

/// Write manual pages, one for each command
///
/// Put them into a folder named `man1` below one that `manpath` prints.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder to write into; made if it is missing
    folder: PathBuf,
}

#[derive(Serialize)]
struct Written {
    folder: PathBuf,
    pages: usize,
}

impl Report for Written {
    fn render(&self, page: &mut Page) {
        page.line(format_args!("Wrote {} manual pages to {}", self.pages, self.folder.display()));
    }
}

/// Writes the pages.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let failed = |error: std::io::Error| {
        CommandError::caused_by(Kind::Failed, error)
            .context(format!("cannot write to {}", args.folder.display()))
    };
    std::fs::create_dir_all(&args.folder).map_err(failed)?;
    clap_mangen::generate_to(command_tree(), &args.folder).map_err(failed)?;
    let pages = std::fs::read_dir(&args.folder).map_err(failed)?.count();
    Ok(context.ui.report(&Written { folder: args.folder.clone(), pages })?)
}
