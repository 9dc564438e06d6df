//! Which of the attached devices a command means.

use super::{Target, heed_interrupts};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    platform::DeviceId,
    usb::{AttachedDevice, UsbError, discover},
};

/// Which devices come into question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Every Particle device.
    Any,
    /// Devices whose bootloader offers DFU. Among several, the only one in DFU mode is the one meant: somebody put it
    /// there for this, and commands from support articles name no device.
    WithDfu,
}

impl Filter {
    fn admits(self, device: &AttachedDevice) -> bool {
        match self {
            Self::Any => true,
            Self::WithDfu => device.platform.flash.is_some(),
        }
    }

    /// The device that stands out among several.
    fn evident(self, devices: &[AttachedDevice]) -> Option<&AttachedDevice> {
        let mut in_dfu = devices.iter().filter(|device| self == Self::WithDfu && device.dfu);
        in_dfu.next().filter(|_| in_dfu.next().is_none())
    }
}

/// The device to work on: the one named, or the only one that can be meant, or the one a person chooses.
///
/// An id is compared with what is attached, without asking the cloud. With several devices and no name, there is a
/// choice on a terminal; elsewhere the error names the candidates.
pub fn select(context: &Context<'_>, named: Option<&str>, filter: Filter) -> CommandResult<Target> {
    let devices = look_around(context, filter)?;
    match (named, devices.len()) {
        (Some(name), _) => find(context, &devices, name),
        (None, 0) => Err(none_attached()),
        (None, 1) => devices.into_iter().next().ok_or_else(none_attached)?.try_into(),
        (None, _) => match filter.evident(&devices) {
            Some(device) => device.clone().try_into(),
            None => choose(context, &devices),
        },
    }
}

/// One of several devices asked for, or why it cannot be worked on.
pub struct Choice {
    /// What to call it: its id, else as it was named, else where it is.
    pub label: String,
    /// The device.
    pub target: CommandResult<Target>,
}

impl Choice {
    fn new(label: impl ToString, target: CommandResult<Target>) -> Self {
        let label = target.as_ref().map_or_else(|_| label.to_string(), |target| target.id.to_string());
        Self { label, target }
    }
}

/// The devices to work on: those named, each once, or all of them, or the one that [`select`] gives.
///
/// Fails as a whole only where there is nothing to choose from: one device that is not there must not keep the
/// others from being worked on.
pub fn select_several(
    context: &Context<'_>,
    named: &[String],
    all: bool,
    filter: Filter,
) -> CommandResult<Vec<Choice>> {
    if !all && named.is_empty() {
        return Ok(vec![Choice::new("", Ok(select(context, None, filter)?))]);
    }
    let devices = look_around(context, filter)?;
    if all {
        if devices.is_empty() {
            return Err(none_attached());
        }
        let choices =
            devices.into_iter().map(|device| Choice::new(device.address.clone(), device.try_into()));
        return Ok(choices.collect());
    }
    let mut choices: Vec<Choice> = Vec::new();
    for name in named {
        let choice = Choice::new(name, find(context, &devices, name));
        if choices.iter().all(|known| known.label != choice.label) {
            choices.push(choice);
        }
    }
    Ok(choices)
}

fn look_around(context: &Context<'_>, filter: Filter) -> CommandResult<Vec<AttachedDevice>> {
    heed_interrupts(&context.clock);
    let _progress = context.ui.spinner("Getting device information...");
    let mut devices = discover(context.buses()?)?;
    devices.retain(|device| filter.admits(device));
    Ok(devices)
}

fn find(context: &Context<'_>, devices: &[AttachedDevice], name: &str) -> CommandResult<Target> {
    let id = match name.parse::<DeviceId>() {
        Ok(id) => id,
        Err(_) => context.device_id_of(name)?,
    };
    match devices.iter().find(|device| device.id() == Some(&id)) {
        Some(device) => device.clone().try_into(),
        None => Err(not_attached(devices, name)),
    }
}

/// A device that could not be asked who it is may be the one that was named: then that is the news.
fn not_attached(devices: &[AttachedDevice], name: &str) -> CommandError {
    let message = format!(
        "Unable to connect to the device {name}. Make sure the device is connected to the host computer via USB"
    );
    let problem = devices.iter().find_map(|device| device.identity.as_ref().err());
    match problem {
        Some(error) => {
            let cause = CommandError::from(error.clone());
            let hint = "it may be a device that could not be asked for its id";
            let error = CommandError::new(cause.kind(), format!("{message}: {}", cause.message())).hint(hint);
            cause.hints().iter().fold(error, |error, hint| error.hint(hint))
        }
        None => CommandError::new(Kind::NoDevice, message),
    }
}

fn none_attached() -> CommandError {
    CommandError::new(Kind::NoDevice, "No devices found").hint("connect a device to this computer by USB")
}

fn choose(context: &Context<'_>, devices: &[AttachedDevice]) -> CommandResult<Target> {
    let candidates: Vec<String> = devices.iter().map(describe).collect();
    if !context.ui.can_ask() {
        let message = "Found multiple devices. Please specify the ID or name of one of them";
        let error = CommandError::new(Kind::Ambiguous, message);
        return Err(candidates.into_iter().fold(error, CommandError::hint));
    }
    let chosen = context.ui.choose("Which device would you like to select?", &candidates, "a device id")?;
    let device = devices.get(chosen).ok_or_else(none_attached)?;
    device.clone().try_into()
}

/// A device in one line: `<id> (Photon, DFU)`.
fn describe(device: &AttachedDevice) -> String {
    let id = match &device.identity {
        Ok(Some(id)) => id.to_string(),
        Ok(None) => "<unknown id>".to_owned(),
        Err(UsbError::Busy(_)) => "<in use>".to_owned(),
        Err(UsbError::Permission(_)) => "<no permission>".to_owned(),
        Err(_) => "<not readable>".to_owned(),
    };
    let mode = if device.dfu { ", DFU" } else { "" };
    format!("{id} ({}{mode})", device.platform.display_name)
}
