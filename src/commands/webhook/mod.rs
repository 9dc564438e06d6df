//! `particle webhook` and `particle integration`

mod create;
mod definition;
mod delete;
mod list;
mod shared;
mod show;

use super::{CommandResult, Context};
use clap::Subcommand;
use create::Method;
use shared::Noun;

/// Call a web address whenever an event is published
#[derive(Debug, clap::Args)]
pub struct WebhookArgs {
    #[command(subcommand)]
    action: Action,
}

/// Pass events on to web addresses and other services
///
/// The same as `particle webhook`, for all kinds of integrations.
#[derive(Debug, clap::Args)]
pub struct IntegrationArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Create(create::Args),
    List(list::Args),
    Show(show::Args),
    Delete(delete::Args),
    /// Create a webhook that sends a POST request
    #[command(name = "POST")]
    Post(create::ShortcutArgs),
    /// Create a webhook that sends a GET request
    #[command(name = "GET")]
    Get(create::ShortcutArgs),
}

/// Runs `particle webhook`.
pub fn run(context: &Context, args: WebhookArgs) -> CommandResult {
    act(context, args.action, Noun::Webhook)
}

/// Runs `particle integration`.
pub fn run_integration(context: &Context, args: IntegrationArgs) -> CommandResult {
    act(context, args.action, Noun::Integration)
}

fn act(context: &Context, action: Action, noun: Noun) -> CommandResult {
    match action {
        Action::Create(args) => create::run(context, args),
        Action::List(args) => list::run(context, args, noun),
        Action::Show(args) => show::run(context, args),
        Action::Delete(args) => delete::run(context, args, noun),
        Action::Post(args) => create::run_shortcut(context, args, Method::Post),
        Action::Get(args) => create::run_shortcut(context, args, Method::Get),
    }
}
