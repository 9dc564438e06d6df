//! The console of a device reached over a USB bus, without help of the operating system.
//!
//! CDC-ACM: control requests of USB CDC PSTN 1.20 (6.3.10, 6.3.12) and two bulk endpoints.

use super::{Port, PortError};
use crate::usb::{
    Handle, Setup, TransferError,
    descriptor::{Configuration, Endpoint},
};
use std::time::Duration;

const COMMUNICATIONS_CLASS: u8 = 0x02;
const ABSTRACT_CONTROL_MODEL: u8 = 0x02;
const DATA_CLASS: u8 = 0x0A;
const BULK: u8 = 2;
const TOWARDS_HOST: u8 = 0x80;

/// bmRequestType of a class request to an interface.
const CLASS_OUT: u8 = 0x21;
const SET_LINE_CODING: u8 = 0x20;
const SET_CONTROL_LINE_STATE: u8 = 0x22;
/// wValue of SET_CONTROL_LINE_STATE: the host is there.
const DATA_TERMINAL_READY: u16 = 1;

const CONTROL_LIMIT: Duration = Duration::from_secs(5);
const WRITE_LIMIT: Duration = Duration::from_secs(5);

/// An open CDC-ACM interface.
pub(super) struct UsbPort {
    handle: Box<dyn Handle>,
    console: Console,
}

/// Where the console is within the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Console {
    control_interface: u8,
    data_interface: u8,
    input: Endpoint,
    output: Endpoint,
}

impl UsbPort {
    /// Claims the console of an open device; `name` is for messages.
    pub(super) fn open(mut handle: Box<dyn Handle>, name: &str, baud_rate: u32) -> Result<Self, PortError> {
        let console =
            Console::find(&handle.configuration()?).ok_or_else(|| PortError::NoInterface(name.to_owned()))?;
        handle.claim_interface(console.control_interface)?;
        handle.claim_interface(console.data_interface)?;
        let mut port = Self { handle, console };
        port.control(SET_LINE_CODING, 0, &line_coding(baud_rate))?;
        port.control(SET_CONTROL_LINE_STATE, DATA_TERMINAL_READY, &[])?;
        Ok(port)
    }

    fn control(&mut self, request: u8, value: u16, data: &[u8]) -> Result<(), TransferError> {
        let index = self.console.control_interface.into();
        self.handle.control_out(Setup { request_type: CLASS_OUT, request, value, index }, data, CONTROL_LIMIT)
    }
}

impl Port for UsbPort {
    fn read(&mut self, limit: Duration) -> Result<Vec<u8>, PortError> {
        let Endpoint { address, max_packet_size, .. } = self.console.input;
        // One packet at a time: a transfer of several would not end before a short one has come.
        match self.handle.bulk_in(address, max_packet_size.into(), limit) {
            Err(TransferError::Timeout) => Ok(Vec::new()),
            outcome => Ok(outcome?),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        let mut left = bytes;
        while !left.is_empty() {
            match self.handle.bulk_out(self.console.output.address, left, WRITE_LIMIT)? {
                0 => return Err(TransferError::Timeout.into()),
                taken => left = left.get(taken..).unwrap_or_default(),
            }
        }
        Ok(())
    }
}

impl Drop for UsbPort {
    fn drop(&mut self) {
        // A device that is gone need not be told.
        let _ = self.control(SET_CONTROL_LINE_STATE, 0, &[]);
    }
}

impl Console {
    fn find(configuration: &Configuration) -> Option<Self> {
        let interfaces = &configuration.interfaces;
        let control = interfaces.iter().find(|interface| {
            (interface.class, interface.subclass) == (COMMUNICATIONS_CLASS, ABSTRACT_CONTROL_MODEL)
        })?;
        interfaces.iter().filter(|interface| interface.class == DATA_CLASS).find_map(|data| {
            let bulk = |direction| {
                data.endpoints.iter().copied().find(|endpoint| {
                    endpoint.transfer_type == BULK && endpoint.address & TOWARDS_HOST == direction
                })
            };
            Some(Self {
                control_interface: control.number,
                data_interface: data.number,
                input: bulk(TOWARDS_HOST)?,
                output: bulk(0)?,
            })
        })
    }
}

/// The line coding structure (PSTN 1.20, table 17): rate, one stop bit, no parity, eight data bits.
fn line_coding(baud_rate: u32) -> [u8; 7] {
    let [a, b, c, d] = baud_rate.to_le_bytes();
    [a, b, c, d, 0, 0, 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_touch_rate_is_encoded_little_endian() {
        assert_eq!(line_coding(14400), [0x40, 0x38, 0, 0, 0, 0, 8]);
    }

    #[test]
    fn the_console_of_a_composite_device_is_found() {
        let bytes = [
            9, 2, 62, 0, 3, 1, 0, 0xC0, 50, // configuration
            9, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0, // vendor interface
            9, 4, 1, 0, 1, 2, 2, 1, 0, // communications
            5, 0x24, 0, 0x10, 1, // CDC header
            7, 5, 0x81, 3, 16, 0, 16, // notifications
            9, 4, 2, 0, 2, 0x0A, 0, 0, 0, // data
            7, 5, 0x02, 2, 64, 0, 0, // out
            7, 5, 0x83, 2, 64, 0, 0, // in
        ];
        let console = Console::find(&Configuration::parse(&bytes).unwrap()).unwrap();
        assert_eq!((console.control_interface, console.data_interface), (1, 2));
        assert_eq!((console.input.address, console.output.address), (0x83, 2));
        assert_eq!(Console::find(&Configuration::parse(&bytes[..18]).unwrap()), None);
    }
}
