//! `particle device add`, `particle cloud claim`

use crate::{
    cloud::Claim,
    commands::{CommandError, CommandResult, Context, Kind},
    platform::DeviceId,
    ui::{Page, Report},
};
use serde::Serialize;

/// Add a device to your account
///
/// The device has to be online, with its LED breathing cyan. If it belongs to someone else, its owner can be asked to
/// let you have it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle device add 0123456789abcdef01234567")]
pub struct Args {
    /// Id of the device; `particle identify` shows it
    #[arg(value_name = "DEVICE_ID")]
    device: String,
}

/// What became of the device.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    Claimed,
    TransferRequested,
}

#[derive(Serialize)]
struct Added<'a> {
    device: &'a str,
    result: Outcome,
}

impl Report for Added<'_> {
    fn render(&self, page: &mut Page) {
        match self.result {
            Outcome::Claimed => page.line(format_args!("Successfully claimed device {}", self.device)),
            Outcome::TransferRequested => page.line(
                "Transfer requested. You will receive an email if your transfer is approved or denied.",
            ),
        }
    }
}

/// Claims the device, or asks its owner for it.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let device = args.device.as_str();
    let session = context.session()?;
    context.ui.line(format!("Claiming device {device}"))?;
    let result = match context.block_on(session.devices().claim(device)) {
        Ok(Claim::Granted) => Outcome::Claimed,
        Ok(Claim::SomeoneElses) => {
            confirm_transfer(context, device)?;
            context
                .block_on(session.devices().request_transfer(device))
                .map_err(|error| failed(device, error))?;
            Outcome::TransferRequested
        }
        Ok(Claim::Offline) => return Err(offline(device)),
        Err(error) => return Err(failed(device, error)),
    };
    Ok(context.ui.report(&Added { device, result })?)
}

fn confirm_transfer(context: &Context, device: &str) -> CommandResult {
    let question = "That device belongs to someone else. Would you like to request a transfer?";
    if context.ui.confirm(question, true, "--yes")? {
        return Ok(());
    }
    let refusal = CommandError::new(Kind::Permission, "You cannot claim a device owned by someone else");
    Err(failed(device, refusal))
}

fn offline(device: &str) -> CommandError {
    failed(device, CommandError::new(Kind::Offline, "The device is not connected"))
        .hint("only a device that is online can be claimed: wait until its LED breathes cyan, and try again")
        .hint("if it never does, `particle keys doctor` may help")
}

fn failed(device: &str, error: CommandError) -> CommandError {
    let error = error.context("Failed to claim device");
    if device.parse::<DeviceId>().is_err() {
        return error
            .hint("`device add` takes the id of a device, not its name: `particle identify` shows it");
    }
    error
}
