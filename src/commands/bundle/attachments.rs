//! What goes to a device along with an application: assets and environment variables.

use crate::{
    commands::{CommandError, CommandResult, Kind},
    firmware::{Asset, Bundle, EnvironmentVariables},
    project::{Properties, Syntax},
};
use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

/// What describes a project.
pub(super) const PROJECT_FILE: &str = "project.properties";
/// The field of it that names the folder with the assets.
const ASSETS_FIELD: &str = "assetOtaDir";
/// The fields of it that name the file with the environment variables; the Node tool has renamed the second one into
/// the first.
const ENVIRONMENT_FIELDS: [&str; 2] = ["firmwareEnv", "env"];
/// What systems leave in folders.
const LITTER: [&str; 3] = ["Thumbs.db", "desktop.ini", "__MACOSX"];

/// Files that become part of a bundle, read.
#[derive(Debug)]
pub(in crate::commands) struct Attachments {
    /// Where the assets were.
    pub folder: Option<PathBuf>,
    /// The assets, in the order of their names.
    pub assets: Vec<Asset>,
    /// Where the environment variables were.
    pub environment_file: Option<PathBuf>,
    environment: Option<EnvironmentVariables>,
}

/// Where attachments are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// The folder with the assets.
    pub folder: Option<PathBuf>,
    /// The file with the environment variables.
    pub environment: Option<PathBuf>,
}

impl Places {
    /// Those that the description of a project names, in terms of the folder it is in.
    pub fn of_description(file: &Path) -> CommandResult<Self> {
        let text = fs::read_to_string(file).map_err(|error| cannot_read(file, error))?;
        let properties = Properties::parse(&text, Syntax::Plain);
        let place = |field: &str| {
            let value = properties.get(field).filter(|value| !value.is_empty())?;
            Some(file.with_file_name(value.as_ref()))
        };
        Ok(Self {
            folder: place(ASSETS_FIELD),
            environment: ENVIRONMENT_FIELDS.iter().find_map(|field| place(field)),
        })
    }
}

impl Attachments {
    /// Those of the first of these folders that is a project with any; without folders, of the current one.
    pub(in crate::commands) fn of_projects(paths: &[PathBuf]) -> CommandResult<Option<Self>> {
        let current = [PathBuf::new()];
        let paths = if paths.is_empty() { &current[..] } else { paths };
        for description in paths.iter().map(|path| path.join(PROJECT_FILE)).filter(|file| file.is_file()) {
            let places = Places::of_description(&description)?;
            if places != Places::default() {
                return Self::read(places).map(Some);
            }
        }
        Ok(None)
    }

    /// Reads them.
    pub(super) fn read(places: Places) -> CommandResult<Self> {
        let Places { folder, environment: environment_file } = places;
        let assets = folder.as_deref().map(read_assets).transpose()?.unwrap_or_default();
        let environment = environment_file.as_deref().map(read_environment).transpose()?;
        Ok(Self { folder, assets, environment_file, environment })
    }

    /// The assets with the files that they were read from.
    pub(in crate::commands) fn asset_files(&self) -> impl Iterator<Item = (PathBuf, &Asset)> {
        let folder = self.folder.clone().unwrap_or_default();
        self.assets.iter().map(move |asset| (folder.join(&asset.name), asset))
    }

    /// A bundle of an application, under this name, and these.
    pub(in crate::commands) fn bundle(&self, name: String, application: &[u8]) -> CommandResult<Bundle> {
        Ok(Bundle::new(name, application, self.assets.clone(), self.environment.clone())?)
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
    assets.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(assets)
}

fn read_environment(file: &Path) -> CommandResult<EnvironmentVariables> {
    let json = fs::read(file).map_err(|error| cannot_read(file, error))?;
    EnvironmentVariables::parse(&json).map_err(|error| {
        CommandError::caused_by(Kind::Failed, error)
            .context(format!("Env vars in file {} cannot be processed", file.display()))
    })
}

/// The last part of a path.
pub(super) fn base_name(path: &Path) -> CommandResult<String> {
    let name = path.file_name().and_then(OsStr::to_str);
    name.map(str::to_owned).ok_or_else(|| {
        CommandError::new(Kind::Failed, format!("the name of {} is not UTF-8", path.display()))
            .hint("give the file another name")
    })
}

pub(super) fn not_found(text: impl Into<String>) -> CommandError {
    CommandError::new(Kind::NotFound, text)
}

pub(super) fn cannot_read(path: &Path, error: io::Error) -> CommandError {
    let kind = if error.kind() == io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Failed };
    CommandError::caused_by(kind, error).context(format!("cannot read {}", path.display()))
}
