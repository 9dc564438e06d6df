//! Libraries that are fetched and unpacked, with all that they need.

use super::{needs::Needs, reference::Reference};
use crate::{
    cloud::{Library, Session},
    commands::{CommandError, CommandResult, Context, Kind},
    project::{Archive, Manifest, ManifestKind},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The folder for libraries in place of `~/Particle/community/libraries`. The sandbox sets it for its clients.
const STORE_VARIABLE: &str = "PARTICLE_LIBRARY_DIR";
/// Where libraries are kept, in the home folder.
const STORE: &str = "Particle/community/libraries";

/// A library that was fetched.
pub(super) struct Package {
    pub library: Library,
    pub archive: Archive,
}

/// Where libraries are unpacked to.
pub(super) enum Destination {
    /// A folder for looking things up, with every version in a folder of its own. What is there is replaced.
    Store(PathBuf),
    /// A folder whose libraries are part of somebody's project. What is there may have been changed.
    Project(PathBuf),
}

/// A library that was unpacked.
#[derive(Serialize)]
pub(super) struct Installed {
    pub name: String,
    pub version: String,
    pub directory: PathBuf,
}

/// The folder where libraries are kept for looking things up.
pub(super) fn store(context: &Context) -> CommandResult<Destination> {
    let named = context.environment.path(STORE_VARIABLE);
    let folder = named.or_else(|| Some(context.environment.home()?.join(STORE)));
    let folder = folder.ok_or_else(|| {
        CommandError::new(Kind::Failed, "there is no home folder to keep libraries in")
            .hint(format!("name a folder with {STORE_VARIABLE}"))
    })?;
    Ok(Destination::Store(folder))
}

/// Fetches libraries with all that they need, those that were named first.
pub(super) fn fetch(
    context: &Context,
    session: &Session<'_>,
    wanted: impl IntoIterator<Item = Reference>,
) -> CommandResult<Vec<Package>> {
    let mut needs = Needs::of(wanted);
    let mut packages = Vec::new();
    while let Some(need) = needs.next()? {
        let name = context.ui.foreign(&need.library.name);
        context.ui.line(format!("Checking library {name}..."))?;
        let _spinner = context.ui.spinner(format!("Fetching {name}"));
        let library = super::look_up(context, session, &need.library)?;
        let package = Package::fetch(context, session, library)?;
        needs.add(package.needs());
        packages.push(package);
    }
    Ok(packages)
}

impl Package {
    fn fetch(context: &Context, session: &Session<'_>, library: Library) -> CommandResult<Self> {
        let failed = |error: CommandError| error.context(format!("{} {}", library.name, library.version));
        let bytes = context.block_on(session.libraries().archive(&library)).map_err(failed)?;
        let archive = Archive::read(&bytes).map_err(|error| failed(error.into()))?;
        Ok(Self { library, archive })
    }

    /// What a file in it says, if it is there.
    pub fn text(&self, file: &str) -> Option<String> {
        self.archive.file(file).map(|contents| String::from_utf8_lossy(contents).into_owned())
    }

    /// The libraries it needs.
    fn needs(&self) -> Vec<Reference> {
        let description = self.text(ManifestKind::Library.file_name()).unwrap_or_default();
        let manifest = Manifest::new(Path::new(""), ManifestKind::Library, &description);
        manifest.dependencies().into_iter().map(Reference::from).collect()
    }

    fn installed_in(&self, directory: PathBuf) -> Installed {
        let Library { name, version, .. } = &self.library;
        Installed { name: name.clone(), version: version.clone(), directory }
    }
}

impl Destination {
    fn directory_of(&self, library: &Library) -> PathBuf {
        match self {
            Self::Store(folder) => folder.join(format!("{}@{}", library.name, library.version)),
            Self::Project(folder) => folder.join(&library.name),
        }
    }

    /// Unpacks libraries. Asks before the first byte is written, where something would be lost.
    pub fn unpack(&self, context: &Context, packages: &[Package]) -> CommandResult<Vec<Installed>> {
        let installed: Vec<Installed> = packages
            .iter()
            .map(|package| package.installed_in(self.directory_of(&package.library)))
            .collect();
        if let Self::Project(_) = self {
            for (package, Installed { directory, .. }) in packages.iter().zip(&installed) {
                confirm_replacement(context, package, directory)?;
            }
        }
        for (package, Installed { name, version, directory }) in packages.iter().zip(&installed) {
            if let Self::Project(_) = self {
                let directory = directory.display();
                context.ui.line(format!("Installing library {name} {version} to {directory} ..."))?;
            }
            package.archive.unpack(directory)?;
            context.ui.line(format!("Library {name} {version} installed."))?;
        }
        Ok(installed)
    }
}

/// Asks before a folder with something else in it is replaced.
fn confirm_replacement(context: &Context, package: &Package, directory: &Path) -> CommandResult {
    if !directory.exists() || package.archive.is_unpacked_in(directory)? {
        return Ok(());
    }
    let Library { name, version, .. } = &package.library;
    let question = format!("{} holds something else. Replace it by {name} {version}?", directory.display());
    if context.ui.confirm(&question, false, "--yes")? {
        return Ok(());
    }
    Err(CommandError::new(Kind::Failed, format!("{} was left as it is", directory.display())))
}
