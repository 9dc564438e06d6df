//! `particle bundle`

mod attachments;

use super::{CommandError, CommandResult, Context, Kind, files};
use crate::{
    firmware::Asset,
    ui::{Page, Report},
};
pub(super) use attachments::Attachments;
use attachments::{PROJECT_FILE, Places, base_name, cannot_read, not_found};
use serde::Serialize;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// Bundle an application with the files it needs on the device
///
/// The bundle can be flashed like a binary. It holds the files in the folder, but not those in folders below it, and
/// the environment variables.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle bundle myApp.bin                          Files from the folder in project.properties
  particle bundle myApp.bin --assets path/to/assets  Files from this folder
  particle bundle myApp.bin --saveTo myApp.zip       Choose the name of the bundle")]
pub struct Args {
    /// The application, compiled for Device OS 5.5.0 or later
    #[arg(value_name = "APPBINARY")]
    application: PathBuf,
    /// Folder with the files, or a project.properties with an `assetOtaDir` that names it
    #[arg(long, value_name = "PATH")]
    assets: Option<PathBuf>,
    /// JSON file with environment variables, instead of the one that project.properties names as `firmwareEnv`
    #[arg(long, value_name = "FILE")]
    env: Option<PathBuf>,
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

impl BundledAsset {
    fn new(asset: &Asset) -> Self {
        Self { name: asset.name.clone(), size: asset.data.len() }
    }
}

#[derive(Serialize)]
struct Bundled {
    application: PathBuf,
    folder: Option<PathBuf>,
    assets: Vec<BundledAsset>,
    environment: Option<PathBuf>,
    file: PathBuf,
}

impl Report for Bundled {
    fn render(&self, page: &mut Page) {
        if let Some(folder) = &self.folder {
            page.line(format!("Bundling {} with {}:", self.application.display(), folder.display()));
        }
        for asset in &self.assets {
            page.line(format!("  {}", page.foreign(&asset.name)));
        }
        if let Some(file) = &self.environment {
            page.line(format!("Writing {} data into the binary...", file.display()));
        }
        page.line("Bundling successful.");
        page.line(format!("Saved bundle to: {}", self.file.display()));
    }
}

/// Makes the bundle.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let Args { application, assets, env, save_to, force } = args;
    let file = save_to.unwrap_or_else(|| default_name(&application));
    if !has_extension(&file, "zip") {
        let text = format!("The target file {} must be a .zip file", file.display());
        return Err(CommandError::new(Kind::Usage, text));
    }
    let binary = fs::read(&application).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => not_found(format!("The file {} does not exist", application.display())),
        _ => cannot_read(&application, error),
    })?;
    let attachments = Attachments::read(places(assets, env)?)?;
    let bundled = Bundled {
        application: application.clone(),
        folder: attachments.folder.clone(),
        assets: attachments.assets.iter().map(BundledAsset::new).collect(),
        environment: attachments.environment_file.clone(),
        file,
    };
    let bundle = attachments
        .bundle(base_name(&application)?, &binary)
        .map_err(|error| error.context(application.display().to_string()))?;
    files::write_or_ask(context, &bundled.file, &bundle.to_archive()?, force)?;
    Ok(context.ui.report(&bundled)?)
}

/// Where the assets and the environment variables are, as typed and as the project says.
fn places(assets: Option<PathBuf>, env: Option<PathBuf>) -> CommandResult<Places> {
    let typed = match assets {
        Some(file) if has_extension(&file, "properties") => Places::of_description(&file)?,
        Some(folder) => Places { folder: Some(folder), environment: None },
        None => Places::default(),
    };
    let project = Path::new(PROJECT_FILE);
    let described = if project.is_file() { Places::of_description(project)? } else { Places::default() };
    let places = Places {
        folder: typed.folder.or(described.folder),
        environment: env.or(typed.environment).or(described.environment),
    };
    if places != Places::default() {
        return Ok(places);
    }
    if !project.is_file() {
        return Err(not_found(
            "No project.properties file found in the current directory. Please specify the assets directory using \
             --assets option",
        ));
    }
    let text = "Add assetOtaDir to your project.properties in order to bundle assets";
    Err(CommandError::new(Kind::Failed, text).hint("or name the folder with `--assets DIR`"))
}

fn default_name(application: &Path) -> PathBuf {
    let stem = application.file_stem().unwrap_or_default().to_string_lossy();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    PathBuf::from(format!("bundle_{stem}_{}.zip", now.as_millis()))
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}
