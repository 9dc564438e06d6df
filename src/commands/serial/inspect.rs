//! `particle serial inspect`

use super::{dialogue, inspection::Inspection, port::PortArgs, subject};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{heed_interrupts, read_inventory},
    },
    firmware::Inventory,
    platform::release_of,
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
    let inventory = dialogue::ask(
        context,
        &subject,
        |channel, device| read_inventory(channel, device.platform.id),
        |console| {
            let inventory = Inventory::from_json(console.modules()?.as_bytes());
            inventory.ok_or_else(|| CommandError::new(Kind::Device, "the device's answer makes no sense"))
        },
    );
    let inventory = inventory.map_err(|error| error.context("Could not inspect device"))?;
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
