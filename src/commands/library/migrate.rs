//! `particle library migrate`

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    project::{Migration, library::LibraryFormat},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Bring libraries of the old format into the one in use
///
/// The old format has `spark.json` and `firmware`, the one in use `library.properties` and `src`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders of libraries; the current one if none is named
    #[arg(value_name = "LIBRARY")]
    libraries: Vec<PathBuf>,
    /// Only say whether they can be migrated
    #[arg(long, alias = "dryrun", alias = "dry-run")]
    test: bool,
    /// Keep `#include "NAME/NAME.h"` working (the default)
    #[arg(long, overrides_with = "no_adapter")]
    adapter: bool,
    /// Make no files for the sake of `#include "NAME/NAME.h"`
    #[arg(long)]
    no_adapter: bool,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    Migrated,
    CanBeMigrated,
    AlreadyMigrated,
    Failed,
}

/// What became of one library.
#[derive(Serialize)]
struct Row {
    directory: PathBuf,
    result: Outcome,
    error: Option<String>,
    /// Whether it was named, or is the current folder.
    #[serde(skip)]
    named: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Rows(Vec<Row>);

impl Report for Rows {
    fn render(&self, page: &mut Page) {
        for row in &self.0 {
            let directory = row.directory.to_string_lossy();
            let directory = format!(": '{}'", page.foreign(&directory));
            match (row.result, row.named) {
                (Outcome::Migrated, _) => page.line(format!("Library migrated to v2 format{directory}")),
                (Outcome::CanBeMigrated, true) => page.line(format!("Library can be migrated{directory}")),
                (Outcome::CanBeMigrated, false) => page.line("Library can be migrated"),
                (Outcome::AlreadyMigrated, true) => {
                    page.line(format!("Library already in v2 format{directory}"))
                }
                (Outcome::AlreadyMigrated, false) => page.line("Library already in v2 format"),
                (Outcome::Failed, _) => {}
            }
        }
    }
}

/// Migrates the libraries, or says whether it could.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let named = !args.libraries.is_empty();
    let folders = if named { args.libraries.clone() } else { vec![super::current_folder()?] };
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    for directory in folders {
        let (result, error) = match migrate(&directory, &args) {
            Ok(result) => (result, None),
            Err(error) => {
                let message = error.message().to_owned();
                failures.push(error);
                (Outcome::Failed, Some(message))
            }
        };
        rows.push(Row { directory, result, error, named });
    }
    context.ui.report(&Rows(rows))?;
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else { return Ok(()) };
    for further in failures {
        context.ui.warn(further.message());
    }
    Err(first)
}

fn migrate(folder: &Path, args: &Args) -> CommandResult<Outcome> {
    match LibraryFormat::of(folder) {
        Some(LibraryFormat::V2) => Ok(Outcome::AlreadyMigrated),
        Some(LibraryFormat::V1) => {
            let migration = Migration::plan(folder, !args.no_adapter)?;
            if args.test {
                return Ok(Outcome::CanBeMigrated);
            }
            migration.carry_out()?;
            Ok(Outcome::Migrated)
        }
        None => {
            let place = if args.libraries.is_empty() {
                "current directory".to_owned()
            } else {
                folder.display().to_string()
            };
            Err(CommandError::new(Kind::NotFound, format!("No valid library found in {place}")))
        }
    }
}
