//! `particle serial inspect`

use super::{
    inspection::Inspection,
    port::PortArgs,
    subject::{self, Subject},
};
use crate::{
    commands::{
        CommandResult, Context,
        attached::{heed_interrupts, read_inventory},
        error::{CommandError, Kind},
    },
    firmware::Inventory,
    platform::{ControlRequests, release_of},
    serial::{CONSOLE_BAUD_RATE, ListeningConsole, SerialDevice},
    usb::{
        AttachedDevice,
        control::{ControlChannel, ControlError},
    },
};

/// Show the firmware modules on a device
///
/// The device is asked over USB; one that does not answer there (a Core, or Device OS before 0.8.0) has to be in
/// listening mode (blinking blue).
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    port: PortArgs,
    /// Device id or name, where several devices are attached
    #[arg(conflicts_with = "port")]
    device: Option<String>,
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let subject = subject::choose(context, &args.port, args.device.as_deref())?;
    let inventory = {
        let _progress = context.ui.spinner("Asking the device...");
        inspect(context, &subject).map_err(|error| error.context("Could not inspect device"))?
    };
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

/// Asks by control request where the firmware knows the question, else over the console.
fn inspect(context: &Context<'_>, subject: &Subject) -> CommandResult<Inventory> {
    let port = subject.console()?;
    let asked = match &subject.attached {
        Some(device) if device.platform.control_requests != ControlRequests::No => {
            ask_by_request(context, device)
        }
        _ => Err(ControlError::Unsupported),
    };
    match asked {
        Ok(inventory) => Ok(inventory),
        Err(ControlError::Stopped(stop)) => Err(stop.into()),
        // The operating system's driver may have a device that cannot be reached on its bus.
        Err(error) if error.is_not_supported() || port.attached.is_none() => {
            context.ui.verbose(1, format!("control requests do not work: {error}"));
            ask_console(context, port)
        }
        Err(error) => Err(error.into()),
    }
}

fn ask_by_request(context: &Context<'_>, device: &AttachedDevice) -> Result<Inventory, ControlError> {
    let mut channel = ControlChannel::open(device.open()?, device.platform, &context.clock)?;
    read_inventory(&mut channel, device.platform.id)
}

fn ask_console(context: &Context<'_>, port: &SerialDevice) -> CommandResult<Inventory> {
    let mut open_port = port.open(CONSOLE_BAUD_RATE)?;
    let description = ListeningConsole::new(open_port.as_mut(), &context.clock).modules()?;
    let inventory = Inventory::from_json(description.as_bytes());
    inventory.ok_or_else(|| CommandError::new(Kind::Device, "the device's answer makes no sense"))
}
