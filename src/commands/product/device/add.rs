//! `particle product device add`

use super::{identifiers, typed_id};
use crate::{
    cloud::{CloudError, ImportAnswer, ProductDevices},
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, Progress, Report},
};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use std::{collections::HashSet, path::PathBuf};

/// Most devices in one request.
const BATCH: usize = 1000;
/// Requests at the same time.
const CONCURRENCY: usize = 4;

/// Add devices to a product
///
/// The devices stand on the command line as ids, in a file as ids, serial numbers, IMEIs or ICCIDs: one a line or
/// separated by commas, with or without quotes and a heading. What is in the product already stays there, so the same
/// list can be added again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle product device add 12345 0123456789abcdef01234567
  particle product device add 12345 --file ./path/to/device_ids.txt")]
pub struct Args {
    /// Id or slug of the product
    product: String,
    /// Ids of the devices
    #[arg(value_name = "DEVICE_ID")]
    devices: Vec<String>,
    /// A file with a list of devices
    #[arg(short, long)]
    file: Option<PathBuf>,
}

/// Sends the list.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let identifiers = plan(&args)?;
    let session = context.session()?;
    let products = session.product_devices(&args.product);
    let mut imported = Imported { product: args.product.clone(), ..Imported::default() };
    let outcome = {
        let message = format!("Adding devices to product {}", args.product);
        let progress = context.ui.count_bar(identifiers.len(), message);
        context.block_on(send(&products, &identifiers, &mut imported, &progress))
    };
    if imported.sent > 0 {
        context.ui.report(&imported)?;
    }
    let total = identifiers.len();
    match outcome {
        Err(error) if imported.sent > 0 => {
            let error = error.context(format!("{} of {total} devices were not sent", total - imported.sent));
            Err(error.hint("run it again: devices that are in the product already do no harm"))
        }
        Err(error) => Err(error.context("Error adding device(s) to product")),
        Ok(()) => imported.conclude(context),
    }
}

/// Everything that is to be added, each device once.
fn plan(args: &Args) -> CommandResult<Vec<String>> {
    let typed = args.devices.iter().map(|device| typed_id(device).map(|id| id.to_string()));
    let mut identifiers = typed.collect::<CommandResult<Vec<String>>>()?;
    match &args.file {
        Some(path) => identifiers.extend(identifiers::read(path)?),
        None if identifiers.is_empty() => {
            let message = "`deviceID` parameter or `--file` option is required";
            return Err(CommandError::new(Kind::Usage, message));
        }
        None => {}
    }
    Ok(identifiers::each_once(identifiers))
}

/// Sends the list in batches, several at a time, and keeps in `imported` what became of each. The first failure ends
/// it.
async fn send(
    products: &ProductDevices<'_>,
    identifiers: &[String],
    imported: &mut Imported,
    progress: &Progress,
) -> Result<(), CloudError> {
    let mut batches = stream::iter(identifiers.chunks(BATCH))
        .map(|batch| async move { (batch, products.add(batch).await) })
        .buffered(CONCURRENCY);
    while let Some((batch, answer)) = batches.next().await {
        imported.take(batch, answer?);
        progress.set(imported.sent as u64);
    }
    Ok(())
}

/// What became of the devices.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Imported {
    product: String,
    added: Vec<String>,
    existing: Vec<String>,
    nonmember: Vec<String>,
    invalid: Vec<String>,
    protected: Vec<String>,
    #[serde(skip)]
    sent: usize,
}

impl Imported {
    /// Adds what became of one batch. A cloud that does not say what is new leaves that to be worked out.
    fn take(&mut self, batch: &[String], answer: ImportAnswer) {
        let lists = [
            &answer.existing_device_ids,
            &answer.nonmember_device_ids,
            &answer.invalid_device_ids,
            &answer.protected_device_ids,
        ];
        let named = lists.into_iter().flatten().map(|id| id.trim().to_ascii_lowercase());
        let named: HashSet<String> = named.collect();
        let new = answer.updated_device_ids.unwrap_or_else(|| batch.to_vec());
        self.added.extend(new.into_iter().filter(|id| !named.contains(&id.to_ascii_lowercase())));
        self.existing.extend(answer.existing_device_ids);
        self.nonmember.extend(answer.nonmember_device_ids);
        self.invalid.extend(answer.invalid_device_ids);
        self.protected.extend(answer.protected_device_ids);
        self.sent += batch.len();
    }

    fn skipped(&self) -> usize {
        self.nonmember.len() + self.invalid.len() + self.protected.len()
    }

    /// Sums up, and fails if devices were left out.
    fn conclude(&self, context: &Context) -> CommandResult {
        let (added, existing, skipped) = (self.added.len(), self.existing.len(), self.skipped());
        if self.sent > 1 {
            context.ui.note(format!("{added} added, {existing} already there, {skipped} skipped"));
        }
        if skipped == 0 {
            return Ok(());
        }
        let message =
            format!("{skipped} of {} devices were not added to product {}", self.sent, self.product);
        let error = CommandError::new(Kind::Failed, message);
        Err(if self.invalid.is_empty() {
            error
        } else {
            error.hint(
                "invalid are devices that do not exist, are of another platform, or are in another product",
            )
        })
    }
}

impl Report for Imported {
    fn render(&self, page: &mut Page) {
        let included: Vec<&String> = self.added.iter().chain(&self.existing).collect();
        if !included.is_empty() {
            page.line("Success!");
            page.line("");
        }
        let product = page.foreign(&self.product).into_owned();
        section(page, &format!("Product {product} Includes:"), included);
        section(page, "Already There:", &self.existing);
        section(page, "Skipped Non-Member IDs:", &self.nonmember);
        section(page, "Skipped Invalid IDs:", &self.invalid);
        section(page, "Skipped Protected IDs:", &self.protected);
    }
}

/// A heading, the ids below it and an empty line; nothing where there are no ids.
fn section<'i>(page: &mut Page, heading: &str, ids: impl IntoIterator<Item = &'i String>) {
    let mut ids = ids.into_iter().peekable();
    if ids.peek().is_none() {
        return;
    }
    page.line(heading);
    for id in ids {
        let id = page.foreign(id).into_owned();
        page.line(format_args!("  {id}"));
    }
    page.line("");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_cloud_that_does_not_name_the_new_ones_has_taken_the_rest() {
        let mut imported = Imported::default();
        let answer = ImportAnswer {
            existing_device_ids: texts(&["B2"]),
            invalid_device_ids: texts(&["BADID"]),
            ..ImportAnswer::default()
        };
        imported.take(&texts(&["a1", "b2", "badid"]), answer);
        assert_eq!((imported.added, imported.existing), (texts(&["a1"]), texts(&["B2"])));
        assert_eq!((imported.invalid, imported.sent), (texts(&["BADID"]), 3));
    }

    #[test]
    fn an_imei_is_shown_as_the_id_that_the_cloud_found_for_it() {
        let mut imported = Imported::default();
        let answer =
            ImportAnswer { updated_device_ids: Some(texts(&["a1", "c3"])), ..ImportAnswer::default() };
        imported.take(&texts(&["a1", "353353353353353"]), answer);
        assert_eq!(imported.added, texts(&["a1", "c3"]));
    }
}
