//! `particle webhook show`

use super::shared::ScopeArgs;
use crate::{
    commands::{CommandError, CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// Members that the cloud gives to every integration, and takes from nobody.
const GIVEN_BY_CLOUD: [&str; 3] = ["id", "created_at", "updated_at"];

/// Show a webhook as JSON, in the form that `create` takes
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the webhook, as `list` shows it
    id: String,
    #[command(flatten)]
    scope: ScopeArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    created_at: Option<Value>,
    definition: Map<String, Value>,
}

impl Report for Shown {
    fn render(&self, page: &mut Page) {
        let text = serde_json::to_string_pretty(&self.definition).unwrap_or_default();
        text.lines().for_each(|line| page.line(page.foreign(line).into_owned()));
    }
}

/// Fetches and shows it.
pub(super) fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    let mut definition = context
        .block_on(session.integrations(args.scope.scope()).get(&args.id))
        .map_err(|error: CommandError| error.context("Error showing webhook"))?;
    let created_at = definition.get("created_at").cloned();
    definition.retain(|name, _| !GIVEN_BY_CLOUD.contains(&name.as_str()));
    Ok(context.ui.report(&Shown { id: args.id, created_at, definition })?)
}
