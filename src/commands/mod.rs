//! The commands: one file each, with its arguments next to the `run` that carries it out.

pub mod arguments;
mod attached;
mod binary;
mod bundle;
mod cloud;
mod compile;
mod completions;
mod config;
mod context;
mod device;
mod device_os;
mod download;
pub mod error;
mod exit_status;
mod files;
mod flash;
mod function;
mod groups;
mod inquiry;
mod inventory;
mod keys;
mod library;
mod list;
mod login;
mod logout;
mod man;
mod mesh;
mod nyan;
mod online;
mod outcome;
mod preprocess;
mod product;
mod project;
mod publish;
mod sandbox;
mod serial;
mod session;
mod setup;
pub mod sources;
mod subscribe;
mod token;
mod udp;
mod update;
mod update_cli;
mod usb;
mod variable;
mod version;
mod webhook;
mod whoami;
mod wifi;

pub use context::Context;
pub use error::{CommandError, CommandResult, Kind};
pub use groups::Command;

use crate::{
    clock::Clock,
    environment::Environment,
    ui::{ColorChoice, Ui, UiOptions},
};
use arguments::{GlobalArgs, SandboxArgs};
use clap::{CommandFactory, FromArgMatches, Parser, error::ErrorKind};
use std::{ffi::OsString, process::ExitCode};

/// Work with Particle devices and the Particle Device Cloud
#[derive(Debug, Parser)]
#[command(name = "particle", version, max_term_width = 100, disable_help_subcommand = false)]
pub struct Cli {
    #[command(flatten)]
    sandbox: SandboxArgs,
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The whole command tree, for help, completions and man pages.
pub fn command_tree() -> clap::Command {
    Cli::command()
}

/// Parses the command line, runs the command, reports how it ended.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: Environment,
    clock: Clock,
) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed =
        Cli::command().try_get_matches_from(&arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return parse_failure(&error, &arguments),
    };
    let ui = Ui::new(ui_options(&cli.global, &environment));
    start_trace(cli.global.verbose);
    let outcome = dispatch(cli, environment, clock, &ui);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report_failure(&ui, &error),
    }
}

fn dispatch(cli: Cli, environment: Environment, clock: Clock, ui: &Ui) -> CommandResult {
    let Some(command) = cli.command else {
        let help = Cli::command().render_help();
        return Ok(ui.help(&help)?);
    };
    let (attached, environment) = match (&command, cli.sandbox.sandbox) {
        // `particle --sandbox=FILE sandbox ...` is about that sandbox, it does not run in it.
        (Command::Sandbox(_), Some(file)) if file.is_empty() => (None, environment),
        (Command::Sandbox(_), Some(file)) => (None, environment.with(sandbox::STATE_VARIABLE, file)),
        (_, Some(file)) => {
            let (attached, environment) = sandbox::attach(file, &environment, &clock)?;
            (Some(attached), environment)
        }
        (_, None) => (None, environment),
    };
    let outcome = Context::new(cli.global, environment, clock, ui).and_then(|context| context.run(command));
    match attached {
        Some(attached) => outcome.and(attached.close().map_err(Into::into)),
        None => outcome,
    }
}

fn report_failure(ui: &Ui, error: &CommandError) -> ExitCode {
    if error.kind() != Kind::OutputClosed {
        ui.error(error.kind().code(), error.message(), error.hints());
        for cause in error.causes() {
            ui.verbose(1, format!("caused by: {cause}"));
        }
    }
    ExitCode::from(error.kind().exit_status())
}

/// Help and version are results; everything else clap says is a usage error.
fn parse_failure(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let json = arguments.iter().any(|argument| argument == "--json");
    let ui = Ui::new(UiOptions { json, ..UiOptions::default() });
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help {
        // A bare number, as scripts expect it of the Node tool.
        let printed = match error.kind() {
            ErrorKind::DisplayVersion => ui.raw(concat!(env!("CARGO_PKG_VERSION"), "\n").as_bytes()),
            _ => ui.help(&error.render()),
        };
        return match printed {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => report_failure(&ui, &error.into()),
        };
    }
    let text = error.render().to_string();
    let message = text.trim_end().trim_start_matches("error: ");
    ui.error(Kind::Usage.code(), message, &[]);
    ExitCode::from(Kind::Usage.exit_status())
}

fn ui_options(global: &GlobalArgs, environment: &Environment) -> UiOptions {
    UiOptions {
        json: global.json,
        quiet: global.quiet,
        verbosity: global.verbose,
        color: if global.no_color { ColorChoice::Never } else { global.color },
        assume_yes: global.yes,
        no_input: global.no_input || environment.flag("PARTICLE_NO_INPUT"),
    }
}

/// With `-vv`, shows what goes over the wires on standard error.
fn start_trace(verbosity: u8) {
    use tracing_subscriber::{Layer, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};
    if verbosity < 2 {
        return;
    }
    let ours = filter_fn(|metadata| metadata.target().starts_with("particle"));
    let layer = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_level(false).without_time();
    // A second subscriber in one process can only come from a test, and then the first one serves.
    let _ = tracing_subscriber::registry().with(layer.with_filter(ours)).try_init();
}
