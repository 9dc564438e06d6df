//! `particle library create`

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    project::{
        ManifestKind, Scaffold,
        name::{problem_with_name, problem_with_text, problem_with_version},
        template,
    },
    ui::{Page, Report},
};
use jiff::Zoned;
use serde::Serialize;
use std::path::PathBuf;

/// Create a new library
///
/// Makes its description, a class in `src`, an example, and places for the licence and the documentation. What is in
/// the folder already stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle library create --name doorbell --version 0.0.1 --author Ada")]
pub struct Args {
    /// Name of the library
    #[arg(long)]
    name: Option<String>,
    /// Its first version
    #[arg(long)]
    version: Option<String>,
    /// Who writes it
    #[arg(long)]
    author: Option<String>,
    /// Folder of the library; without it, the current one
    #[arg(long, default_value = ".", hide_default_value = true)]
    dir: PathBuf,
}

#[derive(Serialize)]
struct NewLibrary {
    name: String,
    created: Vec<PathBuf>,
    kept: Vec<PathBuf>,
}

impl Report for NewLibrary {
    fn render(&self, page: &mut Page) {
        for path in &self.created {
            page.line(format!("Created {}", page.foreign(&path.to_string_lossy())));
        }
    }
}

/// Something that has to be known of a new library.
struct Field {
    name: &'static str,
    question: &'static str,
    flag: &'static str,
    problem: fn(&str) -> Option<&'static str>,
}

const NAME: Field = Field {
    name: "name",
    question: "Enter a name for your library:",
    flag: "--name",
    problem: problem_with_name,
};
const VERSION: Field = Field {
    name: "version",
    question: "Enter a version for your library:",
    flag: "--version",
    problem: problem_with_version,
};
const AUTHOR: Field = Field {
    name: "author",
    question: "Who is the author of your library:",
    flag: "--author",
    problem: problem_with_text,
};

impl Field {
    /// What is wrong with what was given, with the name of the field.
    fn complaint(&self, value: &str) -> Option<String> {
        Some(format!("{}: {}", self.name, (self.problem)(value)?))
    }

    /// What was given, or else what the person answers.
    fn value(&self, context: &Context, given: Option<String>) -> CommandResult<String> {
        if let Some(given) = given {
            return Ok(given);
        }
        loop {
            let answer = context.ui.ask(self.question, None, self.flag)?;
            match self.complaint(&answer) {
                Some(complaint) => context.ui.note(complaint),
                None => return Ok(answer),
            }
        }
    }
}

/// Makes the library.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let manifest = args.dir.join(ManifestKind::Library.file_name());
    if manifest.exists() {
        let message = format!("{} exists: there is a library here already", manifest.display());
        return Err(CommandError::new(Kind::Failed, message).hint("name another folder with --dir"));
    }
    let given = [(NAME, &args.name), (VERSION, &args.version), (AUTHOR, &args.author)];
    let complaints: Vec<String> =
        given.iter().filter_map(|(field, value)| field.complaint(value.as_deref()?)).collect();
    if !complaints.is_empty() {
        return Err(CommandError::new(Kind::Usage, complaints.join("\n")));
    }
    let name = NAME.value(context, args.name)?;
    let version = VERSION.value(context, args.version)?;
    let author = AUTHOR.value(context, args.author)?;
    let files = template::library(&name, &version, &author, Zoned::now().year());
    let Scaffold { created, kept } = Scaffold::library(&args.dir, files)?;
    Ok(context.ui.report(&NewLibrary { name, created, kept })?)
}
