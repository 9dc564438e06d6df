//! The local bus, through libusb.

use super::{Bus, BusAddress, Enumerated, Handle, Setup, TransferError, UsbError};
use crate::platform::UsbId;
use rusb::{Context, Device, DeviceHandle, UsbContext};
use std::{path::Path, time::Duration};

/// Devices plugged into this computer.
pub struct LibUsbBus {
    /// `None` on a computer without USB.
    context: Option<Context>,
}

impl LibUsbBus {
    /// Starts libusb. A computer without USB (a container, say) has no devices, which is no failure.
    pub fn new() -> Result<Self, UsbError> {
        match Context::new() {
            Ok(context) => Ok(Self { context: Some(context) }),
            Err(rusb::Error::Other | rusb::Error::NotSupported) => Ok(Self { context: None }),
            Err(error) => Err(unavailable(error)),
        }
    }

    fn devices(&self) -> Result<Vec<Device<Context>>, UsbError> {
        match &self.context {
            Some(context) => Ok(context.devices().map_err(unavailable)?.iter().collect()),
            None => Ok(Vec::new()),
        }
    }

    fn device(&self, address: &BusAddress) -> Result<Device<Context>, UsbError> {
        let mut devices = self.devices()?.into_iter();
        devices
            .find(|device| address_of(device) == *address)
            .ok_or_else(|| UsbError::NotFound(address.clone()))
    }
}

/// Bus and ports, as in Linux's sysfs (`1-4.2`): the same before and after a change of mode.
fn address_of(device: &Device<Context>) -> BusAddress {
    let ports = device.port_numbers().unwrap_or_default();
    let ports: Vec<String> = ports.iter().map(u8::to_string).collect();
    BusAddress(format!("{}-{}", device.bus_number(), ports.join(".")))
}

impl Bus for LibUsbBus {
    fn name(&self) -> String {
        "USB".to_owned()
    }

    fn is_remote(&self) -> bool {
        false
    }

    fn enumerate(&self) -> Result<Vec<Enumerated>, UsbError> {
        let enumerated = self.devices()?.into_iter().filter_map(|device| {
            let descriptor = device.device_descriptor().ok()?;
            Some(Enumerated {
                address: address_of(&device),
                usb_id: UsbId { vendor: descriptor.vendor_id(), product: descriptor.product_id() },
            })
        });
        Ok(enumerated.collect())
    }

    fn serial_number(&self, address: &BusAddress) -> Result<Option<String>, UsbError> {
        if let Some(serial_number) = serial_number_from_sysfs(address) {
            return Ok(Some(serial_number));
        }
        let device = self.device(address)?;
        let descriptor = device.device_descriptor().map_err(|error| open_error(error, address))?;
        let Some(index) = descriptor.serial_number_string_index() else { return Ok(None) };
        Ok(Some(self.open(address)?.string_descriptor(index)?))
    }

    fn open(&self, address: &BusAddress) -> Result<Box<dyn Handle>, UsbError> {
        let handle = self.device(address)?.open().map_err(|error| open_error(error, address))?;
        // Only Linux has kernel drivers that can be detached; elsewhere claiming an interface tells.
        let _ = handle.set_auto_detach_kernel_driver(true);
        Ok(Box::new(LocalDevice { handle, address: address.clone() }))
    }
}

/// Linux has read the serial number already, and shows it to everyone.
fn serial_number_from_sysfs(address: &BusAddress) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let path = Path::new("/sys/bus/usb/devices").join(&address.0).join("serial");
    std::fs::read_to_string(path).ok().map(|text| text.trim_end_matches('\n').to_owned())
}

/// An open device; libusb gives its interfaces back and closes it on drop.
struct LocalDevice {
    handle: DeviceHandle<Context>,
    address: BusAddress,
}

impl Handle for LocalDevice {
    fn control_in(&mut self, setup: Setup, length: u16, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        let mut data = vec![0; length.into()];
        let read = self
            .handle
            .read_control(setup.request_type, setup.request, setup.value, setup.index, &mut data, timeout)
            .map_err(transfer_error)?;
        data.truncate(read);
        Ok(data)
    }

    fn control_out(&mut self, setup: Setup, data: &[u8], timeout: Duration) -> Result<(), TransferError> {
        let written = self
            .handle
            .write_control(setup.request_type, setup.request, setup.value, setup.index, data, timeout)
            .map_err(transfer_error)?;
        if written == data.len() {
            Ok(())
        } else {
            Err(TransferError::Other(format!("the device took {written} of {} bytes", data.len())))
        }
    }

    fn bulk_in(&mut self, endpoint: u8, length: usize, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        let mut data = vec![0; length];
        let read = self.handle.read_bulk(endpoint, &mut data, timeout).map_err(transfer_error)?;
        data.truncate(read);
        Ok(data)
    }

    fn bulk_out(&mut self, endpoint: u8, data: &[u8], timeout: Duration) -> Result<usize, TransferError> {
        self.handle.write_bulk(endpoint, data, timeout).map_err(transfer_error)
    }

    fn claim_interface(&mut self, interface: u8) -> Result<(), UsbError> {
        self.handle.claim_interface(interface).map_err(|error| open_error(error, &self.address))
    }

    fn set_alternate_setting(&mut self, interface: u8, alternate: u8) -> Result<(), TransferError> {
        self.handle.set_alternate_setting(interface, alternate).map_err(transfer_error)
    }
}

fn unavailable(error: rusb::Error) -> UsbError {
    UsbError::Unavailable { bus: "USB".to_owned(), reason: error.to_string() }
}

fn open_error(error: rusb::Error, address: &BusAddress) -> UsbError {
    match error {
        rusb::Error::Access => UsbError::Permission(address.clone()),
        rusb::Error::Busy => UsbError::Busy(address.clone()),
        rusb::Error::NoDevice => UsbError::NotFound(address.clone()),
        other => UsbError::Transfer(transfer_error(other)),
    }
}

fn transfer_error(error: rusb::Error) -> TransferError {
    match error {
        rusb::Error::Pipe => TransferError::Stall,
        rusb::Error::Timeout => TransferError::Timeout,
        rusb::Error::NoDevice => TransferError::Disconnected,
        rusb::Error::Overflow => TransferError::Malformed("answer: it is longer than asked for"),
        other => TransferError::Other(other.to_string()),
    }
}
