//! `particle library view`

use super::{
    package::{self, Installed, Package},
    reference::Reference,
    row::Row,
};
use crate::{
    commands::{CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::PathBuf;

/// Fetch a library with its examples, to look at
///
/// It comes into the folder `Particle/community/libraries` of your home folder, with the libraries it needs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle library view internetbutton --readme")]
pub struct Args {
    /// Library, as NAME for its newest version or NAME@VERSION
    #[arg(value_name = "LIBRARY")]
    library: Reference,
    /// Print its documentation
    #[arg(long)]
    readme: bool,
    /// Print its source file
    #[arg(long)]
    source: bool,
    /// Print its header file
    #[arg(long)]
    header: bool,
}

/// A file that is printed, if the library has it.
#[derive(Serialize)]
struct Part {
    /// What it is, as the flags name it.
    #[serde(rename = "part")]
    name: &'static str,
    file: Option<String>,
    content: Option<String>,
}

#[derive(Serialize)]
struct View {
    #[serde(flatten)]
    library: Row,
    directory: PathBuf,
    /// Those that were asked for.
    parts: Vec<Part>,
    /// The libraries it needs, which were fetched too.
    needed: Vec<Installed>,
}

impl Report for View {
    fn render(&self, page: &mut Page) {
        for Part { name, content, .. } in &self.parts {
            match content {
                Some(content) => render_text(page, content),
                None => page.line(format!("No {name} files found for the library.")),
            }
        }
        let directory = self.directory.display();
        page.line(format!(
            "To view the library documentation and sources directly, please change to the directory {directory}"
        ));
    }
}

/// Tabs and line breaks of a text are what they are; everything else in it is data.
fn render_text(page: &mut Page, text: &str) {
    for line in text.lines() {
        let fields: Vec<_> = line.split('\t').map(|field| page.foreign(field)).collect();
        page.line(fields.join("\t"));
    }
}

/// Fetches the library and shows what was asked for.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let destination = package::store(context)?;
    let session = context.session()?;
    let mut packages = package::fetch(context, &session, [args.library.clone()])?;
    let mut installed = destination.unpack(context, &packages)?;
    // What was asked for is the first of what was fetched.
    let (package, Installed { directory, .. }) = (packages.remove(0), installed.remove(0));
    let parts = parts(&args, &package);
    Ok(context.ui.report(&View { library: package.library.into(), directory, parts, needed: installed })?)
}

/// The files that are to be printed.
fn parts(args: &Args, package: &Package) -> Vec<Part> {
    let name = &package.library.name;
    let parts = [
        ("readme", args.readme, vec!["README.md".to_owned(), "README.txt".to_owned()]),
        ("source", args.source, vec![format!("src/{name}.cpp")]),
        ("header", args.header, vec![format!("src/{name}.h")]),
    ];
    let asked = parts.into_iter().filter(|(_, asked, _)| *asked);
    let found = asked.map(|(name, _, files)| {
        let found = files.into_iter().find_map(|file| Some((package.text(&file)?, file)));
        let (content, file) = found.unzip();
        Part { name, file, content }
    });
    found.collect()
}
