//! `particle serial inspect`

use super::{
    dialogue,
    inspection::Inspection,
    subject::{self, Subject, SubjectArgs},
};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{heed_interrupts, read_inventory},
    },
    firmware::Inventory,
    platform::release_of,
    serial::{CONSOLE_BAUD_RATE, ListeningConsole},
    usb::control::messages::DeviceMode,
};

/// Show the firmware modules on a device
///
/// The device is asked over USB; one that does not answer there (a Core, or Device OS before 0.8.0) has to be in
/// listening mode (blinking blue).
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let subject = subject::choose(context, &args.subject)?;
    let inventory =
        inventory(context, &subject).map_err(|error| error.context("Could not inspect device"))?;
    context.ui.report(&Inspection::new(subject.id(), &inventory))?;
    if let Some((version, release)) =
        inventory.system_version().and_then(|version| Some((version, release_of(version)?)))
    {
        context.ui.note(format!("System version {version} is Device OS {release}."));
    }
    if inventory.failures().next().is_some() {
        context.ui.note(
            "A check failed: most likely a module is missing that another one needs, such as a newer bootloader. A \
             device that connects to the cloud is put right over the air; for one that cannot, `particle update` does \
             it.",
        );
    }
    Ok(())
}

/// The modules of the device. A console in listening mode tells of checks that Device OS 0.9.0 to 5.5.0 makes and does
/// not tell of by control request.
fn inventory(context: &Context<'_>, subject: &Subject) -> CommandResult<Inventory> {
    let (told, more_to_hear) = dialogue::ask(
        context,
        subject,
        |channel, device| {
            let told = read_inventory(channel, device.platform.id)?;
            let more_to_hear = !told.tells_of_every_check()
                && matches!(channel.device_mode(), Ok(Some(DeviceMode::Listening)));
            Ok((told, more_to_hear))
        },
        |console| Ok((hear(console)?, false)),
    )?;
    if !more_to_hear {
        return Ok(told);
    }
    let mut port = subject.console()?.open(CONSOLE_BAUD_RATE)?;
    match hear(&mut ListeningConsole::new(port.as_mut(), &context.clock)) {
        Err(error) if error.kind() != Kind::Interrupted => {
            context.ui.verbose(1, format!("the console does not tell of its modules: {}", error.message()));
            Ok(told)
        }
        heard => heard,
    }
}

fn hear(console: &mut ListeningConsole<'_>) -> CommandResult<Inventory> {
    let inventory = Inventory::from_json(console.modules()?.as_bytes());
    inventory.ok_or_else(|| CommandError::new(Kind::Device, "the device's answer makes no sense"))
}
