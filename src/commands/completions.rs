//! `particle completions SHELL`

use super::{CommandResult, Context, command_tree};
use clap_complete::Shell;

/// Print a completion script for a shell
///
/// For example: `particle completions bash > ~/.local/share/bash-completion/completions/particle`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Writes the script to standard output.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command_tree(), "particle", &mut script);
    Ok(context.ui.raw(&script)?)
}
