//! A host that exports devices, as a bus.

use super::{
    HostAddress,
    handle::ImportedDevice,
    protocol::{self, ExportedDevice, OperationHeader, operation, status},
};
use crate::{
    clock::Clock,
    platform::UsbId,
    usb::{Bus, BusAddress, Enumerated, Handle, UsbError},
};
use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Limit for connecting, and for the answer to an operation.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long a busy device is asked for again: another client may only be reading its serial number.
const BUSY_LIMIT: Duration = Duration::from_secs(2);
/// Pause between two attempts on a busy device.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// The devices one host exports over USB/IP.
pub struct UsbIpBus {
    address: HostAddress,
    clock: Clock,
    serial_numbers: Mutex<HashMap<Plugged, Option<String>>>,
}

/// A device as it is plugged in now: another mode or another plugging has another key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Plugged {
    bus_id: String,
    device_number: u32,
    usb_id: UsbId,
}

impl From<&ExportedDevice> for Plugged {
    fn from(device: &ExportedDevice) -> Self {
        Self { bus_id: device.bus_id.clone(), device_number: device.device_number, usb_id: usb_id(device) }
    }
}

fn usb_id(device: &ExportedDevice) -> UsbId {
    UsbId { vendor: device.vendor, product: device.product }
}

impl UsbIpBus {
    /// A bus that connects whenever it is asked something.
    pub fn new(address: HostAddress, clock: Clock) -> Self {
        Self { address, clock, serial_numbers: Mutex::default() }
    }

    fn unavailable(&self, error: &io::Error) -> UsbError {
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the host closed the connection".to_owned(),
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                "the host did not answer in time".to_owned()
            }
            _ => error.to_string(),
        };
        UsbError::Host { host: self.name(), reason }
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let addresses = (self.address.host.as_str(), self.address.port).to_socket_addrs()?;
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host name has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, ANSWER_LIMIT) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    stream.set_read_timeout(Some(ANSWER_LIMIT))?;
                    stream.set_write_timeout(Some(ANSWER_LIMIT))?;
                    return Ok(stream);
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn list(&self) -> io::Result<Vec<ExportedDevice>> {
        let mut stream = self.connect()?;
        OperationHeader { code: operation::REQUEST_DEVICE_LIST, status: status::OK }.write(&mut stream)?;
        let reply = read_operation(&mut stream, operation::REPLY_DEVICE_LIST)?;
        if reply.status != status::OK {
            return Err(io::Error::other(format!(
                "the host refused to list devices (status {})",
                reply.status
            )));
        }
        protocol::read_device_list(&mut stream)
    }

    fn import(&self, address: &BusAddress) -> Result<ImportedDevice, UsbError> {
        let begin = Instant::now();
        loop {
            match self.try_import(address) {
                Err(UsbError::Busy(_)) if begin.elapsed() < BUSY_LIMIT => {}
                outcome => return outcome,
            }
            if self.clock.pause(BUSY_PAUSE).is_err() {
                return Err(UsbError::Busy(address.clone()));
            }
        }
    }

    fn try_import(&self, address: &BusAddress) -> Result<ImportedDevice, UsbError> {
        let (mut stream, reply) = self.request_import(address).map_err(|error| self.unavailable(&error))?;
        match reply.status {
            status::OK => {}
            status::NOT_AVAILABLE | status::DEVICE_BUSY => return Err(UsbError::Busy(address.clone())),
            status::NO_DEVICE => return Err(UsbError::NotFound(address.clone())),
            other => {
                let reason = format!("the host refused to hand over {address} (status {other})");
                return Err(UsbError::Host { host: self.name(), reason });
            }
        }
        let device = ExportedDevice::read(&mut stream).map_err(|error| self.unavailable(&error))?;
        Ok(ImportedDevice::new(stream, &device))
    }

    fn request_import(&self, address: &BusAddress) -> io::Result<(TcpStream, OperationHeader)> {
        let mut stream = self.connect()?;
        let mut request = Vec::new();
        OperationHeader { code: operation::REQUEST_IMPORT, status: status::OK }.write(&mut request)?;
        protocol::write_bus_id(&mut request, &address.0)?;
        stream.write_all(&request)?;
        let reply = read_operation(&mut stream, operation::REPLY_IMPORT)?;
        Ok((stream, reply))
    }

    fn known_serial_number(&self, device: &Plugged) -> Option<Option<String>> {
        let known = self.serial_numbers.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(device).cloned()
    }
}

fn read_operation(stream: &mut impl Read, expected: u16) -> io::Result<OperationHeader> {
    let header = OperationHeader::read(stream)?;
    if header.code == expected {
        Ok(header)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "the host does not speak USB/IP"))
    }
}

impl Bus for UsbIpBus {
    fn name(&self) -> String {
        self.address.to_string()
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn enumerate(&self) -> Result<Vec<Enumerated>, UsbError> {
        let devices = self.list().map_err(|error| self.unavailable(&error))?;
        let enumerated = devices
            .iter()
            .map(|device| Enumerated { address: BusAddress(device.bus_id.clone()), usb_id: usb_id(device) });
        Ok(enumerated.collect())
    }

    /// Imports the device for a moment; once known, a serial number is remembered for as long as the device stays
    /// plugged in as it is, so that waiting for one device does not get into the way of the others' users.
    fn serial_number(&self, address: &BusAddress) -> Result<Option<String>, UsbError> {
        let devices = self.list().map_err(|error| self.unavailable(&error))?;
        let device = devices.iter().find(|device| device.bus_id == address.0);
        let plugged = Plugged::from(device.ok_or_else(|| UsbError::NotFound(address.clone()))?);
        if let Some(serial_number) = self.known_serial_number(&plugged) {
            return Ok(serial_number);
        }
        let serial_number = self.import(address)?.serial_number()?;
        let mut known = self.serial_numbers.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(plugged, serial_number.clone());
        Ok(serial_number)
    }

    fn open(&self, address: &BusAddress) -> Result<Box<dyn Handle>, UsbError> {
        let mut device = self.import(address)?;
        device.configure()?;
        Ok(Box::new(device))
    }
}
