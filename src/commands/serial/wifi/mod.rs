//! `particle serial wifi`

mod answers;
mod scan;

use super::subject::{self, Subject, SubjectArgs};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Operator, Target, heed_interrupts},
        wifi::{
            file::{self, CredentialsFile},
            network,
            radio::{Radio, require_wifi},
        },
    },
    platform::{DeviceId, Generation},
    serial::{CONSOLE_BAUD_RATE, SerialDevice, set_up_wifi},
    ui::{Page, Report},
    usb::control::messages::{DeviceMode, WifiNetwork},
};
use answers::Answers;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What a file with credentials has to look like.
const FILE_HELP: &str = "\
A file of credentials looks like this:
  { \"network\": \"my_ssid\", \"security\": \"WPA2_AES\", \"password\": \"my_password\" }
The security is NONE, WEP, WPA2_AES, WPA2_TKIP, WPA2_AES+TKIP, WPA_AES, WPA_TKIP, WPA_AES+TKIP, WPA_802.1x or \
WPA2_802.1x. The last two also take eap (PEAP/MSCHAPv2 or EAP-TLS), username, outer_identity, client_certificate, \
private_key and root_ca; those three are texts in PEM form.";

/// Give a device Wi-Fi credentials
///
/// Devices of generation 3 and later are told over USB; a Photon, P1 or Core over its serial port, where it has to be in
/// listening mode (blinking blue). One that is connected by USB is put into listening mode first.
#[derive(clap::Args, Debug)]
#[command(after_help = FILE_HELP)]
pub struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    /// Take the credentials from this JSON file instead of asking for them
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Choose one of the networks in range, without being asked whether to scan
    #[arg(long, conflicts_with = "file")]
    scan: bool,
}

#[derive(Serialize)]
struct Done {
    device: Option<DeviceId>,
    network: String,
}

impl Report for Done {
    fn render(&self, page: &mut Page) {
        page.line("Done! Your device should now restart.");
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let file = args.file.as_deref().map(file::read).transpose()?;
    let subject = subject::choose(context, &args.subject)?;
    let network = set_up(context, &subject, file.as_ref(), args.scan)
        .map_err(|error| error.context("Something went wrong"))?;
    Ok(context.ui.report(&Done { device: subject.id().cloned(), network })?)
}

/// Gives a device that is attached a network: that of a file, or one that is asked for.
pub(in crate::commands) fn give_network(
    context: &Context<'_>,
    device: &DeviceId,
    file: Option<&Path>,
) -> CommandResult {
    let file = file.map(file::read).transpose()?;
    let subject = subject::choose(
        context,
        &SubjectArgs { device: Some(device.to_string()), ..SubjectArgs::default() },
    )?;
    set_up(context, &subject, file.as_ref(), false).map(drop)
}

/// Gives the device its credentials; gives the name of the network.
pub(in crate::commands) fn set_up(
    context: &Context<'_>,
    subject: &Subject,
    file: Option<&CredentialsFile>,
    scan: bool,
) -> CommandResult<String> {
    subject.platform().map_or(Ok(()), require_wifi)?;
    let target = target_of(subject)?;
    // What the console alone can do: users who log in.
    let enterprise = file.is_some_and(CredentialsFile::is_enterprise);
    match target {
        Some(target) if target.platform().generation >= Generation::Three && !enterprise => {
            by_request(context, target, file, scan)
        }
        target => over_the_console(context, subject, target.as_ref(), file, scan),
    }
}

/// The device on its bus, where it is known which one that is.
fn target_of(subject: &Subject) -> CommandResult<Option<Target>> {
    let target = subject.attached.clone().filter(|device| device.id().is_some() || device.dfu);
    let target = target.map(Target::try_from).transpose()?;
    target.as_ref().map_or(Ok(()), Target::refuse_in_dfu)?;
    Ok(target)
}

fn by_request(
    context: &Context<'_>,
    target: Target,
    file: Option<&CredentialsFile>,
    scan: bool,
) -> CommandResult<String> {
    let radio = Radio::of(context, target)?;
    let network = match file {
        Some(file) => network::from_file(file, &radio)?,
        None => ask(context, &radio, scan)?,
    };
    radio.join(&network)?;
    Ok(network.ssid)
}

fn ask(context: &Context<'_>, radio: &Radio<'_>, scan: bool) -> CommandResult<WifiNetwork> {
    let question = "Should I scan for nearby Wi-Fi networks?";
    if scan || context.ui.confirm(question, true, network::FILE_FLAG)? {
        network::choose(context, radio)
    } else {
        network::ask_for_all(context)
    }
}

fn over_the_console(
    context: &Context<'_>,
    subject: &Subject,
    target: Option<&Target>,
    file: Option<&CredentialsFile>,
    scan: bool,
) -> CommandResult<String> {
    let port = subject.port.as_ref().ok_or_else(without_port)?;
    let ssid = match file {
        Some(file) => file.network.clone(),
        None => scan::ask_for_ssid(context, subject.platform(), scan)?,
    };
    let mut answers = Answers::new(context, file, &ssid)?;
    let operator =
        target.map(|_| context.buses().map(|buses| Operator::new(buses, &context.clock))).transpose()?;
    let _lock = operator.as_ref().zip(target).map(|(operator, target)| operator.lock(target)).transpose()?;
    if let (Some(operator), Some(target)) = (&operator, target) {
        listen(context, operator, target)?;
    }
    converse(context, port, &mut answers)?;
    Ok(ssid)
}

/// Puts a device into listening mode if it is not. One that is known by its port alone has to be in it.
pub(in crate::commands) fn start_listening(context: &Context<'_>, subject: &Subject) -> CommandResult {
    let Some(target) = target_of(subject)? else { return Ok(()) };
    let operator = Operator::new(context.buses()?, &context.clock);
    let _lock = operator.lock(&target)?;
    listen(context, &operator, &target)
}

fn listen(context: &Context<'_>, operator: &Operator, target: &Target) -> CommandResult {
    let mode = operator.control(&target.attached).and_then(|mut channel| channel.device_mode());
    if mode == Ok(Some(DeviceMode::Listening)) {
        return Ok(());
    }
    context.ui.note("Putting the device into listening mode...");
    operator.start_listening(target)
}

fn converse(context: &Context<'_>, port: &SerialDevice, answers: &mut Answers<'_, '_>) -> CommandResult {
    let mut open = port.open(CONSOLE_BAUD_RATE)?;
    let mut asked = false;
    let outcome = set_up_wifi(open.as_mut(), &context.clock, |question| {
        asked = true;
        answers.give(question)
    });
    outcome.map_err(|error: CommandError| match asked {
        // The device goes on waiting for the answer to its last question.
        true => error.hint("reset the device before you try again"),
        false => error,
    })
}

fn without_port() -> CommandError {
    CommandError::new(Kind::NoDevice, "No serial port identified")
        .hint("connect the device to this computer by USB, or name its port with --port")
}
