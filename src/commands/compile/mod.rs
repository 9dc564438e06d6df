//! `particle compile`

pub(super) mod build;
mod messages;
mod sizes;
pub(super) mod target;

use super::{
    CommandError, CommandResult, Context, Kind,
    files::{self, Existing},
    sources::{Including, SourceArgs, Sources},
};
use crate::{
    atomic_file::Access,
    cloud::Session,
    platform::{PLATFORMS, Platform},
    ui::{Page, Report},
};
use build::{Built, Outcome};
use jiff::Timestamp;
use serde::Serialize;
use sizes::Sizes;
use std::path::{Path, PathBuf};

/// Compile source code in the cloud, and save the firmware
///
/// Files and folders may be mixed; without any, the current folder is compiled. Exits with 10 if the code has errors.
/// A project with an `assetOtaDir` or `firmwareEnv` in its project.properties becomes a bundle.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle compile photon                          the project in the current folder
  particle compile photon my_project --saveTo firmware.bin
  particle compile electron app.ino library1.cpp library1.h
  particle compile core --target 1.4.4 my_project")]
pub struct Args {
    /// What to compile for: photon, boron, p2, ...; also p, b, ..., or a platform's number
    #[arg(value_name = "PLATFORM")]
    platform: String,
    #[command(flatten)]
    sources: SourceArgs,
    /// Version of Device OS to compile for
    #[arg(long, value_name = "VERSION")]
    target: Option<String>,
    /// File for the firmware
    #[arg(long = "saveTo", alias = "save-to", value_name = "FILE")]
    save_to: Option<PathBuf>,
}

/// What was compiled.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Compiled<'a> {
    platform: &'static str,
    target: Option<&'a str>,
    binary_id: &'a str,
    file: &'a Path,
    size: usize,
    sizes: Option<Sizes>,
    /// Whether it is a bundle.
    bundle: bool,
    #[serde(skip)]
    size_info: Option<&'a str>,
}

impl Report for Compiled<'_> {
    fn render(&self, page: &mut Page) {
        if let Some(info) = self.size_info {
            page.line("Memory use:");
            for line in info.trim_end().lines() {
                page.line(line.replace(|c: char| c.is_control() && c != '\t', ""));
            }
            page.line("");
        }
        let (news, what) = match self.bundle {
            true => ("Compile succeeded and bundle created.", "bundle"),
            false => ("Compile succeeded.", "firmware"),
        };
        page.line(news);
        let path = std::path::absolute(self.file);
        page.line(format_args!("Saved {what} to: {}", path.as_deref().unwrap_or(self.file).display()));
    }
}

/// Compiles, checks what comes back, and saves it.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let platform = platform(&args.platform)?;
    let sources = args.sources.sources(context).map_err(failed)?;
    if args.sources.only_shown() {
        return Ok(context.ui.report(&Including::sources(&sources))?);
    }
    let file = file(&args, sources.attachments.is_some())?;
    check_folder(&file)?;
    let session = context.session()?;
    context.ui.line("")?;
    context.ui.line(format!("Compiling code for {}", args.platform))?;
    let built = compile(context, &session, platform, &args, &sources).map_err(failed)?;
    let application = file.with_extension("bin");
    let application = application.file_name().unwrap_or(platform.name.as_ref()).to_string_lossy();
    let content = sources.pack(application.into_owned(), &built.binary).map_err(failed)?;
    context.ui.note(format!("saving to: {}", file.display()));
    files::write(&file, &content, Access::Everyone, Existing::Replace)?;
    Ok(context.ui.report(&Compiled {
        platform: platform.name,
        target: built.target.as_deref(),
        binary_id: &built.binary_id,
        file: &file,
        size: content.len(),
        sizes: built.sizes(),
        bundle: sources.attachments.is_some(),
        size_info: built.size_info.as_deref(),
    })?)
}

fn compile(
    context: &Context,
    session: &Session<'_>,
    platform: &'static Platform,
    args: &Args,
    sources: &Sources,
) -> CommandResult<Built> {
    let target = target::choose(context, session, platform, args.target.as_deref())?;
    if let Some(target) = &target {
        target.announce(context, platform)?;
    }
    list(context, sources)?;
    match build::build(context, session, platform, target.as_ref(), &sources.selection)? {
        Outcome::Built(built) => Ok(built),
        Outcome::NoCompiler(error) => Err(error.hint(
            "a local cloud has no compiler of its own: `particle flash DEVICE` sends it the source code",
        )),
    }
}

/// Shows which files are sent.
pub(super) fn list(context: &Context, sources: &Sources) -> CommandResult {
    let ui = context.ui;
    ui.line("")?;
    ui.show(&Including::sources(sources))?;
    Ok(ui.line("")?)
}

fn failed(error: CommandError) -> CommandError {
    error.context("Compile failed")
}

/// The platform that was typed.
fn platform(name: &str) -> CommandResult<&'static Platform> {
    Platform::by_name(name).ok_or_else(|| {
        let known: Vec<&str> =
            PLATFORMS.iter().filter(|known| known.public).map(|known| known.name).collect();
        CommandError::new(Kind::Usage, format!("Compile failed: Target device {name} is not valid"))
            .hint("eg. particle compile core xxx")
            .hint("eg. particle compile photon xxx")
            .hint(format!("known are {}", known.join(", ")))
    })
}

/// The file to save to: the one that was typed, or one that no earlier run has used. Its ending says what is in it.
fn file(args: &Args, bundle: bool) -> CommandResult<PathBuf> {
    let ending = if bundle { "zip" } else { "bin" };
    let Some(file) = &args.save_to else {
        let now = Timestamp::now().as_millisecond();
        return Ok(format!("{}_firmware_{now}.{ending}", args.platform).into());
    };
    let is_archive = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    match (bundle, is_archive) {
        (true, false) => {
            let text = "Compile failed: saveTo must have a .zip extension when project includes assets";
            Err(CommandError::new(Kind::Usage, text))
        }
        (false, true) => Ok(file.with_extension(ending)),
        _ => Ok(file.clone()),
    }
}

/// Fails if there is no folder for a file, before anything is compiled for it.
fn check_folder(file: &Path) -> CommandResult {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => {
            let text = format!("Compile failed: there is no folder {} to save to", folder.display());
            Err(CommandError::new(Kind::NotFound, text))
        }
        _ => Ok(()),
    }
}
