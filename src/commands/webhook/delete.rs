//! `particle webhook delete`

use super::shared::{Noun, ScopeArgs, kind};
use crate::{
    cloud::Integrations,
    commands::{CommandError, CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;

/// Delete a webhook, or all of them; they are not set off any more from then on
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Id of the webhook, as `list` shows it, or `all`
    #[arg(value_name = "ID|all")]
    id: String,
    /// With `all`, only this kind: Webhook, GoogleMaps, GoogleCloudPubSub or AzureIotHub
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    kind: Option<&'static str>,
    #[command(flatten)]
    scope: ScopeArgs,
}

#[derive(Serialize)]
struct Deletion {
    id: String,
    deleted: bool,
    error: Option<String>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Deletions {
    rows: Vec<Deletion>,
    /// The line above, where all were to be deleted.
    #[serde(skip)]
    found: Option<String>,
}

impl Report for Deletions {
    fn render(&self, page: &mut Page) {
        let Some(found) = &self.found else { return page.line("Successfully deleted webhook!") };
        page.line(found);
        page.line("");
        for row in &self.rows {
            page.line(format!("deleting {}", page.foreign(&row.id)));
        }
    }
}

/// Deletes what is meant, after asking where that is everything.
pub(super) fn run(context: &Context, args: Args, noun: Noun) -> CommandResult {
    let session = context.session()?;
    let integrations = session.integrations(args.scope.scope());
    if args.id != "all" {
        delete(context, &integrations, &args.id)?;
        let rows = vec![Deletion { id: args.id, deleted: true, error: None }];
        return Ok(context.ui.report(&Deletions { rows, found: None })?);
    }
    let question = match noun {
        Noun::Webhook => "Do you want to delete ALL your webhooks?",
        Noun::Integration => "Do you want to delete ALL your integrations?",
    };
    if !context.ui.confirm(question, false, "--yes")? {
        return Ok(());
    }
    let all = context
        .block_on(integrations.list())
        .map_err(|error: CommandError| error.context("Error listing webhooks"))?;
    let ids = noun.select(all, args.kind).into_iter().map(|item| item.id);
    delete_each(context, &integrations, ids.collect(), noun)
}

fn delete(context: &Context, integrations: &Integrations<'_>, id: &str) -> CommandResult {
    let outcome = context.block_on(integrations.delete(id));
    outcome.map_err(|error: CommandError| error.context("Error deleting webhook"))
}

/// Deletes one after the other. One that cannot be deleted does not stop the rest; the first failure is the command's.
fn delete_each(
    context: &Context,
    integrations: &Integrations<'_>,
    ids: Vec<String>,
    noun: Noun,
) -> CommandResult {
    let found = Some(noun.found(ids.len()));
    let mut outcome = Ok(());
    let mut rows = Vec::new();
    for id in ids {
        let deleted = delete(context, integrations, &id);
        let error = deleted.as_ref().err().map(|error| error.message().to_owned());
        rows.push(Deletion { id, deleted: deleted.is_ok(), error });
        outcome = outcome.and(deleted);
    }
    context.ui.report(&Deletions { rows, found })?;
    outcome
}
