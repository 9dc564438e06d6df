//! `particle preprocess`

use super::{CommandError, CommandResult, Context, Kind};
use crate::{
    atomic_file::{self, Access},
    project::preprocess::{is_generated, preprocess},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// What stands for standard input and output.
const STANDARD_STREAM: &str = "-";
/// What is read from standard input is called if nobody says otherwise.
const NAME_OF_INPUT: &str = "stdin";

/// Turn a Wiring sketch (.ino) into C++
///
/// Adds what the compile service adds: `#include "Particle.h"`, declarations of the functions, and `#line` directives
/// so that error messages point into the sketch. A sketch with `#pragma PARTICLE_NO_PREPROCESSOR` stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle preprocess app.ino                        writes app.cpp
  particle preprocess - --name app.ino --saveTo -    from standard input to standard output")]
pub struct Args {
    /// The sketch; `-` for standard input
    file: PathBuf,
    /// What the sketch is called in error messages of the compiler; without it, by its file name
    #[arg(long)]
    name: Option<String>,
    /// File to write, `-` for standard output; without it, FILE with the extension .cpp
    #[arg(long = "saveTo", alias = "save-to", value_name = "FILE")]
    save_to: Option<PathBuf>,
}

/// Where the result is: in a file, or here.
#[derive(Serialize)]
struct Preprocessed {
    file: Option<PathBuf>,
    source: Option<String>,
}

impl Report for Preprocessed {
    fn render(&self, _page: &mut Page) {}
}

/// Translates the sketch.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let from_input = args.file == Path::new(STANDARD_STREAM);
    let output = output_of(&args)?;
    let source = if from_input { read_input() } else { fs::read(&args.file) };
    let source = source.map_err(|error| cannot_read(&args.file, error))?;
    let name = args.name.unwrap_or_else(|| match args.file.file_name() {
        Some(name) if !from_input => name.to_string_lossy().into_owned(),
        _ => NAME_OF_INPUT.to_owned(),
    });
    let result = preprocess(&source, &name);
    let Some(path) = output else {
        if !context.ui.is_json() {
            return Ok(context.ui.raw(&result)?);
        }
        let source = Some(String::from_utf8_lossy(&result).into_owned());
        return Ok(context.ui.report(&Preprocessed { file: None, source })?);
    };
    if args.save_to.is_none() {
        check_replaceable(&path)?;
    }
    atomic_file::replace(&path, &result, Access::Everyone).map_err(|error| {
        CommandError::caused_by(Kind::Failed, error).context(format!("cannot write {}", path.display()))
    })?;
    Ok(context.ui.report(&Preprocessed { file: Some(path), source: None })?)
}

/// The file to write; `None` for standard output.
fn output_of(args: &Args) -> CommandResult<Option<PathBuf>> {
    let output = match &args.save_to {
        Some(path) => path.clone(),
        None if args.file == Path::new(STANDARD_STREAM) => args.file.clone(),
        None => args.file.with_extension("cpp"),
    };
    if output == Path::new(STANDARD_STREAM) {
        return Ok(None);
    }
    if output == args.file {
        let message = format!("{} would be replaced by what is made of it", output.display());
        return Err(CommandError::new(Kind::Usage, message).hint("name another file with --saveTo"));
    }
    Ok(Some(output))
}

/// Fails if the file is one that somebody wrote.
fn check_replaceable(path: &Path) -> CommandResult {
    match fs::read(path) {
        Ok(contents) if !is_generated(&contents) => {
            let message = format!("{} exists and was not generated", path.display());
            Err(CommandError::new(Kind::Failed, message)
                .hint(format!("`--saveTo {}` replaces it all the same", path.display())))
        }
        _ => Ok(()),
    }
}

fn read_input() -> io::Result<Vec<u8>> {
    let mut source = Vec::new();
    io::stdin().lock().read_to_end(&mut source)?;
    Ok(source)
}

fn cannot_read(path: &Path, error: io::Error) -> CommandError {
    let kind = if error.kind() == io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Failed };
    CommandError::caused_by(kind, error).context(format!("cannot read {}", path.display()))
}
