//! Where devices are looked for.

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    usb::{
        Bus, LibUsbBus,
        usbip::{HostAddress, UsbIpBus},
    },
};
use std::sync::Arc;

/// The variable that names exporting hosts, separated by commas, where `--usb-host` does not.
const USB_HOST_VARIABLE: &str = "PARTICLE_USB_HOST";

impl Context<'_> {
    /// The buses to look for devices on: the hosts of `--usb-host` or `PARTICLE_USB_HOST`, else the local bus.
    ///
    /// Nothing is opened before the first call.
    pub fn buses(&self) -> CommandResult<&[Arc<dyn Bus>]> {
        if let Some(buses) = self.buses.get() {
            return Ok(buses);
        }
        let buses = self.make_buses()?;
        Ok(self.buses.get_or_init(|| buses))
    }

    fn make_buses(&self) -> CommandResult<Vec<Arc<dyn Bus>>> {
        let hosts = self.usb_hosts()?;
        if hosts.is_empty() {
            return Ok(vec![Arc::new(LibUsbBus::new()?)]);
        }
        let buses = hosts
            .into_iter()
            .map(|host| -> Arc<dyn Bus> { Arc::new(UsbIpBus::new(host, self.clock.clone())) });
        Ok(buses.collect())
    }

    /// The exporting hosts that were asked for, if any.
    pub fn usb_hosts(&self) -> CommandResult<Vec<HostAddress>> {
        let typed = self.global.usb_host.iter().map(|host| (host.as_str(), "--usb-host"));
        let listed = self.environment.text(USB_HOST_VARIABLE).filter(|_| self.global.usb_host.is_empty());
        typed
            .chain(listed.map(|hosts| (hosts, USB_HOST_VARIABLE)))
            .flat_map(|(hosts, origin)| hosts.split(',').map(move |host| (host.trim(), origin)))
            .filter(|(host, _)| !host.is_empty())
            .map(|(host, origin)| {
                host.parse().map_err(|error| CommandError::caused_by(Kind::Usage, error).context(origin))
            })
            .collect()
    }
}
