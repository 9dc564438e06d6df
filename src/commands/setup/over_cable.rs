//! Setting a device up over the cable.

use super::{
    Args,
    account::Account,
    finish::{self, Claiming, Configured, Outcome},
    host,
};
use crate::{
    commands::{
        CommandResult, Context, Kind,
        serial::{claim, subject::Subject, wifi},
        wifi::file::CredentialsFile,
    },
    platform::{DeviceId, Platform},
    serial::{CONSOLE_BAUD_RATE, ListeningConsole, ListeningError, MacAddress},
};

/// How often a device is asked who it is.
const ATTEMPTS: u32 = 3;

/// What came of the cable.
pub(super) enum Verdict {
    /// The device is set up.
    Done,
    /// It has to be set up over its own network, of which this may be the address; or the person wants another one to be.
    OverItsNetwork(Option<MacAddress>),
}

/// Sets up a device that is attached, again and again until it is online or the person has had enough.
pub(super) fn run(
    context: &Context<'_>,
    account: &Account,
    args: &Args,
    subject: &Subject,
    mut file: Option<&CredentialsFile>,
) -> CommandResult<Verdict> {
    let has_softap = subject.platform().is_some_and(Platform::has_softap);
    if !args.subject.is_given()
        && !context.ui.confirm("Would you like to continue with this one?", true, "--yes")?
    {
        return if has_softap { Ok(Verdict::OverItsNetwork(None)) } else { Err(host::goodbye()) };
    }
    if has_softap && !takes_claim_code(context, subject)? {
        context.ui.note("The firmware of this device cannot be claimed over the cable.");
        return Ok(Verdict::OverItsNetwork(mac_address(context, subject)?));
    }
    let id = identity(context, subject)?;
    // A Core keeps no claim code, and so does perhaps what nothing is known of.
    let claiming = if has_softap { Claiming::ByCode } else { Claiming::ById };
    if claiming == Claiming::ByCode {
        give_claim_code(context, account, subject)?;
        context.ui.note("Claim code set. Now setting up Wi-Fi");
    }
    let device = Configured { id, kind: kind(subject), claiming };
    loop {
        wifi::set_up(context, subject, file.take(), false)?;
        if claiming == Claiming::ById && context.ui.can_ask() && !context.ui.options().assume_yes {
            let question = format!("Press ENTER when your {} is breathing CYAN", device.kind);
            context.ui.ask(&question, None, "--yes")?;
        }
        match finish::run(context, account, &device, args.name.as_deref())? {
            Outcome::Done => return Ok(Verdict::Done),
            Outcome::Reconfigure => {}
        }
    }
}

/// What to call the device in a sentence.
fn kind(subject: &Subject) -> &'static str {
    match subject.platform() {
        Some(platform) if platform.has_softap() => platform.display_name,
        Some(platform) => platform.name,
        None => "device",
    }
}

/// Whether the device knows what claims are.
fn takes_claim_code(context: &Context<'_>, subject: &Subject) -> CommandResult<bool> {
    wifi::start_listening(context, subject).map_err(|error| match error.kind() {
        Kind::WrongMode => error.hint("`particle setup --wifi` sets a Photon or P1 up without the cable"),
        _ => error,
    })?;
    match ask(context, subject, |console| console.is_claimed())? {
        Ok(_) => Ok(true),
        Err(ListeningError::Silent) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The address of the device's radio. `None` if it does not tell, which is in nobody's way.
fn mac_address(context: &Context<'_>, subject: &Subject) -> CommandResult<Option<MacAddress>> {
    match ask(context, subject, |console| console.mac_address())? {
        Ok(address) => Ok(Some(address)),
        Err(ListeningError::Stopped(stop)) => Err(stop.into()),
        Err(error) => {
            context.ui.verbose(1, format!("the device does not tell its MAC address: {error}"));
            Ok(None)
        }
    }
}

/// The device's id, from its USB descriptor or its console.
fn identity(context: &Context<'_>, subject: &Subject) -> CommandResult<DeviceId> {
    if let Some(id) = subject.id() {
        return Ok(id.clone());
    }
    let mut attempts_left = ATTEMPTS;
    loop {
        attempts_left -= 1;
        match ask(context, subject, |console| console.identity())? {
            Ok(identity) => return Ok(identity.id),
            Err(ListeningError::Silent) if attempts_left > 0 && context.ui.can_ask() => {
                let question = "Hold MODE or SETUP until the light blinks blue, then press ENTER";
                context.ui.ask(question, None, "--port")?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn ask<T>(
    context: &Context<'_>,
    subject: &Subject,
    question: impl FnOnce(&mut ListeningConsole<'_>) -> Result<T, ListeningError>,
) -> CommandResult<Result<T, ListeningError>> {
    let _progress = context.ui.spinner("Asking the device...");
    let mut port = subject.console()?.open(CONSOLE_BAUD_RATE)?;
    Ok(question(&mut ListeningConsole::new(port.as_mut(), &context.clock)))
}

fn give_claim_code(context: &Context<'_>, account: &Account, subject: &Subject) -> CommandResult {
    let code = {
        let _spinner = context.ui.spinner("Obtaining magical secure claim code from the cloud...");
        context.block_on(account.session(context)?.device_claims().create())?
    };
    claim::give_code(context, subject, code.expose())
}
