//! `particle serial claim`

use super::{
    dialogue,
    subject::{self, Subject, SubjectArgs},
};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind, attached::heed_interrupts},
    platform::DeviceId,
    ui::{Page, Report},
    usb::control::{REQUEST_LIMIT, RequestType, messages::SetClaimCode},
};
use serde::Serialize;

/// Length of a claim code.
const CODE_LENGTH: usize = 63;

/// Give a device the code with which it is claimed once it connects
///
/// The device is told over USB; one that does not answer there (a Core, or Device OS before 0.8.0) has to be in
/// listening mode (blinking blue).
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The claim code: 63 characters, from the cloud
    #[arg(value_name = "CLAIM_CODE", value_parser = claim_code)]
    code: String,
    #[command(flatten)]
    subject: SubjectArgs,
}

#[derive(Serialize)]
struct Claim {
    id: Option<DeviceId>,
}

impl Report for Claim {
    fn render(&self, page: &mut Page) {
        page.line("Claim code set.");
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let subject = subject::choose(context, &args.subject)?;
    give_code(context, &subject, &args.code)?;
    Ok(context.ui.report(&Claim { id: subject.id().cloned() })?)
}

/// Gives the device a claim code.
pub(in crate::commands) fn give_code(context: &Context<'_>, subject: &Subject, code: &str) -> CommandResult {
    let told = dialogue::ask(
        context,
        subject,
        |channel, _| {
            let message = SetClaimCode { code: code.to_owned() };
            channel.call::<()>(RequestType::SET_CLAIM_CODE, &message, REQUEST_LIMIT)
        },
        |console| match console.set_claim_code(code)? {
            true => Ok(()),
            false => Err(CommandError::new(Kind::Device, "the device does not take the claim code")),
        },
    );
    told.map_err(|error| error.context("Could not set the claim code"))
}

fn claim_code(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if plain && text.len() == CODE_LENGTH {
        Ok(text.to_owned())
    } else {
        Err(format!("a claim code has {CODE_LENGTH} characters"))
    }
}
