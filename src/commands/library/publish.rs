//! `particle library publish`

use super::upload;
use crate::{
    commands::{CommandResult, Context},
    project::library::Library,
    ui::{Page, Report},
};
use serde::Serialize;

/// Let everybody use a library that you uploaded
///
/// Without a name, the library in the current folder is uploaded first. What is published stays: to change it, give it
/// another version.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle library publish mylib")]
pub struct Args {
    /// Name of the library
    name: Option<String>,
}

#[derive(Serialize)]
struct Published {
    name: String,
}

impl Report for Published {
    fn render(&self, page: &mut Page) {
        page.line(format!("> Library {} was successfully published.", page.foreign(&self.name)));
    }
}

/// Publishes the library.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let name = match args.name {
        Some(name) => name,
        None => {
            let library = Library::read(&super::current_folder()?)?;
            upload::send(context, &library)?;
            library.name
        }
    };
    let session = context.session()?;
    let spinner = context.ui.spinner(format!("Publishing library {name}"));
    context.block_on(session.libraries().publish(&name)).map_err(|error| super::unknown(&name, error))?;
    drop(spinner);
    Ok(context.ui.report(&Published { name })?)
}
