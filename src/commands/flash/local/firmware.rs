//! What is flashed to attached devices: files, known applications, source code.

use super::Args;
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        compile::{
            build::{Outcome, build},
            list, target,
        },
        flash::{known_apps, payload},
        sources::{Including, SourceArgs, Sources},
    },
    firmware::{
        Asset, Bundle,
        plan::{Image, PlanError, Trust},
    },
    platform::Platform,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What to do with the files for a Core that are no modules: the patches of its Wi-Fi processor, and very old applications.
const FORCE_FOR_CORE: &str =
    "if it is an application for a Core that says nothing of itself, --force flashes it";
/// What to call what was compiled.
const FIRMWARE_NAME: &str = "firmware.bin";

/// What is to be flashed, before it is known to which board.
pub(super) enum Firmware {
    /// An application that is fetched for each platform.
    KnownApp(String),
    /// Modules and bundles.
    Files(Vec<BinaryFile>),
    /// Source code, compiled for each platform.
    Sources(Sources),
}

/// A file of modules.
pub(super) struct BinaryFile {
    path: PathBuf,
    content: Vec<u8>,
}

impl Firmware {
    /// Finds out what was named. A file of the name of a known application is the file.
    pub(super) fn choose(context: &Context, args: &Args, words: Vec<PathBuf>) -> CommandResult<Self> {
        if let [only] = &words[..]
            && !only.exists()
        {
            return match only.to_str().filter(|name| known_apps::is_known(name)) {
                Some(app) => Ok(Self::KnownApp(app.to_owned())),
                None => Err(payload::not_found(only)),
            };
        }
        if let Some(app) =
            words.iter().find(|word| !word.exists() && word.to_str().is_some_and(known_apps::is_known))
        {
            let text = format!("{} is a known application, which is flashed by itself", app.display());
            return Err(
                CommandError::new(Kind::Usage, text).hint("a device stands in front of what it is to get")
            );
        }
        let are_binaries = !words.is_empty() && words.iter().all(|word| payload::is_binary(word));
        if are_binaries || !args.local.local {
            return words.into_iter().map(BinaryFile::read).collect::<CommandResult<_>>().map(Self::Files);
        }
        let sources = SourceArgs { files: words, ..args.sources.clone() };
        Ok(Self::Sources(sources.sources(context)?))
    }

    pub(super) fn is_known_application(&self) -> bool {
        matches!(self, Self::KnownApp(_))
    }

    /// Shows which files there are.
    pub(super) fn report(&self, context: &Context) -> CommandResult {
        match self {
            Self::Sources(sources) => Ok(context.ui.report(&Including::sources(sources))?),
            Self::Files(files) => {
                let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
                let sources = SourceArgs { files: paths, ..SourceArgs::default() };
                Ok(context.ui.report(&Including::new(&sources.select(context)?))?)
            }
            Self::KnownApp(app) => Ok(context.ui.report(&super::super::KnownApp { app })?),
        }
    }

    /// The modules for a board.
    pub(super) fn images(
        &self,
        context: &Context,
        args: &Args,
        platform: &'static Platform,
    ) -> CommandResult<Vec<Image>> {
        match self {
            Self::KnownApp(app) => {
                let file = known_apps::fetch(context, app, platform, args.local.offline)?;
                Ok(Image::read(&file.name, &file.content, Trust { known: true, force: args.local.force })?)
            }
            Self::Files(files) => {
                let mut images = Vec::new();
                for file in files {
                    images.extend(file.images(context, platform, args.local.force)?);
                }
                Ok(images)
            }
            Self::Sources(sources) => {
                let file = compile(context, args, platform, sources)?;
                images_of(FIRMWARE_NAME, &file, Trust::default())
            }
        }
    }
}

impl BinaryFile {
    fn read(path: PathBuf) -> CommandResult<Self> {
        if path.is_dir() {
            let error = CommandError::new(Kind::Usage, "You cannot flash a directory over USB");
            return Err(error.hint("with --local, source code is compiled in the cloud first"));
        }
        if !path.exists() {
            return Err(payload::not_found(&path));
        }
        match fs::read(&path) {
            Ok(content) => Ok(Self { path, content }),
            Err(error) => Err(CommandError::caused_by(Kind::Failed, error)
                .context(format!("cannot read {}", path.display()))),
        }
    }

    fn images(
        &self,
        context: &Context,
        platform: &'static Platform,
        force: bool,
    ) -> CommandResult<Vec<Image>> {
        let name = file_name(&self.path);
        let trust = Trust { force, known: false };
        if Bundle::is_archive(&self.content) {
            return bundle(&name, &self.content, trust);
        }
        let images = Image::read(&name, &self.content, trust).map_err(|error| {
            let is_no_module = matches!(error, PlanError::Module { .. });
            let may_be_none = platform.firmware.is_some_and(|layout| layout.application.monolithic);
            let error = CommandError::from(error);
            if is_no_module && may_be_none { error.hint(FORCE_FOR_CORE) } else { error }
        })?;
        if images.iter().any(|image| image.prefix.is_none()) {
            context.ui.warn("unable to verify binary info");
        }
        Ok(images)
    }
}

/// The modules in a file, or in the bundle that it is.
fn images_of(name: &str, file: &[u8], trust: Trust) -> CommandResult<Vec<Image>> {
    if Bundle::is_archive(file) { bundle(name, file, trust) } else { Ok(Image::read(name, file, trust)?) }
}

/// The application in a bundle, and the files it needs.
fn bundle(name: &str, archive: &[u8], trust: Trust) -> CommandResult<Vec<Image>> {
    let cannot = |error: CommandError| error.context(name);
    let bundle = Bundle::parse(archive).map_err(|error| cannot(error.into()))?;
    let mut images = Image::read(&bundle.name, &bundle.application, trust)?;
    for asset in &bundle.assets {
        images.extend(asset_images(asset).map_err(cannot)?);
    }
    Ok(images)
}

fn asset_images(asset: &Asset) -> CommandResult<Vec<Image>> {
    Ok(Image::read(&asset.name, &asset.to_module()?, Trust::default())?)
}

/// Compiles source code for a board.
fn compile(
    context: &Context,
    args: &Args,
    platform: &'static Platform,
    sources: &Sources,
) -> CommandResult<Vec<u8>> {
    if args.local.offline {
        return Err(CommandError::new(
            Kind::Usage,
            "source code is compiled in the cloud, which --offline excludes",
        )
        .hint("flash a binary instead"));
    }
    let session = context.session()?;
    context.ui.note(format!("Compiling code for {}", platform.display_name));
    let target = target::choose(context, &session, platform, args.target.as_deref())?;
    if let Some(target) = &target {
        target.announce(context, platform)?;
    }
    list(context, sources)?;
    match build(context, &session, platform, target.as_ref(), &sources.selection)? {
        Outcome::Built(built) => sources.pack(FIRMWARE_NAME.to_owned(), &built.binary),
        Outcome::NoCompiler(error) => Err(error.context("this cloud does not compile")),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
