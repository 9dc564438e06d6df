//! The last steps: the device comes online, and gets a name.

use super::{account::Account, report::SetUp};
use crate::{
    cloud::Session,
    commands::{CommandError, CommandResult, Context, Kind, online},
    platform::DeviceId,
};

/// What became of a device that should be online by now.
pub(super) enum Outcome {
    /// It is, and all is done.
    Done,
    /// It is not, and the person wants to give it other Wi-Fi settings.
    Reconfigure,
}

/// Waits for the device, names it, and reports.
pub(super) fn run(
    context: &Context<'_>,
    account: &Account,
    device: &DeviceId,
    name: Option<&str>,
) -> CommandResult<Outcome> {
    let session = account.session(context)?;
    while !online::wait(context, &session, device)? {
        context.ui.note("It doesn't look like your device has made it to the cloud yet.");
        if !context.ui.can_ask() {
            return Err(offline(device));
        }
        let choices = [
            "Check again to see if the device has connected",
            "Reconfigure the Wi-Fi settings of the device",
            "Leave it for now",
        ];
        match context.ui.choose("What would you like to do?", &choices.map(str::to_owned), "--file")? {
            0 => {}
            1 => return Ok(Outcome::Reconfigure),
            _ => return Err(offline(device)),
        }
    }
    context.ui.note("It looks like your device has made it happily to the cloud!");
    let name = give_name(context, &session, device, name)?;
    context.ui.report(&SetUp { device: device.clone(), name, online: true })?;
    Ok(Outcome::Done)
}

/// Gives the device the name that was typed with the command, or is typed now. It is set up either way, so a name
/// that the cloud refuses is asked for again, and is no failure of all that went before.
fn give_name(
    context: &Context<'_>,
    session: &Session<'_>,
    device: &DeviceId,
    given: Option<&str>,
) -> CommandResult<Option<String>> {
    let mut next = given.map(str::to_owned);
    loop {
        let name = match next.take() {
            Some(name) => name,
            None if !context.ui.can_ask() => return Ok(None),
            None => {
                let question = "What would you like to call your device (Enter to skip)?";
                context.ui.ask(question, None, "--name")?
            }
        };
        let name = name.trim();
        if name.is_empty() {
            return Ok(None);
        }
        match context.block_on(session.devices().rename(device.as_str(), name)) {
            Ok(()) => return Ok(Some(name.to_owned())),
            Err(error) if context.ui.can_ask() && error.kind() == Kind::Failed => {
                context.ui.note(format!("The cloud refused that name: {}", error.message()));
            }
            Err(error) => {
                let error = error.context("The device is set up, but could not be named");
                return Err(error.hint(format!("`particle device rename {device} NAME` tries again")));
            }
        }
    }
}

fn offline(device: &DeviceId) -> CommandError {
    let message = format!("The device {device} has its Wi-Fi settings, but is not online");
    CommandError::new(Kind::Offline, message)
        .hint("a wrong Wi-Fi password is the usual reason: put the device into listening mode and run `particle setup` again")
        .hint("if it blinks cyan, its key is wrong: `particle keys doctor` helps")
        .hint(format!(
            "if it breathes cyan, it is somebody else's: `particle device add {device}` asks for it"
        ))
}
