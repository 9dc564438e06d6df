//! Bundles: an application with the files it needs, as a zip archive.
//!
//! In the archive the application's binary is at the top, and the files are in the folder `assets`. Environment
//! variables are there twice: as the file that goes to the device, and as JSON in `env`.

use super::{
    Asset, BuildError, EnvironmentError, EnvironmentVariables, Module, ModuleError, ModuleFunction,
    PackError, with_assets,
};
use crate::platform::AssetStorage;
use std::{
    io::{self, Cursor, Read, Write},
    path::{Component, Path},
};
use zip::{
    CompressionMethod, ZipArchive, ZipWriter, read::ZipFile, result::ZipError, write::SimpleFileOptions,
};

const ASSETS_FOLDER: &str = "assets";
const ENVIRONMENT: &str = "env/env-vars.json";
const APPLICATION_EXTENSION: &str = "bin";
/// Device OS 5.5.0 as a module version: the first that takes assets.
const FIRST_VERSION_WITH_ASSETS: u16 = 5500;
/// More than any device takes, of a member and of all together.
const MAX_SIZE: u64 = 16 * 1024 * 1024;
const MAX_MEMBERS: usize = 4096;

/// Why an archive is no bundle, or an application cannot have these assets.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The archive is damaged, or none.
    #[error("the archive cannot be read: {0}")]
    Archive(#[from] ZipError),
    /// A member of the archive is damaged.
    #[error("the archive is damaged: {0}")]
    Member(#[from] io::Error),
    /// Too much is in the archive.
    #[error("there is more in the archive than any device takes")]
    TooLarge,
    /// A member whose path leads out of the archive, or that is there twice.
    #[error("there is a file named {0:?} in the archive, which cannot be unpacked")]
    Name(String),
    /// No binary at the top.
    #[error("there is no application in the archive")]
    NoApplication,
    /// Several binaries at the top.
    #[error("there are several applications in the archive, {0} and {1}")]
    SeveralApplications(String, String),
    /// The environment is nothing that a device would take.
    #[error("the environment variables in the archive cannot be used: {0}")]
    Environment(#[from] EnvironmentError),
    /// Two files would have one name on the device.
    #[error("there is an asset named {0}, which is the name of the environment variables on the device")]
    TakenName(String),
    /// The application cannot be read.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The application or an asset cannot be packed.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Device OS does not take assets yet.
    #[error("Asset support only available for device OS 5.5.0 and above")]
    TooOld,
    /// One asset is too large for the device.
    #[error("Asset {name} exceeds maximum single asset size limit by {excess} bytes")]
    AssetTooLarge {
        /// The asset.
        name: String,
        /// By how much.
        excess: u64,
    },
    /// All assets together are too large for the device.
    #[error("the assets together are {0} bytes more than the device has room for")]
    AssetsTooLarge(u64),
}

impl From<BuildError> for BundleError {
    fn from(error: BuildError) -> Self {
        Self::Pack(error.into())
    }
}

/// An application and the files it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Name of the application's file.
    pub name: String,
    /// The application's binary.
    pub application: Vec<u8>,
    /// The files.
    pub assets: Vec<Asset>,
    /// Environment variables, where the bundle has some.
    pub environment: Option<EnvironmentVariables>,
}

impl Bundle {
    /// Whether a file is an archive rather than a module.
    pub fn is_archive(file: &[u8]) -> bool {
        file.starts_with(b"PK\x03\x04") || file.starts_with(b"PK\x05\x06")
    }

    /// Puts a bundle together. The application is changed to name exactly these assets, and the one with the
    /// environment variables.
    pub fn new(
        name: String,
        application: &[u8],
        mut assets: Vec<Asset>,
        environment: Option<EnvironmentVariables>,
    ) -> Result<Self, BundleError> {
        let module = Module::parse(application)?;
        module.verify().map_err(PackError::from)?;
        assets.sort_by(|one, other| one.name.cmp(&other.name));
        if let Some(asset) = environment.as_ref().map(EnvironmentVariables::to_asset) {
            if assets.iter().any(|other| other.name == asset.name) {
                return Err(BundleError::TakenName(asset.name));
            }
            assets.push(asset);
        }
        check_assets(&module, &assets)?;
        let application = with_assets(&module, assets.iter().map(Asset::dependency).collect())?;
        Ok(Self { name, application, assets, environment })
    }

    /// Reads an archive. What does not belong into a bundle is passed over.
    pub fn parse(file: &[u8]) -> Result<Self, BundleError> {
        let mut archive = ZipArchive::new(Cursor::new(file))?;
        if archive.len() > MAX_MEMBERS {
            return Err(BundleError::TooLarge);
        }
        let mut members = Members { left: MAX_SIZE, ..Members::default() };
        for index in 0..archive.len() {
            members.take(archive.by_index(index)?)?;
        }
        let (name, application) = members.application.ok_or(BundleError::NoApplication)?;
        Ok(Self { name, application, assets: members.assets, environment: members.environment })
    }

    /// The archive. The same bundle always gives the same bytes.
    pub fn to_archive(&self) -> Result<Vec<u8>, BundleError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(&self.name, options)?;
        archive.write_all(&self.application)?;
        for asset in &self.assets {
            archive.start_file(format!("{ASSETS_FOLDER}/{}", asset.name), options)?;
            archive.write_all(&asset.data)?;
        }
        if let Some(environment) = &self.environment {
            archive.start_file(ENVIRONMENT, options)?;
            archive.write_all(&environment.to_json().map_err(EnvironmentError::from)?)?;
        }
        Ok(archive.finish()?.into_inner())
    }

    /// The asset of this name.
    pub fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.name == name)
    }
}

/// What was found in an archive so far.
#[derive(Default)]
struct Members {
    application: Option<(String, Vec<u8>)>,
    assets: Vec<Asset>,
    environment: Option<EnvironmentVariables>,
    /// Bytes that there may still be.
    left: u64,
}

impl Members {
    fn take(&mut self, mut member: ZipFile<'_, Cursor<&[u8]>>) -> Result<(), BundleError> {
        let shown = member.name().map(|name| name.into_owned()).unwrap_or_default();
        let path = member.enclosed_name().ok_or_else(|| BundleError::Name(shown.clone()))?;
        if member.is_dir() {
            return Ok(());
        }
        let Some(place) = Place::of(&path) else { return Ok(()) };
        let mut data = Vec::new();
        member.by_ref().take(self.left + 1).read_to_end(&mut data)?;
        self.left = self.left.checked_sub(data.len() as u64).ok_or(BundleError::TooLarge)?;
        match place {
            Place::Application(name) => {
                if let Some((first, _)) = self.application.replace((name.clone(), data)) {
                    return Err(BundleError::SeveralApplications(first, name));
                }
            }
            Place::Asset(name) => {
                if self.assets.iter().any(|asset| asset.name == name) {
                    return Err(BundleError::Name(shown));
                }
                self.assets.push(Asset { name, data });
            }
            Place::Environment => self.environment = Some(EnvironmentVariables::parse(&data)?),
        }
        Ok(())
    }
}

/// What a member of an archive is, by its path.
enum Place {
    Application(String),
    Asset(String),
    Environment,
}

impl Place {
    fn of(path: &Path) -> Option<Self> {
        let names: Option<Vec<&str>> = path
            .components()
            .map(|component| match component {
                Component::Normal(name) => name.to_str(),
                _ => None,
            })
            .collect();
        match names?[..] {
            // Finder and the like leave hidden files behind.
            [.., name] if name.starts_with('.') => None,
            [ASSETS_FOLDER, name] => Some(Self::Asset(name.to_owned())),
            [name] if path.extension()?.eq_ignore_ascii_case(APPLICATION_EXTENSION) => {
                Some(Self::Application(name.to_owned()))
            }
            _ => (path == Path::new(ENVIRONMENT)).then_some(Self::Environment),
        }
    }
}

/// Fails if the device that an application is for does not take these assets with it.
pub fn check_assets(application: &Module, assets: &[Asset]) -> Result<(), BundleError> {
    let needed = application.prefix().dependencies.iter().flatten();
    let system =
        needed.filter(|module| module.function == ModuleFunction::SystemPart).map(|module| module.version);
    if system.max().unwrap_or_default() < FIRST_VERSION_WITH_ASSETS {
        return Err(BundleError::TooOld);
    }
    let layout = application.prefix().platform.platform().and_then(|platform| platform.firmware);
    let Some(storage) = layout.and_then(|layout| layout.assets) else { return Ok(()) };
    check_room(storage, assets)
}

fn check_room(storage: AssetStorage, assets: &[Asset]) -> Result<(), BundleError> {
    let mut cost = 0;
    for asset in assets {
        let size = asset.to_module()?.len();
        let excess = (size as u64).saturating_sub(storage.max_module_size.into());
        if excess > 0 {
            return Err(BundleError::AssetTooLarge { name: asset.name.clone(), excess });
        }
        cost += storage.cost(size);
    }
    match cost.saturating_sub(storage.capacity()) {
        0 => Ok(()),
        excess => Err(BundleError::AssetsTooLarge(excess)),
    }
}
