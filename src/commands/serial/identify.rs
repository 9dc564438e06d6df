//! `particle serial identify`, and `particle identify`

use super::subject::{self, Subject, SubjectArgs};
use crate::{
    commands::{
        CommandError, CommandResult, Context,
        attached::{Target, heed_interrupts},
    },
    platform::{ControlRequests, DeviceId},
    serial::{CONSOLE_BAUD_RATE, ConsoleIdentity, ListeningConsole, ListeningError, SerialDevice},
    ui::{Page, Report},
    usb::{
        AttachedDevice,
        control::{
            ControlChannel, ControlError, REQUEST_LIMIT, RequestType,
            messages::{DeviceMode, IccidReply},
        },
    },
};
use serde::Serialize;

/// Ask a device for its id and the version of its system firmware
///
/// The device is asked over USB; one that does not answer there (a Core, or old firmware) has to be in listening mode
/// (blinking blue).
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let subject = subject::choose(context, &args.subject)?;
    let identity = {
        let _progress = context.ui.spinner("Asking the device...");
        identify(context, &subject).map_err(|error| error.context("Could not identify device"))?
    };
    if subject.is_in_dfu() {
        context.ui.note("The device is in DFU mode: its firmware is not running.");
    }
    Ok(context.ui.report(&identity)?)
}

/// What there is to tell about a device.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    id: Option<DeviceId>,
    platform: Option<&'static str>,
    imei: Option<String>,
    iccid: Option<String>,
    system_version: Option<String>,
}

impl Identity {
    fn add(&mut self, answer: ConsoleIdentity) {
        self.id = Some(answer.id);
        self.imei = self.imei.take().or(answer.imei);
        self.iccid = self.iccid.take().or(answer.iccid);
    }
}

impl Report for Identity {
    fn render(&self, page: &mut Page) {
        page.line("");
        if let Some(id) = &self.id {
            page.line(format_args!("Your device id is {id}"));
        }
        for (name, value) in [("IMEI", &self.imei), ("ICCID", &self.iccid)] {
            if let Some(value) = value {
                let value = page.foreign(value).into_owned();
                page.line(format_args!("Your {name} is {value}"));
            }
        }
        match &self.system_version {
            Some(version) => {
                let version = page.foreign(version).into_owned();
                page.line(format_args!("Your system firmware version is {version}"));
            }
            None => page.line("Unable to determine system firmware version"),
        }
    }
}

/// Asks by control request, and over the console what that does not tell.
fn identify(context: &Context<'_>, subject: &Subject) -> CommandResult<Identity> {
    let mut identity = Identity {
        id: subject.id().cloned(),
        platform: subject.platform().map(|platform| platform.name),
        ..Identity::default()
    };
    if let Some(device) = subject.attached.as_ref().filter(|device| device.dfu) {
        identity.id = Some(Target::try_from(device.clone())?.id);
        return Ok(identity);
    }
    let asked = match &subject.attached {
        Some(device) if knows_control_requests(device) => ask_by_request(context, device, &mut identity),
        _ => Ok(Answer::None),
    };
    match (asked, &subject.port) {
        (Ok(Answer::Complete), _) => {}
        (Err(ControlError::Stopped(stop)), _) => return Err(stop.into()),
        (Ok(_), Some(port)) => ask_console(context, port, &mut identity)?,
        (Err(error), Some(port)) => {
            context.ui.verbose(1, format!("control requests do not work: {error}"));
            ask_console(context, port, &mut identity)?;
        }
        (Ok(_), None) => {}
        (Err(error), None) => return Err(error.into()),
    }
    Ok(identity)
}

/// How much control requests have told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Nothing: the firmware is too old.
    None,
    /// Not all, and the device is listening: its console tells the rest.
    Partial,
    /// All that can be had.
    Complete,
}

fn knows_control_requests(device: &AttachedDevice) -> bool {
    device.platform.control_requests != ControlRequests::No && device.id().is_some()
}

fn ask_by_request(
    context: &Context<'_>,
    device: &AttachedDevice,
    identity: &mut Identity,
) -> Result<Answer, ControlError> {
    let mut channel = ControlChannel::open(device.open()?, device.platform, &context.clock)?;
    let Some(version) = channel.system_version()? else { return Ok(Answer::None) };
    identity.system_version = Some(version);
    if !device.platform.radio.cellular {
        return Ok(Answer::Complete);
    }
    match channel.call::<IccidReply>(RequestType::GET_ICCID, &(), REQUEST_LIMIT) {
        Ok(reply) => {
            identity.iccid = Some(reply.iccid).filter(|iccid| !iccid.is_empty());
            identity.imei = Some(reply.imei).filter(|imei| !imei.is_empty());
        }
        Err(ControlError::Stopped(stop)) => return Err(stop.into()),
        Err(error) => context.ui.verbose(1, format!("the modem's numbers are not known: {error}")),
    }
    if identity.imei.is_none() && channel.device_mode().ok().flatten() == Some(DeviceMode::Listening) {
        return Ok(Answer::Partial);
    }
    Ok(Answer::Complete)
}

/// Asks over the console for what is not known yet. A device whose id is known may stay silent.
fn ask_console(context: &Context<'_>, port: &SerialDevice, identity: &mut Identity) -> CommandResult {
    let mut open_port = port.open(CONSOLE_BAUD_RATE)?;
    let mut console = ListeningConsole::new(open_port.as_mut(), &context.clock);
    if identity.id.is_none() {
        identity.add(console.identity()?);
        identity.system_version = unless_silent(console.system_version())?;
        return Ok(());
    }
    if identity.system_version.is_none() {
        identity.system_version = unless_silent(console.system_version())?;
    }
    let is_cellular = port.platform.is_some_and(|platform| platform.radio.cellular);
    if identity.system_version.is_some() && is_cellular {
        unless_silent(console.identity())?.into_iter().for_each(|answer| identity.add(answer));
    }
    Ok(())
}

fn unless_silent<T>(answer: Result<T, ListeningError>) -> CommandResult<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(ListeningError::Silent) => Ok(None),
        Err(error) => Err(CommandError::from(error)),
    }
}
