//! `particle project create`

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    project::{Scaffold, name::problem_with_name},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What a project is called if nobody says otherwise.
const DEFAULT_NAME: &str = "myproject";
/// Where projects are kept, in the home folder.
const DEFAULT_FOLDER: &str = "Particle/projects";

/// Create a new project
///
/// A project is a folder with `project.properties`, which names the libraries that are used, and the program in `src`.
/// What is in the folder already stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle project create --name doorbell .")]
pub struct Args {
    /// Folder to make the project's folder in
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Name of the project and its folder
    #[arg(long)]
    name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewProject {
    name: String,
    directory: PathBuf,
    created: Vec<PathBuf>,
    kept: Vec<PathBuf>,
}

impl Report for NewProject {
    fn render(&self, page: &mut Page) {
        let directory = self.directory.to_string_lossy();
        let directory = page.foreign(&directory);
        page.line(format!("> A new project has been initialized in directory {directory}"));
    }
}

/// Makes the project.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let name = match args.name {
        Some(name) => checked(name)?,
        None => ask_name(context)?,
    };
    let folder = match args.folder {
        Some(folder) => folder,
        None => ask_folder(context)?,
    };
    let directory = if folder == Path::new(".") { PathBuf::from(&name) } else { folder.join(&name) };
    if directory.exists() && !directory.is_dir() {
        return Err(cancelled().context(format!("{} is a file", directory.display())));
    }
    context.ui.line(format!("Initializing project in directory {}...", directory.display()))?;
    let Scaffold { created, kept } = Scaffold::project(&directory, &name)?;
    Ok(context.ui.report(&NewProject { name, directory, created, kept })?)
}

fn checked(name: String) -> CommandResult<String> {
    match problem_with_name(&name) {
        Some(problem) => Err(CommandError::new(Kind::Usage, format!("name: {problem}"))),
        None => Ok(name),
    }
}

fn ask_name(context: &Context) -> CommandResult<String> {
    let question = "What would you like to call your project?";
    loop {
        let name = context.ui.ask(question, Some(DEFAULT_NAME), "--name")?;
        match problem_with_name(&name) {
            Some(problem) => context.ui.note(format!("! name {problem}")),
            None => return Ok(name),
        }
    }
}

fn ask_folder(context: &Context) -> CommandResult<PathBuf> {
    let answer = "DIR, or --yes for the default directory";
    let question = "Would you like to create your project in the default project directory?";
    if context.ui.confirm(question, true, answer)? {
        let home = context.environment.home().ok_or_else(|| {
            CommandError::new(Kind::Failed, "there is no home folder")
                .hint("name a folder: `particle project create DIR`")
        })?;
        return Ok(home.join(DEFAULT_FOLDER));
    }
    let current = std::env::current_dir().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    let question =
        format!("Would you like to create your project in {}? Type “n” to cancel.", current.display());
    if context.ui.confirm(&question, true, answer)? { Ok(current) } else { Err(cancelled()) }
}

fn cancelled() -> CommandError {
    CommandError::new(Kind::Failed, "Project initialization was cancelled.")
}
