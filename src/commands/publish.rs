//! `particle publish`

use super::{CommandError, CommandResult, Context};
use crate::ui::{Page, Report};
use serde::Serialize;

/// Publish an event to your devices, your subscriptions and your webhooks
///
/// What begins with a dash and is no number goes behind `--`: `particle publish temp -- -hot-`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the event
    event: String,
    /// What is published with it
    #[arg(allow_negative_numbers = true)]
    data: Option<String>,
    /// Publish to the streams and webhooks of a product, by id or slug; devices do not hear it
    #[arg(long, value_name = "PRODUCT")]
    product: Option<String>,
    /// Accepted for compatibility; all events are private
    #[arg(long, conflicts_with = "public")]
    private: bool,
    /// Accepted for compatibility, with a warning; there are no public events any more
    #[arg(long)]
    public: bool,
}

#[derive(Serialize)]
struct Published<'a> {
    event: &'a str,
    data: Option<&'a str>,
    product: Option<&'a str>,
}

impl Report for Published<'_> {
    fn render(&self, page: &mut Page) {
        let event = page.foreign(self.event);
        match self.product {
            Some(product) => page.line(format!("Published private event: {event} to product: {product}")),
            None => page.line(format!("Published private event: {event}")),
        }
        page.line("");
    }
}

/// Publishes the event.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    if args.public {
        context.ui.warn("the public event stream no longer exists; the event is published privately");
    }
    let Args { event, data, product, .. } = &args;
    let spinner = context.ui.spinner(format!("Publishing private event: {}", context.ui.foreign(event)));
    let publication = session.events();
    context
        .block_on(publication.publish(product.as_deref(), event, data.as_deref()))
        .map_err(|error: CommandError| error.context("Error publishing event"))?;
    drop(spinner);
    let published = Published { event, data: data.as_deref(), product: product.as_deref() };
    Ok(context.ui.report(&published)?)
}
