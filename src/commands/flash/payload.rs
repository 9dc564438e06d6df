//! What is to be sent, as far as the command line and the files say.

use super::known_apps;
use crate::{
    cloud::Upload,
    commands::{
        CommandError, CommandResult, Context, Kind,
        compile::build,
        sources::{SourceArgs, Sources},
    },
    firmware::{Bundle, Module, ModuleError},
    platform::PlatformId,
    project::Selection,
};
use std::path::Path;

/// What is to be sent.
pub(super) enum Payload {
    /// An application that is fetched for each platform.
    KnownApp(String),
    /// A binary or a bundle, checked.
    Binary(Binary),
    /// Source code.
    Sources(Sources),
}

/// A file that devices can run.
pub(super) struct Binary {
    /// The file as it is listed.
    pub selection: Selection,
    /// The file as it is sent.
    pub upload: Upload,
    /// What it is for. Binaries of the first Device OS versions do not say.
    pub platform: Option<PlatformId>,
}

impl Payload {
    /// Finds out what was named. A file of the name of a known application is the file.
    pub(super) fn choose(context: &Context, sources: &SourceArgs) -> CommandResult<Self> {
        if let [name] = &sources.files[..]
            && !name.exists()
        {
            return match name.to_str().filter(|name| known_apps::is_known(name)) {
                Some(app) => Ok(Self::KnownApp(app.to_owned())),
                None => Err(not_found(name)),
            };
        }
        let sources = sources.sources(context)?;
        match &sources.selection.files[..] {
            [only] if is_binary(&only.path) => Ok(Self::Binary(Binary::read(sources.selection)?)),
            _ => Ok(Self::Sources(sources)),
        }
    }
}

impl Binary {
    fn read(selection: Selection) -> CommandResult<Self> {
        let mut uploads = build::read(&selection)?;
        let Some(upload) = uploads.pop() else {
            return Err(CommandError::new(Kind::NotFound, "there is no file to send"));
        };
        let platform = platform_of(&upload.content)
            .map_err(|error| error.context(format!("{} cannot be flashed", upload.name)))?;
        Ok(Self { selection, upload, platform })
    }
}

/// The platform of a binary or a bundle that is what it should be.
fn platform_of(content: &[u8]) -> CommandResult<Option<PlatformId>> {
    let bundle = if Bundle::is_archive(content) { Some(Bundle::parse(content)?) } else { None };
    let application = bundle.as_ref().map_or(content, |bundle| &bundle.application);
    match Module::parse(application) {
        Ok(module) => {
            module.verify()?;
            Ok(Some(module.prefix().platform))
        }
        Err(ModuleError::NoInformation) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn is_binary(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    matches!(extension.as_deref(), Some("bin" | "zip"))
}

pub(super) fn not_found(name: &Path) -> CommandError {
    let text = format!("I couldn't find that file: {}", name.display());
    CommandError::new(Kind::NotFound, text)
        .hint(format!("applications that are known by name: {}", known_apps::names().join(", ")))
}
