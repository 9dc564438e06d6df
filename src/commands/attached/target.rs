//! The device a command works on.

use crate::{
    commands::{CommandError, CommandResult, Kind},
    platform::{DeviceId, Platform},
    usb::AttachedDevice,
};

/// An attached device whose id is known.
#[derive(Clone, Debug)]
pub struct Target {
    /// Who it is: what stays the same when it changes its mode.
    pub id: DeviceId,
    /// Where it is now, and in which mode.
    pub attached: AttachedDevice,
}

impl Target {
    /// The device's platform.
    pub fn platform(&self) -> &'static Platform {
        self.attached.platform
    }

    /// Fails if the device is in DFU mode, for what only its firmware can do.
    pub fn refuse_in_dfu(&self) -> CommandResult {
        if !self.attached.dfu {
            return Ok(());
        }
        let error = CommandError::new(Kind::WrongMode, "The device should not be in DFU mode");
        Err(error.hint(format!("`particle usb reset {}` brings it back to normal operation", self.id)))
    }
}

impl TryFrom<AttachedDevice> for Target {
    type Error = CommandError;

    /// Fails if the device could not be asked who it is, with the reason for that.
    fn try_from(attached: AttachedDevice) -> CommandResult<Self> {
        match &attached.identity {
            Ok(Some(id)) => Ok(Self { id: id.clone(), attached }),
            Ok(None) => {
                let name = attached.platform.display_name;
                let message =
                    format!("the {name} at {} does not say what its device id is", attached.address);
                Err(CommandError::new(Kind::Device, message).hint("reset the device and try again"))
            }
            Err(error) => Err(error.clone().into()),
        }
    }
}
