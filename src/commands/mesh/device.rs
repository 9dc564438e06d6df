//! A device on the cable that can be in a mesh network.

use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{DeviceLock, Filter, Operator, Target, select},
    },
    platform::{DeviceId, MESH_VERSIONS},
    usb::control::{
        ControlChannel, ControlError, Order, REQUEST_LIMIT, RequestType, ResultCode,
        messages::{DeviceMode, IccidReply},
    },
};

const UNSUPPORTED: &str = "The device does not support mesh networking";

/// A mesh device, open and locked for this process.
pub(super) struct MeshDevice {
    operator: Operator,
    target: Target,
    os_version: Option<String>,
    channel: ControlChannel,
    _lock: DeviceLock,
}

impl MeshDevice {
    /// Opens the attached device with this id or name. Refuses boards and firmware without mesh networks.
    pub(super) fn open(context: &Context<'_>, id_or_name: &str) -> CommandResult<Self> {
        let target = select(context, Some(id_or_name), Filter::Any)?;
        if !target.platform().mesh {
            return Err(CommandError::new(Kind::Device, UNSUPPORTED).hint(format!(
                "{} is {}; mesh networks are made of Argons, Borons and Xenons",
                target.id,
                target.platform().with_article()
            )));
        }
        if target.attached.dfu {
            let error = CommandError::new(Kind::WrongMode, "The device should not be in DFU mode");
            let hint = format!("`particle usb reset {}` brings it back to normal operation", target.id);
            return Err(error.hint(hint));
        }
        let operator = Operator::new(context.buses()?, &context.clock);
        let lock = operator.lock(&target)?;
        let mut channel = operator.control(&target.attached)?;
        let os_version = channel.system_version()?;
        let device = Self { operator, target, os_version, channel, _lock: lock };
        if device.os_version.as_deref().is_some_and(has_mesh) {
            Ok(device)
        } else {
            Err(device.unsupported())
        }
    }

    /// Who it is.
    pub(super) fn id(&self) -> &DeviceId {
        &self.target.id
    }

    /// Asks something of the device.
    pub(super) fn ask<T>(
        &mut self,
        question: impl FnOnce(&mut ControlChannel) -> Result<T, ControlError>,
    ) -> CommandResult<T> {
        self.ask_or(question, CommandError::from)
    }

    /// Asks something of the device, where a refusal has a meaning of its own.
    pub(super) fn ask_or<T>(
        &mut self,
        question: impl FnOnce(&mut ControlChannel) -> Result<T, ControlError>,
        meaning: impl FnOnce(ControlError) -> CommandError,
    ) -> CommandResult<T> {
        question(&mut self.channel).map_err(|error| match error {
            ControlError::Refused(ResultCode::NOT_SUPPORTED) => self.unsupported(),
            error => meaning(error),
        })
    }

    /// Does something that needs the device to be in listening mode, and brings it back to what it was doing.
    pub(super) fn in_listening_mode<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> CommandResult<T>,
    ) -> CommandResult<T> {
        if self.ask(ControlChannel::device_mode)? == Some(DeviceMode::Listening) {
            return work(self);
        }
        self.ask(|channel| channel.order(Order::StartListening))?;
        let outcome = self.operator.await_listening(&mut self.channel).and_then(|()| work(self));
        match (outcome, self.stop_listening()) {
            (Ok(_), Err(error)) => Err(error),
            (outcome, _) => outcome,
        }
    }

    /// Lets the device go to work.
    pub(super) fn stop_listening(&mut self) -> CommandResult {
        self.ask(|channel| channel.order(Order::StopListening)).map_err(|error| {
            let hint = format!(
                "the device stays in listening mode until `particle usb stop-listening {}`",
                self.id()
            );
            error.hint(hint)
        })
    }

    /// The number of the SIM card; `None` for boards without one.
    pub(super) fn iccid(&mut self) -> CommandResult<Option<String>> {
        if !self.target.platform().radio.cellular {
            return Ok(None);
        }
        let reply: IccidReply =
            self.ask(|channel| channel.call(RequestType::GET_ICCID, &(), REQUEST_LIMIT))?;
        Ok(Some(reply.iccid))
    }

    fn unsupported(&self) -> CommandError {
        let version = self.os_version.as_deref().unwrap_or("of an early version");
        let ((a, b, c), (x, y, z)) = (MESH_VERSIONS.start(), MESH_VERSIONS.end());
        CommandError::new(Kind::Device, format!("{UNSUPPORTED}: it runs Device OS {version}"))
            .hint(format!(
                "mesh networking was discontinued: only Device OS {a}.{b}.{c} to {x}.{y}.{z} has it"
            ))
            .hint(format!("`particle update --target {x}.{y}.{z}` gives a device that version"))
    }
}

/// Whether a version of Device OS, such as `1.5.2` or `1.5.0-rc.1`, has mesh networks. What cannot be read as a version
/// is given the benefit of the doubt: the device itself will refuse.
fn has_mesh(version: &str) -> bool {
    let release = version.split('-').next().unwrap_or_default();
    let numbers: Option<Vec<u8>> = release.split('.').map(|number| number.parse::<u8>().ok()).collect();
    match numbers.as_deref() {
        Some([major, minor, patch]) => MESH_VERSIONS.contains(&(*major, *minor, *patch)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mesh_is_between_two_versions() {
        for (version, expected) in [
            ("0.8.0-rc.27", false),
            ("0.9.0-rc.1", true),
            ("1.5.2", true),
            ("1.5.3", false),
            ("2.0.0-rc.1", false),
            ("6.3.4", false),
            ("develop", true),
        ] {
            assert_eq!(has_mesh(version), expected, "{version}");
        }
    }
}
