//! The list of commands and who carries each one out.

use super::{CommandResult, Context, completions, man, sandbox, usb};
use clap::Subcommand;

/// Every command. A new one is a new file and a line here and in [`Context::run`].
#[allow(missing_docs, reason = "each variant is documented at its Args")]
#[derive(Debug, Subcommand)]
pub enum Command {
    Completions(completions::Args),
    Man(man::Args),
    Sandbox(sandbox::Args),
    Usb(usb::Args),
}

impl Context<'_> {
    /// Runs a command.
    pub fn run(&self, command: Command) -> CommandResult {
        match command {
            Command::Completions(args) => completions::run(self, args),
            Command::Man(args) => man::run(self, args),
            Command::Sandbox(args) => sandbox::run(self, args),
            Command::Usb(args) => usb::run(self, args),
        }
    }
}
