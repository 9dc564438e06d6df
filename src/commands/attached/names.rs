//! Names of devices, which only the cloud knows.

use crate::{
    cloud::{CloudError, RefusalKind},
    commands::{CommandError, CommandResult, Context, Kind},
    platform::DeviceId,
};

impl Context<'_> {
    /// The id of the account's device with this name.
    pub fn device_id_of(&self, name: &str) -> CommandResult<DeviceId> {
        let session = self.session().map_err(|error| {
            error.hint(format!("the cloud is asked who {name:?} is; a device id needs no login"))
        })?;
        let devices = session.devices();
        let not_found = || CommandError::new(Kind::NotFound, format!("Device not found: {name}"));
        let found = self.block_on(async {
            devices
                .get(name)
                .await
                .map_err(|error| if is_unknown(&error) { not_found() } else { error.into() })
        })?;
        found.device_id().ok_or_else(not_found)
    }
}

fn is_unknown(error: &CloudError) -> bool {
    error.is_refusal(RefusalKind::NotFound) || error.is_refusal(RefusalKind::Forbidden)
}
