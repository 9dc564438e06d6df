//! An imported device: transfers over the connection that the import left open.

use super::protocol::{Command, Direction, ExportedDevice, Reply, errno};
use crate::usb::{
    Handle, Setup, TransferError,
    bus::get_descriptor,
    descriptor::{CONFIGURATION, DEVICE},
};
use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

const STANDARD_IN: u8 = 0x80;
const STANDARD_OUT: u8 = 0x00;
const STANDARD_OUT_INTERFACE: u8 = 0x01;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const SET_INTERFACE: u8 = 11;
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// How long the host may take to confirm that a transfer was taken back.
const UNLINK_LIMIT: Duration = Duration::from_secs(2);

/// A device this process has imported. One transfer is under way at a time; dropping the handle closes the
/// connection, which gives the device back.
pub(super) struct ImportedDevice {
    stream: TcpStream,
    device: u32,
    last_sequence: u32,
    received: Vec<u8>,
    disconnected: bool,
}

/// A transfer as it is handed to the host.
struct Transfer<'a> {
    direction: Direction,
    endpoint: u8,
    setup: [u8; 8],
    length: usize,
    data: &'a [u8],
}

/// How a transfer ended: its status, the bytes transferred and, towards the host, the bytes themselves.
struct Completed {
    status: i32,
    length: u32,
    data: Vec<u8>,
}

impl ImportedDevice {
    /// Takes over the connection on which `device` was imported.
    pub(super) fn new(stream: TcpStream, device: &ExportedDevice) -> Self {
        let id = device.bus_number << 16 | device.device_number & 0xFFFF;
        Self { stream, device: id, last_sequence: 0, received: Vec::new(), disconnected: false }
    }

    /// Reads the serial-number string. `None` when the device has none.
    pub(super) fn serial_number(&mut self) -> Result<Option<String>, TransferError> {
        const SERIAL_NUMBER_INDEX: usize = 16;
        let descriptor = self.control_in(get_descriptor(DEVICE, 0, 0), 18, REQUEST_LIMIT)?;
        match descriptor.get(SERIAL_NUMBER_INDEX) {
            None => Err(TransferError::Malformed("device descriptor")),
            Some(0) => Ok(None),
            Some(index) => self.string_descriptor(*index).map(Some),
        }
    }

    /// Selects the configuration, as the kernel that attaches a device would: an exporting Linux host leaves the
    /// device unconfigured.
    pub(super) fn configure(&mut self) -> Result<(), TransferError> {
        let get = Setup { request_type: STANDARD_IN, request: GET_CONFIGURATION, value: 0, index: 0 };
        if self.control_in(get, 1, REQUEST_LIMIT)? != [0] {
            return Ok(());
        }
        const VALUE: usize = 5;
        let descriptor = self.control_in(get_descriptor(CONFIGURATION, 0, 0), 9, REQUEST_LIMIT)?;
        let value = *descriptor.get(VALUE).ok_or(TransferError::Malformed("configuration descriptor"))?;
        let set =
            Setup { request_type: STANDARD_OUT, request: SET_CONFIGURATION, value: value.into(), index: 0 };
        self.control_out(set, &[], REQUEST_LIMIT)
    }

    fn transfer(&mut self, transfer: Transfer<'_>, timeout: Duration) -> Result<Completed, TransferError> {
        if self.disconnected {
            return Err(TransferError::Disconnected);
        }
        let completed = self.exchange(transfer, timeout).map_err(|_| {
            self.disconnected = true;
            TransferError::Disconnected
        })?;
        let completed = completed.ok_or(TransferError::Timeout)?;
        match -completed.status {
            0 => Ok(completed),
            errno::EPIPE => Err(TransferError::Stall),
            errno::ETIMEDOUT => Err(TransferError::Timeout),
            errno::ENODEV | errno::ESHUTDOWN => Err(TransferError::Disconnected),
            errno::EOVERFLOW => Err(TransferError::Malformed("answer: it is longer than asked for")),
            other => Err(TransferError::Other(format!(
                "the transfer failed at the exporting host (error {other})"
            ))),
        }
    }

    /// Submits a transfer and waits for its end; takes it back when the time is over (`None`).
    fn exchange(&mut self, transfer: Transfer<'_>, timeout: Duration) -> io::Result<Option<Completed>> {
        let direction = transfer.direction;
        let sequence = self.next_sequence();
        self.send(&Command::Submit {
            sequence,
            device: self.device,
            direction,
            endpoint: u32::from(transfer.endpoint & 0x0F),
            flags: 0,
            length: transfer.length as u32,
            setup: transfer.setup,
            data: transfer.data.to_vec(),
        })?;
        let deadline = Instant::now() + timeout;
        while let Some(reply) = self.next_reply(direction, deadline)? {
            if let Some(completed) = completion(reply, sequence) {
                return Ok(Some(completed));
            }
        }
        self.take_back(sequence, direction)
    }

    /// Unlinks a transfer. If it ended at the last moment after all, gives what it ended with.
    fn take_back(&mut self, victim: u32, direction: Direction) -> io::Result<Option<Completed>> {
        let sequence = self.next_sequence();
        self.send(&Command::Unlink { sequence, device: self.device, victim })?;
        let deadline = Instant::now() + UNLINK_LIMIT;
        let mut late = None;
        loop {
            match self.next_reply(direction, deadline)? {
                None => return Err(io::ErrorKind::TimedOut.into()),
                Some(Reply::Unlink { sequence: answered, .. }) if answered == sequence => return Ok(late),
                Some(reply) => late = completion(reply, victim).or(late),
            }
        }
    }

    fn next_sequence(&mut self) -> u32 {
        self.last_sequence = self.last_sequence.wrapping_add(1);
        self.last_sequence
    }

    fn send(&mut self, command: &Command) -> io::Result<()> {
        let mut bytes = Vec::new();
        command.write(&mut bytes)?;
        self.stream.write_all(&bytes)
    }

    /// The next whole reply, or `None` at the deadline. A reply cut in two by the deadline is finished next time.
    fn next_reply(&mut self, direction: Direction, deadline: Instant) -> io::Result<Option<Reply>> {
        loop {
            let mut unread = self.received.as_slice();
            match Reply::read(&mut unread, |_| direction) {
                Ok(reply) => {
                    let read = self.received.len() - unread.len();
                    self.received.drain(..read);
                    return Ok(Some(reply));
                }
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) => return Err(error),
            }
            if !self.receive(deadline)? {
                return Ok(None);
            }
        }
    }

    /// Waits for more bytes; false at the deadline.
    fn receive(&mut self, deadline: Instant) -> io::Result<bool> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut chunk = [0; 8192];
        match self.stream.read(&mut chunk) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => {
                self.received.extend_from_slice(&chunk[..length]);
                Ok(true)
            }
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted => Ok(true),
                _ => Err(error),
            },
        }
    }
}

/// What a reply says about the transfer with this sequence number, if it speaks of it.
fn completion(reply: Reply, expected: u32) -> Option<Completed> {
    match reply {
        Reply::Submit { sequence, status, length, data } if sequence == expected => {
            Some(Completed { status, length, data })
        }
        _ => None,
    }
}

fn setup_packet(setup: Setup, length: u16) -> [u8; 8] {
    let [value_low, value_high] = setup.value.to_le_bytes();
    let [index_low, index_high] = setup.index.to_le_bytes();
    let [length_low, length_high] = length.to_le_bytes();
    [setup.request_type, setup.request, value_low, value_high, index_low, index_high, length_low, length_high]
}

impl Handle for ImportedDevice {
    fn control_in(&mut self, setup: Setup, length: u16, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        let transfer = Transfer {
            direction: Direction::In,
            endpoint: 0,
            setup: setup_packet(setup, length),
            length: length.into(),
            data: &[],
        };
        Ok(self.transfer(transfer, timeout)?.data)
    }

    fn control_out(&mut self, setup: Setup, data: &[u8], timeout: Duration) -> Result<(), TransferError> {
        let length = u16::try_from(data.len()).map_err(|_| too_long(data.len()))?;
        let transfer = Transfer {
            direction: Direction::Out,
            endpoint: 0,
            setup: setup_packet(setup, length),
            length: data.len(),
            data,
        };
        self.transfer(transfer, timeout).map(|_| ())
    }

    fn bulk_in(&mut self, endpoint: u8, length: usize, timeout: Duration) -> Result<Vec<u8>, TransferError> {
        let transfer = Transfer { direction: Direction::In, endpoint, setup: [0; 8], length, data: &[] };
        Ok(self.transfer(transfer, timeout)?.data)
    }

    fn bulk_out(&mut self, endpoint: u8, data: &[u8], timeout: Duration) -> Result<usize, TransferError> {
        let length = data.len();
        let transfer = Transfer { direction: Direction::Out, endpoint, setup: [0; 8], length, data };
        Ok(self.transfer(transfer, timeout)?.length as usize)
    }

    /// An import covers the whole device; there is nothing to take at the other host.
    fn claim_interface(&mut self, _interface: u8) -> Result<(), crate::usb::UsbError> {
        Ok(())
    }

    fn set_alternate_setting(&mut self, interface: u8, alternate: u8) -> Result<(), TransferError> {
        let setup = Setup {
            request_type: STANDARD_OUT_INTERFACE,
            request: SET_INTERFACE,
            value: alternate.into(),
            index: interface.into(),
        };
        self.control_out(setup, &[], REQUEST_LIMIT)
    }
}

fn too_long(length: usize) -> TransferError {
    TransferError::Other(format!("{length} bytes do not fit into one control transfer"))
}
