//! `particle webhook list`

use super::shared::{Noun, ScopeArgs, kind};
use crate::{
    cloud::Integration,
    commands::{CommandError, CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;

/// List webhooks
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this kind: Webhook, GoogleMaps, GoogleCloudPubSub or AzureIotHub
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    kind: Option<&'static str>,
    #[command(flatten)]
    scope: ScopeArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    event: Option<String>,
    url: Option<String>,
    device: Option<String>,
    created_at: Option<String>,
}

impl From<Integration> for Row {
    fn from(integration: Integration) -> Self {
        let kind = integration.kind().to_owned();
        let Integration { id, event, url, device, created_at, .. } = integration;
        Self { id, kind, event, url, device, created_at }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List {
    rows: Vec<Row>,
    #[serde(skip)]
    noun: Noun,
}

impl Report for List {
    fn render(&self, page: &mut Page) {
        page.line(self.noun.found(self.rows.len()));
        page.line("");
        for (index, row) in self.rows.iter().enumerate() {
            self.render_row(index + 1, row, page);
            page.line("");
        }
    }
}

impl List {
    fn render_row(&self, number: usize, row: &Row, page: &mut Page) {
        let name = match self.noun {
            Noun::Webhook => "Hook ID",
            Noun::Integration => "Integration ID",
        };
        let event = page.foreign(row.event.as_deref().unwrap_or_default()).into_owned();
        page.line(format!("    {number}.) {name} {} is watching for \"{event}\"", page.foreign(&row.id)));
        if self.noun == Noun::Integration {
            page.line(format!("        type: {}", page.foreign(&row.kind)));
        }
        let details =
            [("and sending to:", &row.url), ("for device", &row.device), ("created at", &row.created_at)];
        for (label, value) in details {
            if let Some(value) = value {
                page.line(format!("        {label} {}", page.foreign(value)));
            }
        }
    }
}

/// Fetches and shows the list.
pub(super) fn run(context: &Context, args: Args, noun: Noun) -> CommandResult {
    let session = context.session()?;
    let spinner = context.ui.spinner("Fetching webhooks...");
    let all = context
        .block_on(session.integrations(args.scope.scope()).list())
        .map_err(|error: CommandError| error.context("Error listing webhooks"))?;
    drop(spinner);
    let rows = noun.select(all, args.kind).into_iter().map(Row::from).collect();
    Ok(context.ui.report(&List { rows, noun })?)
}
