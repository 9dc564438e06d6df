//! `particle library search`

use super::row::Row;
use crate::{
    cloud::LibrarySelection,
    commands::{CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;

/// Find libraries by a part of their names
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle library search internet")]
pub struct Args {
    /// A part of the name, in any case of letters
    #[arg(value_name = "NAME")]
    name: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Found {
    libraries: Vec<Row>,
    #[serde(skip)]
    name: String,
}

impl Report for Found {
    fn render(&self, page: &mut Page) {
        let count = self.libraries.len();
        let noun = if count == 1 { "library" } else { "libraries" };
        page.line(format!("> Found {count} {noun} matching {}", page.foreign(&self.name)));
        self.libraries.iter().for_each(|library| library.render(page, false));
    }
}

/// Searches, and shows what was found.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    let selection = LibrarySelection { filter: Some(args.name.clone()), ..LibrarySelection::default() };
    let spinner = context.ui.spinner(format!("Searching for {}", args.name));
    let libraries = context.block_on(session.libraries().list(&selection))?;
    drop(spinner);
    let libraries = libraries.into_iter().map(Row::from).collect();
    Ok(context.ui.report(&Found { libraries, name: args.name })?)
}
