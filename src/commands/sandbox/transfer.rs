//! `particle sandbox transfer DEVICE ANSWER`

use super::control;
use crate::{
    commands::{CommandResult, Context},
    sandbox::Location,
    ui::{Page, Report},
};
use clap::ValueEnum;
use serde::Serialize;

/// Answer, as its owner, somebody who has asked for a device with `device add`
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Device id or name
    device: String,
    /// What the owner answers
    answer: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "camelCase")]
enum Answer {
    /// The device is theirs
    Approve,
    /// It stays where it is
    Deny,
}

#[derive(Serialize)]
struct Answered {
    device: String,
    answer: Answer,
}

impl Report for Answered {
    fn render(&self, page: &mut Page) {
        let device = page.foreign(&self.device);
        match self.answer {
            Answer::Approve => page.line(format_args!("{device} belongs to whoever asked for it")),
            Answer::Deny => page.line(format_args!("{device} stays with its owner")),
        }
    }
}

/// Gives the answer.
pub fn run(context: &Context, location: &Location, args: Args) -> CommandResult {
    let Args { device, answer } = args;
    let approve = answer == Answer::Approve;
    control(context, location, |sandbox| context.block_on(sandbox.answer_transfer(&device, approve)))?;
    Ok(context.ui.report(&Answered { device, answer })?)
}
