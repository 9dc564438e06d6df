//! The device a serial command is about: reached by its port, on its bus, or both.

use super::port::{self, PortArgs};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Filter, select},
    },
    platform::{DeviceId, Platform},
    serial::SerialDevice,
    usb::{AttachedDevice, discover},
};

/// A device and the ways to it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The device on its bus, where it is known which one that is.
    pub attached: Option<AttachedDevice>,
    /// Its serial port; a device in DFU mode has none.
    pub port: Option<SerialDevice>,
}

impl Subject {
    /// The device behind a port.
    fn of_port(port: SerialDevice, attached: &[AttachedDevice]) -> Self {
        let same = |device: &&AttachedDevice| port.id.is_some() && device.id() == port.id.as_ref();
        let attached = port.attached.clone().or_else(|| attached.iter().find(same).cloned());
        Self { attached, port: Some(port) }
    }

    /// A device whose console is reached over its bus.
    fn of_attached(device: AttachedDevice) -> Self {
        let port = (!device.dfu).then(|| SerialDevice::of_attached(device.clone()));
        Self { attached: Some(device), port }
    }

    /// The device id, where it is known without asking the device.
    pub fn id(&self) -> Option<&DeviceId> {
        let attached = self.attached.as_ref().and_then(AttachedDevice::id);
        attached.or_else(|| self.port.as_ref()?.id.as_ref())
    }

    /// The platform, where it is known without asking the device.
    pub fn platform(&self) -> Option<&'static Platform> {
        let attached = self.attached.as_ref().map(|device| device.platform);
        attached.or_else(|| self.port.as_ref()?.platform)
    }

    /// Whether the device is in DFU mode.
    pub fn is_in_dfu(&self) -> bool {
        self.attached.as_ref().is_some_and(|device| device.dfu)
    }

    /// Its serial port. Fails for a device in DFU mode.
    pub fn console(&self) -> CommandResult<&SerialDevice> {
        self.port.as_ref().ok_or_else(|| {
            CommandError::new(Kind::WrongMode, "The device should not be in DFU mode")
                .hint("`particle usb reset` brings it back to normal operation")
        })
    }

    fn describe(&self) -> String {
        match (&self.port, &self.attached) {
            (Some(port), _) => port::describe(port),
            (None, Some(device)) => {
                let id = device.id().map(|id| format!(" - {id}")).unwrap_or_default();
                format!("{} - {} (DFU){id}", device.address, device.platform.display_name)
            }
            (None, None) => String::new(),
        }
    }
}

/// The arguments that name the device.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct SubjectArgs {
    #[command(flatten)]
    pub port: PortArgs,
    /// Device id or name, where several devices are attached
    #[arg(conflicts_with = "port")]
    pub device: Option<String>,
}

impl SubjectArgs {
    /// Whether a device is named at all.
    pub fn is_given(&self) -> bool {
        self.port.port.is_some() || self.device.is_some()
    }
}

/// The device to talk to: behind the port typed, or with the id or name typed, or the only one there is, or the one a
/// person chooses.
pub fn choose(context: &Context<'_>, args: &SubjectArgs) -> CommandResult<Subject> {
    if let Some(typed) = &args.port.port {
        let port = port::named(port::list(context)?, typed)?;
        return Ok(Subject::of_port(port, &attached_devices(context)?));
    }
    let candidates = candidates(context)?;
    if let Some(named) = args.device.as_deref() {
        let id = named.parse().ok();
        let found = candidates.into_iter().find(|candidate| id.is_some() && candidate.id() == id.as_ref());
        return match found {
            Some(subject) => Ok(subject),
            None => Ok(Subject::of_attached(select(context, Some(named), Filter::Any)?.attached)),
        };
    }
    one_of(context, candidates)?.ok_or_else(no_port)
}

/// The only one of several devices, or the one that a person chooses; `None` of none.
pub fn one_of(context: &Context<'_>, mut candidates: Vec<Subject>) -> CommandResult<Option<Subject>> {
    if candidates.len() > 1 {
        return choose_one(context, candidates).map(Some);
    }
    Ok(candidates.pop())
}

/// Every device that could be meant: those with a port in the order of `serial list`, then those without.
pub fn candidates(context: &Context<'_>) -> CommandResult<Vec<Subject>> {
    let ports = port::list(context)?;
    let attached = attached_devices(context)?;
    let has_port = |device: &AttachedDevice| match device.id() {
        Some(id) => ports.iter().any(|port| port.id.as_ref() == Some(id)),
        // It may be behind any of the ports.
        None => !ports.is_empty(),
    };
    let without_port: Vec<AttachedDevice> =
        attached.iter().filter(|device| !has_port(device)).cloned().collect();
    let behind_ports = ports.into_iter().map(|port| Subject::of_port(port, &attached));
    Ok(behind_ports.chain(without_port.into_iter().map(Subject::of_attached)).collect())
}

/// The devices on the buses. The local bus is of use but not needed: serial ports work without it.
fn attached_devices(context: &Context<'_>) -> CommandResult<Vec<AttachedDevice>> {
    let devices = context.buses().and_then(|buses| Ok(discover(buses)?));
    match devices {
        Err(error) if context.usb_hosts()?.is_empty() => {
            context.ui.verbose(1, format!("USB is not looked at: {}", error.message()));
            Ok(Vec::new())
        }
        devices => devices,
    }
}

fn choose_one(context: &Context<'_>, mut candidates: Vec<Subject>) -> CommandResult<Subject> {
    let descriptions: Vec<String> = candidates.iter().map(Subject::describe).collect();
    if !context.ui.can_ask() {
        let message = "Found multiple devices. Please specify one of them by its ID, or by --port";
        let error = CommandError::new(Kind::Ambiguous, message);
        return Err(descriptions.into_iter().fold(error, CommandError::hint));
    }
    let chosen = context.ui.choose("Which device did you mean?", &descriptions, "--port")?;
    Ok(candidates.swap_remove(chosen))
}

fn no_port() -> CommandError {
    CommandError::new(Kind::NoDevice, "No serial port identified")
        .hint("connect a device to this computer by USB, or name its port with --port")
}
