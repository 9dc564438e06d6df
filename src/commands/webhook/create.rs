//! `particle webhook create`, `POST` and `GET`

use super::{
    definition::{self, Definition},
    shared::{ScopeArgs, kind},
};
use crate::{
    cloud::WEBHOOK,
    commands::{CommandError, CommandResult, Context},
    ui::{Page, Report},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Create a webhook, from arguments or from a JSON file
///
/// A file may have every member that the cloud's API knows. Lines that begin with # are left out of it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Beginning of the events' names, or, alone, a file whose name ends in .json
    #[arg(value_name = "EVENT|FILE")]
    event: String,
    /// Address to call
    url: Option<String>,
    /// Id of the device whose events are meant; all of yours without it
    device: Option<String>,
    /// Kind of the request: POST, GET, PUT or DELETE
    request_type: Option<String>,
    /// Kind of integration: Webhook, GoogleMaps, GoogleCloudPubSub or AzureIotHub
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    kind: Option<&'static str>,
    #[command(flatten)]
    scope: ScopeArgs,
}

/// Arguments of the commands that stand for a method.
#[derive(Debug, clap::Args)]
pub(super) struct ShortcutArgs {
    /// Beginning of the events' names
    event: String,
    /// Address to call
    url: String,
    /// Id of the device whose events are meant; all of yours without it
    device: Option<String>,
    #[command(flatten)]
    scope: ScopeArgs,
}

/// The method that a command stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Method {
    Post,
    Get,
}

#[derive(Serialize)]
struct Created<'a> {
    id: String,
    event: Option<&'a str>,
    url: Option<&'a str>,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    #[serde(skip)]
    file: Option<&'a Path>,
}

impl Report for Created<'_> {
    fn render(&self, page: &mut Page) {
        if let Some(file) = self.file {
            page.line(format!("Using settings from the file {}", page.foreign(&file.display().to_string())));
        }
        let noun = if self.kind == Some(WEBHOOK) { "webhook" } else { "integration" };
        page.line(format!("Successfully created {noun} with ID {}", page.foreign(&self.id)));
    }
}

/// Creates what the arguments or the file say.
pub(super) fn run(context: &Context, args: Args) -> CommandResult {
    let Args { event, url, device, request_type, kind, scope } = args;
    let is_file = url.is_none() && event.to_ascii_lowercase().ends_with(".json");
    let file = is_file.then(|| PathBuf::from(&event));
    let members = match &file {
        Some(file) => definition::read(file)?,
        None => members([
            ("event", Some(event)),
            ("url", url),
            ("deviceid", device),
            ("requestType", request_type),
        ]),
    };
    create(context, &Definition::new(members, kind)?, file.as_deref(), &scope)
}

/// Creates a webhook that uses one method.
pub(super) fn run_shortcut(context: &Context, args: ShortcutArgs, method: Method) -> CommandResult {
    let ShortcutArgs { event, url, device, scope } = args;
    let method = match method {
        Method::Post => "POST",
        Method::Get => "GET",
    };
    let members = members([
        ("event", Some(event)),
        ("url", Some(url)),
        ("deviceid", device),
        ("requestType", Some(method.to_owned())),
    ]);
    create(context, &Definition::new(members, None)?, None, &scope)
}

/// Those of the members that are there.
fn members<const N: usize>(members: [(&str, Option<String>); N]) -> Map<String, Value> {
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

fn create(
    context: &Context,
    definition: &Definition,
    file: Option<&Path>,
    scope: &ScopeArgs,
) -> CommandResult {
    let session = context.session()?;
    let integrations = session.integrations(scope.scope());
    let id = context
        .block_on(integrations.create(definition.members()))
        .map_err(|error: CommandError| error.context("Error creating webhook"))?;
    let (event, url, kind) = (definition.event(), definition.url(), definition.kind());
    Ok(context.ui.report(&Created { id, event, url, kind, file })?)
}
