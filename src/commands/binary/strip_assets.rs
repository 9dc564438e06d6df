//! `particle binary strip-assets`

use super::input::{self, Firmware};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind, files},
    firmware::{asset_dependencies, with_assets},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Make an application that needs no assets of one that does
///
/// Writes FILE-no-assets.bin beside the file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle binary strip-assets app-with-assets.bin")]
pub struct Args {
    /// An application (`.bin`) or a bundle (`.zip`)
    file: PathBuf,
    /// Replace a file that exists
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Stripped {
    file: PathBuf,
}

impl Report for Stripped {
    fn render(&self, page: &mut Page) {
        page.line(format!("Application binary without assets saved to {}", self.file.display()));
    }
}

/// Takes them off.
pub fn run(context: &Context, args: &Args) -> CommandResult {
    let firmware = Firmware::read(&args.file)?;
    let module = input::application(&args.file, firmware.application())?;
    if asset_dependencies(&module).next().is_none() {
        return Err(CommandError::new(Kind::Failed, "No assets found"));
    }
    let file = output_name(&args.file);
    files::write_or_ask(context, &file, &with_assets(&module, Vec::new())?, args.force)?;
    Ok(context.ui.report(&Stripped { file })?)
}

fn output_name(file: &Path) -> PathBuf {
    let mut name = file.file_stem().map(OsString::from).unwrap_or_default();
    name.push("-no-assets.bin");
    file.with_file_name(name)
}
