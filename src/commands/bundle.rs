//! `particle bundle`

use super::{CommandError, CommandResult, Context, Kind, files};
use crate::{
    firmware::{Asset, Bundle},
    project::{Properties, Syntax},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// What describes a project.
const PROJECT_FILE: &str = "project.properties";
/// The field of it that names the folder with the assets.
const ASSETS_FIELD: &str = "assetOtaDir";
/// What systems leave in folders.
const LITTER: [&str; 3] = ["Thumbs.db", "desktop.ini", "__MACOSX"];

/// Bundle an application with the files it needs on the device
///
/// The bundle can be flashed like a binary. It holds the files in the folder, but not those in folders below it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle bundle myApp.bin                          Files from the folder that project.properties names
  particle bundle myApp.bin --assets path/to/assets  Files from this folder
  particle bundle myApp.bin --saveTo myApp.zip       Choose the name of the bundle")]
pub struct Args {
    /// The application, compiled for Device OS 5.5.0 or later
    #[arg(value_name = "APPBINARY")]
    application: PathBuf,
    /// Folder with the files, or a project.properties with an `assetOtaDir` that names it
    #[arg(long, value_name = "PATH", default_value = PROJECT_FILE, hide_default_value = true)]
    assets: PathBuf,
    /// Name of the bundle, ending in `.zip`
    #[arg(long = "saveTo", alias = "save-to", value_name = "FILE")]
    save_to: Option<PathBuf>,
    /// Replace a bundle that exists
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct BundledAsset {
    name: String,
    size: usize,
}

#[derive(Serialize)]
struct Bundled {
    application: PathBuf,
    folder: PathBuf,
    assets: Vec<BundledAsset>,
    file: PathBuf,
}

impl Report for Bundled {
    fn render(&self, page: &mut Page) {
        page.line(format!("Bundling {} with {}:", self.application.display(), self.folder.display()));
        for asset in &self.assets {
            page.line(format!("  {}", page.foreign(&asset.name)));
        }
        page.line("Bundling successful.");
        page.line(format!("Saved bundle to: {}", self.file.display()));
    }
}

/// Makes the bundle.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let Args { application, assets, save_to, force } = args;
    let file = save_to.unwrap_or_else(|| default_name(&application));
    if !has_extension(&file, "zip") {
        let text = format!("The target file {} must be a .zip file", file.display());
        return Err(CommandError::new(Kind::Usage, text));
    }
    let binary = fs::read(&application).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => not_found(format!("The file {} does not exist", application.display())),
        _ => cannot_read(&application, error),
    })?;
    let folder = folder_of_assets(&assets)?;
    let bundle = Bundle::new(base_name(&application)?, &binary, read_assets(&folder)?)
        .map_err(|error| CommandError::from(error).context(application.display().to_string()))?;
    files::write_or_ask(context, &file, &bundle.to_archive()?, force)?;
    let assets =
        bundle.assets.into_iter().map(|Asset { name, data }| BundledAsset { name, size: data.len() });
    Ok(context.ui.report(&Bundled { application, folder, assets: assets.collect(), file })?)
}

fn default_name(application: &Path) -> PathBuf {
    let stem = application.file_stem().unwrap_or_default().to_string_lossy();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    PathBuf::from(format!("bundle_{stem}_{}.zip", now.as_millis()))
}

/// The folder that was given, or the one that the given description of a project names.
fn folder_of_assets(assets: &Path) -> CommandResult<PathBuf> {
    if !has_extension(assets, "properties") {
        return Ok(assets.to_owned());
    }
    let text = fs::read_to_string(assets).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound if assets == Path::new(PROJECT_FILE) => not_found(
            "No project.properties file found in the current directory. Please specify the assets directory using \
             --assets option",
        ),
        _ => cannot_read(assets, error),
    })?;
    match Properties::parse(&text, Syntax::Plain).get(ASSETS_FIELD).filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(assets.with_file_name(folder.as_ref())),
        None => {
            let text = "Add assetOtaDir to your project.properties in order to bundle assets";
            Err(CommandError::new(Kind::Failed, text).hint("or name the folder with `--assets DIR`"))
        }
    }
}

/// The files of a folder, without hidden ones and those in folders below it.
fn read_assets(folder: &Path) -> CommandResult<Vec<Asset>> {
    let entries = fs::read_dir(folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => not_found(format!("The assets dir {} does not exist", folder.display())),
        io::ErrorKind::NotADirectory => {
            CommandError::new(Kind::Usage, format!("The assets path {} is not a directory", folder.display()))
        }
        _ => cannot_read(folder, error),
    })?;
    let mut assets = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| cannot_read(folder, error))?.path();
        let name = base_name(&path)?;
        if path.is_dir() || name.starts_with('.') || LITTER.contains(&name.as_str()) {
            continue;
        }
        let data = fs::read(&path).map_err(|error| cannot_read(&path, error))?;
        assets.push(Asset { name, data });
    }
    Ok(assets)
}

fn base_name(path: &Path) -> CommandResult<String> {
    let name = path.file_name().and_then(OsStr::to_str);
    name.map(str::to_owned).ok_or_else(|| {
        CommandError::new(Kind::Failed, format!("the name of {} is not UTF-8", path.display()))
            .hint("give the file another name")
    })
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

fn not_found(text: impl Into<String>) -> CommandError {
    CommandError::new(Kind::NotFound, text)
}

fn cannot_read(path: &Path, error: io::Error) -> CommandError {
    CommandError::caused_by(Kind::Failed, error).context(format!("cannot read {}", path.display()))
}
