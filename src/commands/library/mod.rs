//! `particle library`: code that projects share.

mod add;
mod copy;
mod create;
mod delete;
mod install;
mod list;
mod migrate;
mod needs;
mod package;
mod publish;
mod reference;
mod row;
mod search;
mod upload;
mod view;

use super::{CommandError, CommandResult, Context, Kind};
use crate::{
    cloud::{Library, Session},
    project::name::problem_with_name,
};
use clap::Subcommand;
use reference::Reference;
use std::path::PathBuf;

/// Work with libraries
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(add::Args),
    Copy(copy::Args),
    Create(create::Args),
    #[command(hide = true)]
    Delete(delete::Args),
    #[command(hide = true)]
    Install(install::Args),
    List(list::Args),
    Migrate(migrate::Args),
    Publish(publish::Args),
    Search(search::Args),
    Upload(upload::Args),
    View(view::Args),
}

/// Runs one of the group's commands.
pub fn run(context: &Context, args: Args) -> CommandResult {
    match args.command {
        Command::Add(args) => add::run(context, args),
        Command::Copy(args) => copy::run(context, args),
        Command::Create(args) => create::run(context, args),
        Command::Delete(args) => delete::run(context, args),
        Command::Install(args) => install::run(context, args),
        Command::List(args) => list::run(context, args),
        Command::Migrate(args) => migrate::run(context, args),
        Command::Publish(args) => publish::run(context, args),
        Command::Search(args) => search::run(context, args),
        Command::Upload(args) => upload::run(context, args),
        Command::View(args) => view::run(context, args),
    }
}

/// The folder whose project or library a command is about.
fn current_folder() -> CommandResult<PathBuf> {
    std::env::current_dir().map_err(|error| CommandError::caused_by(Kind::Failed, error))
}

/// The library that is meant, as the cloud knows it.
fn look_up(context: &Context, session: &Session<'_>, library: &Reference) -> CommandResult<Library> {
    let Reference { name, version } = library;
    let found = context.block_on(session.libraries().get(name, version.as_deref()));
    let found = found.map_err(|error| unknown(name, error))?;
    if is_well_named(&found) {
        return Ok(found);
    }
    let message = format!("the cloud says that {name} is {:?} {:?}", found.name, found.version);
    Err(CommandError::new(Kind::Failed, message).hint("no library can have such a name or version"))
}

/// Whether name and version are fit for the names of folders and for lines of files. They come from outside, and must
/// not lead elsewhere.
fn is_well_named(library: &Library) -> bool {
    let odd = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_' | '+');
    problem_with_name(&library.name).is_none() && !library.version.contains(odd)
}

/// Says how a library can be found that is not there.
fn unknown(name: &str, error: CommandError) -> CommandError {
    if error.kind() != Kind::NotFound {
        return error;
    }
    error.hint(format!("`particle library search {name}` looks for parts of names"))
}
