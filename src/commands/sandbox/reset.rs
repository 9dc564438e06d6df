//! `particle sandbox reset`

use super::{options::BenchArgs, serve::in_use};
use crate::{
    commands::{CommandResult, Context},
    sandbox::{Location, StateLock},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::PathBuf;

/// Start afresh: new devices, new keys, nobody logged in
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    #[command(flatten)]
    bench: BenchArgs,
}

#[derive(Serialize)]
struct Reset {
    state: PathBuf,
}

impl Report for Reset {
    fn render(&self, page: &mut Page) {
        page.line(format_args!("{} holds a new sandbox", self.state.display()));
    }
}

/// Replaces the state by a new one.
pub fn run(context: &Context, location: &Location, args: Args) -> CommandResult {
    let lock = StateLock::try_take(location)?.ok_or_else(|| in_use(location))?;
    args.bench.inventory().start_afresh(&lock)?;
    Ok(context.ui.report(&Reset { state: location.state_file().to_owned() })?)
}
