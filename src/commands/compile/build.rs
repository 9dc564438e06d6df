//! Compiling a selection of files in the cloud, for whoever wants the binary.

use super::{messages::localize, sizes::Sizes, target::Target};
use crate::{
    cloud::{Build, Compilation, CompilerErrors, Session, Upload},
    commands::{CommandError, CommandResult, Context, Kind},
    firmware::{Module, ModuleError},
    platform::Platform,
    project::{Selection, SourceFile},
};
use std::fs;

/// What came of compiling.
pub(in crate::commands) enum Outcome {
    /// A binary.
    Built(Built),
    /// This cloud does not compile. Local clouds do so only when they flash a device.
    NoCompiler(CommandError),
}

/// A binary that was compiled, fetched and checked.
pub(in crate::commands) struct Built {
    /// Its name in the cloud.
    pub binary_id: String,
    /// The version of Device OS it is for, where that is known.
    pub target: Option<String>,
    /// What GNU `size` says of it.
    pub size_info: Option<String>,
    /// The binary.
    pub binary: Vec<u8>,
}

impl Built {
    /// What it takes of the device's memories, where the compiler says.
    pub(in crate::commands) fn sizes(&self) -> Option<Sizes> {
        Sizes::parse(self.size_info.as_deref()?)
    }
}

/// Reads the files that are to be sent.
pub(in crate::commands) fn read(selection: &Selection) -> CommandResult<Vec<Upload>> {
    let upload = |file: &SourceFile| match fs::read(&file.path) {
        Ok(content) => Ok(Upload { name: file.name.clone(), content }),
        Err(error) => Err(CommandError::caused_by(Kind::Failed, error)
            .context(format!("cannot read {}", file.path.display()))),
    };
    selection.files.iter().map(upload).collect()
}

/// Compiles files and fetches the binary.
pub(in crate::commands) fn build(
    context: &Context,
    session: &Session<'_>,
    platform: &'static Platform,
    target: Option<&Target>,
    selection: &Selection,
) -> CommandResult<Outcome> {
    let files = read(selection)?;
    let version = target.map(|target| target.version.as_str());
    context.ui.note("attempting to compile firmware");
    let spinner = context.ui.spinner("Compiling...");
    let binaries = session.binaries();
    let build = match context.block_on(binaries.compile(platform.id, version, &files)) {
        Ok(Compilation::Done(build)) => build,
        Ok(Compilation::Failed(errors)) => return Err(not_compiled(&errors, selection)),
        // There is no other thing that this request could not find.
        Err(error) if error.kind() == Kind::NotFound => return Ok(Outcome::NoCompiler(error)),
        Err(error) => return Err(error),
    };
    spinner.message("Downloading...");
    warn(context, &build, selection);
    let binary = context.block_on(binaries.download(&build))?;
    drop(spinner);
    check(&binary, platform)?;
    let Build { binary_id, build_target_version, size_info, .. } = build;
    let target = build_target_version.or_else(|| version.map(str::to_owned));
    Ok(Outcome::Built(Built { binary_id, target, size_info, binary }))
}

/// The failure of code that has errors in it.
pub(in crate::commands) fn not_compiled(errors: &CompilerErrors, selection: &Selection) -> CommandError {
    let text = localize(errors.messages.join("\n").trim_end(), &selection.files);
    CommandError::new(Kind::Compile, format!("Compiler encountered an error\n{text}"))
}

fn warn(context: &Context, build: &Build, selection: &Selection) {
    for warning in build.warnings.iter().filter_map(|warning| warning.as_str()) {
        context.ui.warn(localize(warning, &selection.files));
    }
}

/// Fails if what the cloud sent is not what was asked for. Binaries of the first Device OS versions say nothing of
/// themselves, so there is nothing to check.
fn check(binary: &[u8], platform: &'static Platform) -> CommandResult {
    let unusable = |error: CommandError| error.context("the binary that the cloud sent cannot be used");
    let module = match Module::parse(binary) {
        Ok(module) => module,
        Err(ModuleError::NoInformation) => return Ok(()),
        Err(error) => return Err(unusable(CommandError::caused_by(Kind::Verification, error))),
    };
    module.verify().map_err(|error| unusable(error.into()))?;
    let found = module.prefix().platform;
    if found == platform.id {
        return Ok(());
    }
    let found =
        found.platform().map_or_else(|| format!("platform {found}"), |found| found.display_name.into());
    let text = format!("it is for {found}, not for {}", platform.display_name);
    Err(unusable(CommandError::new(Kind::Verification, text)))
}
