//! Which serial ports lead to Particle devices.

use super::{Port, PortError, system_port::SystemPort, usb_port::UsbPort};
use crate::{
    platform::{DeviceId, Platform, UsbId},
    usb::{AttachedDevice, Bus, UsbError, discover_where},
};
use serialport::{SerialPortInfo, SerialPortType};
use std::{path::Path, sync::Arc};

/// A serial port, and the device behind it as far as that is known.
#[derive(Clone, Debug)]
pub struct SerialDevice {
    /// What to call the port: `/dev/ttyACM0`, `COM3`, `usbip://HOST:PORT/BUS-ID`.
    pub name: String,
    /// Platform of the device.
    pub platform: Option<&'static Platform>,
    /// Id of the device.
    pub id: Option<DeviceId>,
    /// The device on its bus, where the port is one of a bus and not of the operating system.
    pub attached: Option<AttachedDevice>,
}

impl SerialDevice {
    /// A port of the operating system of which nothing is known but its name.
    pub fn at_path(name: &str) -> Self {
        Self { name: name.to_owned(), platform: None, id: None, attached: None }
    }

    /// The console of a device on a bus.
    pub fn of_attached(device: AttachedDevice) -> Self {
        Self {
            name: format!("{}/{}", device.bus.name(), device.address),
            platform: Some(device.platform),
            id: device.id().cloned(),
            attached: Some(device),
        }
    }

    /// Opens the port, for this process alone.
    pub fn open(&self, baud_rate: u32) -> Result<Box<dyn Port>, PortError> {
        match &self.attached {
            Some(device) => Ok(Box::new(UsbPort::open(device.open()?, &self.name, baud_rate)?)),
            None => Ok(Box::new(SystemPort::open(&self.name, baud_rate)?)),
        }
    }
}

/// The operating system's ports that lead to Particle devices, by name.
///
/// Where none can be recognised, those that could.
pub fn system_ports() -> Result<Vec<SerialDevice>, PortError> {
    // The library panics where this folder is missing, as it is in some containers.
    if cfg!(target_os = "linux") && !Path::new("/sys/class/tty").is_dir() {
        return Ok(Vec::new());
    }
    let ports = serialport::available_ports().map_err(|error| PortError::Listing(error.to_string()))?;
    Ok(particle_ports(&ports))
}

/// The consoles of the devices on these buses, in the order of the buses. A device in DFU mode has none.
pub fn bus_ports(buses: &[Arc<dyn Bus>]) -> Result<Vec<SerialDevice>, UsbError> {
    let devices = discover_where(buses, |identity| !identity.dfu)?;
    Ok(devices.into_iter().map(SerialDevice::of_attached).collect())
}

fn particle_ports(ports: &[SerialPortInfo]) -> Vec<SerialDevice> {
    // macOS lists each port twice; the `cu` name is the one that can be opened without waiting for a carrier.
    let ports = ports.iter().filter(|port| !port.port_name.starts_with("/dev/tty."));
    let mut devices: Vec<SerialDevice> = ports.clone().filter_map(recognise).collect();
    if devices.is_empty() {
        let could_be = |port: &&SerialPortInfo| {
            ["/dev/ttyACM", "/dev/cuaU"].iter().any(|prefix| port.port_name.starts_with(prefix))
        };
        devices = ports.filter(could_be).map(|port| SerialDevice::at_path(&port.port_name)).collect();
    }
    devices.sort_by(|a, b| a.name.cmp(&b.name));
    devices
}

fn recognise(port: &SerialPortInfo) -> Option<SerialDevice> {
    let SerialPortType::UsbPort(usb) = &port.port_type else { return None };
    let usb_id = UsbId { vendor: usb.vid, product: usb.pid };
    let platform = match Platform::by_usb_id(usb_id) {
        Some(identity) => Some(identity.platform),
        // Cores with early firmware have ids of their own, but say who made them.
        None => {
            let maker = usb.manufacturer.as_deref()?;
            let known = ["Particle", "Spark", "Photon"].iter().any(|name| maker.contains(name));
            Some(Platform::by_name("core").filter(|_| known)?)
        }
    };
    Some(SerialDevice {
        name: port.port_name.clone(),
        platform,
        id: usb.serial_number.as_deref().and_then(DeviceId::from_serial_number),
        attached: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serialport::UsbPortInfo;

    fn port(name: &str, usb: Option<(u16, u16, &str, &str)>) -> SerialPortInfo {
        let port_type = usb.map_or(SerialPortType::PciPort, |(vid, pid, serial, maker)| {
            SerialPortType::UsbPort(UsbPortInfo {
                vid,
                pid,
                serial_number: Some(serial.to_owned()),
                manufacturer: Some(maker.to_owned()),
                product: None,
            })
        });
        SerialPortInfo { port_name: name.to_owned(), port_type }
    }

    fn shown(ports: &[SerialPortInfo]) -> Vec<(String, &'static str, Option<String>)> {
        let show = |device: SerialDevice| {
            let platform = device.platform.map_or("", |platform| platform.name);
            (device.name, platform, device.id.map(|id| id.to_string()))
        };
        particle_ports(ports).into_iter().map(show).collect()
    }

    #[test]
    fn particle_devices_are_recognised_by_usb_id_or_maker() {
        let id = "3A0027001247363335343834";
        let ports = [
            port("/dev/ttyS0", None),
            port("/dev/ttyACM1", Some((0x2b04, 0xc00d, id, "Particle"))),
            port("/dev/ttyACM0", Some((0x1234, 0x5678, "1", "Spark Devices"))),
            port("/dev/ttyACM2", Some((0x0403, 0x6010, "1", "FTDI"))),
            port("/dev/tty.usbmodem1", Some((0x2b04, 0xc006, id, "Particle"))),
        ];
        assert_eq!(
            shown(&ports),
            [
                ("/dev/ttyACM0".to_owned(), "core", None),
                ("/dev/ttyACM1".to_owned(), "boron", Some(id.to_lowercase())),
            ]
        );
    }

    #[test]
    fn where_nothing_is_recognised_modems_are_candidates() {
        let ports = [port("/dev/ttyS0", None), port("/dev/ttyACM0", Some((0x0403, 0x6010, "1", "FTDI")))];
        assert_eq!(shown(&ports), [("/dev/ttyACM0".to_owned(), "", None)]);
    }
}
