//! `particle update-cli`

mod installation;

use super::{CommandError, CommandResult, Context, Kind};
use crate::ui::{Page, Report};
use installation::Installation;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Say how this program was installed and how to update it
///
/// It never replaces itself, and never looks for updates.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Say how to get this version instead of the newest
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Let the Node.js tool, which shares the settings, update itself
    #[arg(long, conflicts_with_all = ["disable_updates", "version"])]
    enable_updates: bool,
    /// Keep the Node.js tool, which shares the settings, from updating itself
    #[arg(long, conflicts_with = "version")]
    disable_updates: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Advice<'a> {
    version: &'static str,
    file: &'a Path,
    installed_by: Installation,
    update: String,
}

impl Report for Advice<'_> {
    fn render(&self, page: &mut Page) {
        let Self { version, file, installed_by, update } = self;
        page.line(format_args!("particle {version}, {installed_by}: {}", file.display()));
        page.line(format_args!("To update it, {update}."));
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpdateChecks {
    enable_updates: bool,
}

impl Report for UpdateChecks {
    fn render(&self, page: &mut Page) {
        let state = if self.enable_updates { "enabled" } else { "disabled" };
        page.line(format_args!("Automatic update checks are now {state}"));
    }
}

/// Gives advice, or keeps a setting for the Node tool.
pub fn run(context: &Context, args: Args) -> CommandResult {
    if args.enable_updates || args.disable_updates {
        context.settings()?.set_update_checks(args.enable_updates)?;
        context.ui.note("This holds for the Node.js tool: this program never looks for updates.");
        return Ok(context.ui.report(&UpdateChecks { enable_updates: args.enable_updates })?);
    }
    let file = std::env::current_exe().map_err(|error| {
        CommandError::caused_by(Kind::Failed, error).context("cannot tell where this program is")
    })?;
    let cargo_home = context
        .environment
        .path("CARGO_HOME")
        .or_else(|| context.environment.path("HOME").map(|home: PathBuf| home.join(".cargo")));
    let installed_by = Installation::of(&file, cargo_home.as_deref());
    let update = installed_by.advice(args.version.as_deref());
    Ok(context.ui.report(&Advice {
        version: env!("CARGO_PKG_VERSION"),
        file: &file,
        installed_by,
        update,
    })?)
}
