//! The last steps: the device comes online, and gets a name.

use super::{account::Account, report::SetUp};
use crate::{
    cloud::{Claim, DeviceScope, Session},
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

/// How a device becomes the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claiming {
    /// It has a code, which it shows to the cloud when it connects.
    ByCode,
    /// The cloud is told its id once it is online.
    ById,
}

/// A device that has its Wi-Fi settings.
pub(super) struct Configured {
    /// Its id.
    pub(super) id: DeviceId,
    /// What to call it in a sentence.
    pub(super) kind: &'static str,
    /// How it becomes the account's.
    pub(super) claiming: Claiming,
}

impl Configured {
    /// One that was told over its own network, where it does not say what it is.
    pub(super) fn over_softap(id: DeviceId) -> Self {
        Self { id, kind: "device", claiming: Claiming::ByCode }
    }
}

/// Waits for the device, claims it if that is still to be done, names it, and reports.
pub(super) fn run(
    context: &Context<'_>,
    account: &Account,
    device: &Configured,
    name: Option<&str>,
) -> CommandResult<Outcome> {
    let session = account.session(context)?;
    let Configured { id, kind, claiming } = device;
    while !arrives(context, &session, device)? {
        context.ui.note(format!("It doesn't look like your {kind} has made it to the cloud yet."));
        if !context.ui.can_ask() {
            return Err(offline(id));
        }
        let choices = [
            format!("Check again to see if the {kind} has connected"),
            format!("Reconfigure the Wi-Fi settings of the {kind}"),
            "Leave it for now".to_owned(),
        ];
        match context.ui.choose("What would you like to do?", &choices, "--file")? {
            0 => {}
            1 => return Ok(Outcome::Reconfigure),
            _ => return Err(offline(id)),
        }
    }
    context.ui.note(format!("It looks like your {kind} has made it happily to the cloud!"));
    let name = give_name(context, &session, device, name)?;
    context.ui.report(&SetUp { device: id.clone(), name, online: true, kind, claiming: *claiming })?;
    Ok(Outcome::Done)
}

/// Whether the device is online, and the account's, within the time that takes.
fn arrives(context: &Context<'_>, session: &Session<'_>, device: &Configured) -> CommandResult<bool> {
    match device.claiming {
        Claiming::ByCode => online::wait(context, session, &device.id)
            .map_err(|error| error.context("The device has its Wi-Fi settings, but was not seen online")),
        Claiming::ById => claim(context, session, &device.id),
    }
}

/// Claims a device as soon as it is online; false if it has not come.
fn claim(context: &Context<'_>, session: &Session<'_>, id: &DeviceId) -> CommandResult<bool> {
    let answer = online::until(context, || match context.block_on(session.devices().claim(id.as_str())) {
        Ok(Claim::Offline) => Ok(None),
        Err(error) if error.kind() == Kind::Network => Ok(None),
        answer => Ok(Some(answer?)),
    });
    match answer
        .map_err(|error| error.context("The device has its Wi-Fi settings, but could not be claimed"))?
    {
        Some(Claim::SomeoneElses) => Err(somebody_elses(id)),
        answer => Ok(answer.is_some()),
    }
}

/// Names the device. One that was not claimed by a code shouts rainbows meanwhile: it is known by its id alone so far,
/// and a person sees which one that is.
fn give_name(
    context: &Context<'_>,
    session: &Session<'_>,
    device: &Configured,
    given: Option<&str>,
) -> CommandResult<Option<String>> {
    let shouts = device.claiming == Claiming::ById && given.is_none() && context.ui.can_ask();
    let shout = |on| {
        let told = context.block_on(session.devices().signal(DeviceScope::Account, device.id.as_str(), on));
        if let Err(error) = told {
            context.ui.verbose(1, format!("the device does not shout rainbows: {}", error.message()));
        }
    };
    if shouts {
        shout(true);
    }
    let name = ask_for_name(context, session, device, given);
    if shouts {
        shout(false);
    }
    name
}

/// Gives the device the name that was typed with the command, or is typed now. It is set up either way, so a name
/// that the cloud refuses is asked for again, and is no failure of all that went before.
fn ask_for_name(
    context: &Context<'_>,
    session: &Session<'_>,
    device: &Configured,
    given: Option<&str>,
) -> CommandResult<Option<String>> {
    let Configured { id, kind, .. } = device;
    let mut next = given.map(str::to_owned);
    loop {
        let name = match next.take() {
            Some(name) => name,
            None if !context.ui.can_ask() => return Ok(None),
            None => {
                let question = format!("What would you like to call your {kind} (Enter to skip)?");
                context.ui.ask(&question, None, "--name")?
            }
        };
        let name = name.trim();
        if name.is_empty() {
            return Ok(None);
        }
        match context.block_on(session.devices().rename(id.as_str(), name)) {
            Ok(()) => return Ok(Some(name.to_owned())),
            Err(error) if context.ui.can_ask() && error.kind() == Kind::Failed => {
                context.ui.note(format!("The cloud refused that name: {}", error.message()));
            }
            Err(error) => {
                let error = error.context("The device is set up, but could not be named");
                return Err(error.hint(format!("`particle device rename {id} NAME` tries again")));
            }
        }
    }
}

fn somebody_elses(device: &DeviceId) -> CommandError {
    let message = format!("The device {device} is online, but belongs to someone else");
    CommandError::new(Kind::Permission, message)
        .hint(format!("`particle device add {device}` asks its owner for it"))
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
