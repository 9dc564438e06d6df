//! `particle usb send-request`

use super::targets::{self, TargetArgs};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Operator, Target},
        outcome::first_failure,
    },
    ui::{Page, Report},
};
use serde::Serialize;

/// Send a request to the application on devices and print its answer
///
/// The application answers in its function `ctrl_request_custom_handler`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What to send
    payload: String,
    #[command(flatten)]
    targets: TargetArgs,
    /// Print the answer alone
    #[arg(long)]
    silent: bool,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let answers = targets::ask_each(context, &args.targets, |operator, target| {
        target.refuse_in_dfu()?;
        ask(operator, target, &args.payload)
    })?;
    let mut told = Vec::new();
    let mut results = Vec::new();
    for (device, answer) in answers {
        let result = answer.map(|response| {
            told.push(Answer { device: device.clone(), response, silent: args.silent });
        });
        results.push((device, result));
    }
    context.ui.report(&Answers(told))?;
    first_failure(context, results)
}

fn ask(operator: &Operator, target: &Target, payload: &str) -> CommandResult<String> {
    let outcome = operator
        .control(&target.attached)
        .and_then(|mut channel| channel.ask_application(payload.as_bytes()));
    match outcome {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.is_not_supported() => {
            let message = "the application on the device has no handler for requests";
            let hint = "define ctrl_request_custom_handler in its code, flash it, and try again";
            Err(CommandError::new(Kind::Device, message).hint(hint))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Answers(Vec<Answer>);

#[derive(Serialize)]
struct Answer {
    device: String,
    response: String,
    #[serde(skip)]
    silent: bool,
}

impl Report for Answers {
    fn render(&self, page: &mut Page) {
        for Answer { device, response, silent } in &self.0 {
            let response = page.foreign(response).into_owned();
            if !silent {
                page.line(format_args!("Device {device}:"));
                page.line(format_args!("Command was successfully sent to device {device}."));
            }
            match (silent, response.is_empty()) {
                (_, true) => {}
                (true, false) => page.line(response),
                (false, false) => page.line(format_args!("Response from device {device}: {response}")),
            }
        }
    }
}
