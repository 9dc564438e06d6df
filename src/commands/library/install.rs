//! `particle library install`

use super::{
    copy,
    package::{self, Destination, Installed},
    reference::Reference,
};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::PathBuf;

/// Fetch a library to look at, or copy it into this project
///
/// Without --copy, it comes into the folder `Particle/community/libraries` of your home folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Library, as NAME for its newest version or NAME@VERSION
    #[arg(value_name = "LIBRARY")]
    library: Option<Reference>,
    /// Copy it into the folder `lib` of this project, as `library copy` does
    #[arg(long, alias = "vendored", conflicts_with_all = ["adapter", "dest"])]
    copy: bool,
    /// Make `#include "NAME/NAME.h"` work as well
    #[arg(short, long)]
    adapter: bool,
    /// Put it below this folder
    #[arg(long, value_name = "DIR")]
    dest: Option<PathBuf>,
    /// Accepted for compatibility
    #[arg(long, hide = true)]
    confirm: bool,
}

/// What was fetched. The lines about each library have been printed on the way.
#[derive(Serialize)]
#[serde(transparent)]
struct Fetched(Vec<Installed>);

impl Report for Fetched {
    fn render(&self, _page: &mut Page) {}
}

/// Fetches the library with those it needs, and unpacks them.
pub fn run(context: &Context, args: Args) -> CommandResult {
    if args.copy {
        return copy::run(context, copy::Args { library: args.library });
    }
    let library = args
        .library
        .ok_or_else(|| CommandError::new(Kind::Usage, "Please provide a library name to install"))?;
    let destination = match args.dest {
        Some(folder) => Destination::Store(folder),
        None => package::store(context)?,
    };
    let session = context.session()?;
    let mut packages = package::fetch(context, &session, [library])?;
    if args.adapter {
        for package in &mut packages {
            package.archive.add_adapters(&package.library.name)?;
        }
    }
    Ok(context.ui.report(&Fetched(destination.unpack(context, &packages)?))?)
}
