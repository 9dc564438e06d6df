//! `particle library delete`

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, Report},
};
use serde::Serialize;

/// The variable with what permits deleting. The sandbox sets it for its clients.
const TOKEN_VARIABLE: &str = "PARTICLE_LIBRARY_DELETE_TOKEN";

/// Delete a library from the cloud, with all its versions
///
/// Asks first; `--yes` answers. Projects that use it can no longer be compiled.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the library
    name: String,
}

#[derive(Serialize)]
struct Deleted {
    name: String,
}

impl Report for Deleted {
    fn render(&self, page: &mut Page) {
        page.line(format!("> Library {} deleted.", page.foreign(&self.name)));
    }
}

/// Deletes the library.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let name = args.name;
    let token = context.environment.text(TOKEN_VARIABLE).ok_or_else(|| {
        let message = format!("{TOKEN_VARIABLE} should be defined to enable library delete functionality.");
        CommandError::new(Kind::Usage, message).hint("Particle's staff hands such tokens out")
    })?;
    let session = context.session()?;
    let question = format!("Are you sure you want to delete the library {name} for everybody?");
    if !context.ui.confirm(&question, false, "--yes")? {
        return Err(CommandError::new(
            Kind::Failed,
            format!("Library {name} was not deleted: not confirmed"),
        ));
    }
    let spinner = context.ui.spinner(format!("Deleting library {name}"));
    context
        .block_on(session.libraries().delete(&name, token))
        .map_err(|error| super::unknown(&name, error))?;
    drop(spinner);
    Ok(context.ui.report(&Deleted { name })?)
}
