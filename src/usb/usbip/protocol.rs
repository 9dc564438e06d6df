//! The USB/IP wire format, version 1.1.1. All integers are big endian; setup packets keep USB's own byte order.
//!
//! Source: Linux kernel documentation, `Documentation/usb/usbip_protocol.rst`. Both ends of the wire are here: the
//! client speaks one side, the sandbox the other.

use std::io::{self, Read, Write};

/// Protocol version 1.1.1 as it stands in every operation header.
pub const VERSION: u16 = 0x0111;
/// The port `usbipd` listens on.
pub const DEFAULT_PORT: u16 = 3240;
/// Most devices read from a device list.
pub const MAX_DEVICES: u32 = 1024;
/// Most bytes accepted in one transfer.
pub const MAX_TRANSFER: u32 = 1 << 20;

/// Operation codes, requests and replies.
pub mod operation {
    /// Asks for an import.
    pub const REQUEST_IMPORT: u16 = 0x8003;
    /// Answers an import.
    pub const REPLY_IMPORT: u16 = 0x0003;
    /// Asks for the device list.
    pub const REQUEST_DEVICE_LIST: u16 = 0x8005;
    /// Answers with the device list.
    pub const REPLY_DEVICE_LIST: u16 = 0x0005;
}

/// Status of an operation reply.
pub mod status {
    /// Done.
    pub const OK: u32 = 0;
    /// Failed without a reason.
    pub const NOT_AVAILABLE: u32 = 1;
    /// Another client has the device.
    pub const DEVICE_BUSY: u32 = 2;
    /// The device is in an error state.
    pub const DEVICE_ERROR: u32 = 3;
    /// There is no such device.
    pub const NO_DEVICE: u32 = 4;
    /// The request was malformed.
    pub const ERROR: u32 = 5;
}

/// Linux error numbers as they stand, negated, in `USBIP_RET_SUBMIT`.
pub mod errno {
    /// No such file: the URB to unlink is not pending.
    pub const ENOENT: i32 = 2;
    /// Endpoint stalled.
    pub const EPIPE: i32 = 32;
    /// No such device.
    pub const ENODEV: i32 = 19;
    /// More data than asked for.
    pub const EOVERFLOW: i32 = 75;
    /// The URB was unlinked.
    pub const ECONNRESET: i32 = 104;
    /// The endpoint was shut down.
    pub const ESHUTDOWN: i32 = 108;
    /// Timed out.
    pub const ETIMEDOUT: i32 = 110;
}

/// Device speeds.
pub mod speed {
    /// 12 Mbit/s.
    pub const FULL: u32 = 2;
    /// 480 Mbit/s.
    pub const HIGH: u32 = 3;
}

/// The 8-byte head of every operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationHeader {
    /// One of [`operation`].
    pub code: u16,
    /// One of [`status`]; 0 in requests.
    pub status: u32,
}

impl OperationHeader {
    /// Reads a header; the version is not judged.
    pub fn read(reader: &mut impl Read) -> io::Result<Self> {
        let bytes: [u8; 8] = array(reader)?;
        Ok(Self { code: be16(&bytes[2..]), status: be32(&bytes[4..]) })
    }

    /// Writes the header.
    pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let mut bytes = [0; 8];
        bytes[..2].copy_from_slice(&VERSION.to_be_bytes());
        bytes[2..4].copy_from_slice(&self.code.to_be_bytes());
        bytes[4..].copy_from_slice(&self.status.to_be_bytes());
        writer.write_all(&bytes)
    }
}

/// The 312-byte description of an exported device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedDevice {
    /// sysfs path at the exporting host.
    pub path: String,
    /// Bus id, such as `1-1`.
    pub bus_id: String,
    /// Bus number.
    pub bus_number: u32,
    /// Device number.
    pub device_number: u32,
    /// One of [`speed`].
    pub speed: u32,
    /// idVendor.
    pub vendor: u16,
    /// idProduct.
    pub product: u16,
    /// bcdDevice.
    pub device_release: u16,
    /// bDeviceClass, bDeviceSubClass, bDeviceProtocol.
    pub class: [u8; 3],
    /// bConfigurationValue of the active configuration.
    pub configuration: u8,
    /// bNumConfigurations.
    pub configurations: u8,
    /// bNumInterfaces.
    pub interfaces: u8,
}

impl ExportedDevice {
    /// Bytes on the wire.
    pub const LENGTH: usize = 312;

    /// Reads a description.
    pub fn read(reader: &mut impl Read) -> io::Result<Self> {
        let b: [u8; Self::LENGTH] = array(reader)?;
        Ok(Self {
            path: text(&b[..256]),
            bus_id: text(&b[256..288]),
            bus_number: be32(&b[288..]),
            device_number: be32(&b[292..]),
            speed: be32(&b[296..]),
            vendor: be16(&b[300..]),
            product: be16(&b[302..]),
            device_release: be16(&b[304..]),
            class: [b[306], b[307], b[308]],
            configuration: b[309],
            configurations: b[310],
            interfaces: b[311],
        })
    }

    /// Writes a description; texts that are too long are cut.
    pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let mut b = [0; Self::LENGTH];
        put_text(&mut b[..256], &self.path);
        put_text(&mut b[256..288], &self.bus_id);
        for (offset, value) in [(288, self.bus_number), (292, self.device_number), (296, self.speed)] {
            b[offset..offset + 4].copy_from_slice(&value.to_be_bytes());
        }
        for (offset, value) in [(300, self.vendor), (302, self.product), (304, self.device_release)] {
            b[offset..offset + 2].copy_from_slice(&value.to_be_bytes());
        }
        b[306..309].copy_from_slice(&self.class);
        b[309..].copy_from_slice(&[self.configuration, self.configurations, self.interfaces]);
        writer.write_all(&b)
    }
}

/// Reads what follows the header of a device-list reply. More than [`MAX_DEVICES`] devices are an error.
pub fn read_device_list(reader: &mut impl Read) -> io::Result<Vec<ExportedDevice>> {
    let count = be32(&array::<4>(reader)?);
    if count > MAX_DEVICES {
        return Err(invalid("device list too long"));
    }
    let mut devices = Vec::new();
    for _ in 0..count {
        let device = ExportedDevice::read(reader)?;
        for _ in 0..device.interfaces {
            let _class_subclass_protocol_padding: [u8; 4] = array(reader)?;
        }
        devices.push(device);
    }
    Ok(devices)
}

/// Reads the 32-byte bus id of an import request.
pub fn read_bus_id(reader: &mut impl Read) -> io::Result<String> {
    Ok(text(&array::<32>(reader)?))
}

/// Writes the 32-byte bus id of an import request.
pub fn write_bus_id(writer: &mut impl Write, bus_id: &str) -> io::Result<()> {
    let mut bytes = [0; 32];
    put_text(&mut bytes, bus_id);
    writer.write_all(&bytes)
}

/// Direction of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Host to device.
    Out,
    /// Device to host.
    In,
}

const CMD_SUBMIT: u32 = 1;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;
const HEADER: usize = 48;

/// What a client sends after an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Submit a transfer.
    Submit {
        /// Sequence number, chosen by the client.
        sequence: u32,
        /// `bus_number << 16 | device_number` of the imported device.
        device: u32,
        /// Direction.
        direction: Direction,
        /// Endpoint number without the direction bit.
        endpoint: u32,
        /// URB transfer flags.
        flags: u32,
        /// Bytes wanted (in) or sent (out).
        length: u32,
        /// The setup packet of a control transfer, else zero.
        setup: [u8; 8],
        /// Data for the device; empty for transfers towards the host.
        data: Vec<u8>,
    },
    /// Take back a transfer.
    Unlink {
        /// Sequence number of this command.
        sequence: u32,
        /// Device as in [`Command::Submit`].
        device: u32,
        /// Sequence number of the transfer to take back.
        victim: u32,
    },
}

impl Command {
    /// Reads a command. Isochronous transfers and lengths over [`MAX_TRANSFER`] are errors.
    pub fn read(reader: &mut impl Read) -> io::Result<Self> {
        let head: [u8; HEADER] = array(reader)?;
        let (sequence, device) = (be32(&head[4..]), be32(&head[8..]));
        match be32(&head) {
            CMD_UNLINK => Ok(Self::Unlink { sequence, device, victim: be32(&head[20..]) }),
            CMD_SUBMIT => {
                let direction = if be32(&head[12..]) == 0 { Direction::Out } else { Direction::In };
                let length = checked_length(be32(&head[24..]))?;
                let packets = be32(&head[32..]);
                if packets != 0 && packets != u32::MAX {
                    return Err(invalid("isochronous transfer"));
                }
                let mut setup = [0; 8];
                setup.copy_from_slice(&head[40..48]);
                let data = if direction == Direction::Out { body(reader, length)? } else { Vec::new() };
                Ok(Self::Submit {
                    sequence,
                    device,
                    direction,
                    endpoint: be32(&head[16..]),
                    flags: be32(&head[20..]),
                    length,
                    setup,
                    data,
                })
            }
            _ => Err(invalid("unknown USB/IP command")),
        }
    }

    /// Writes the command.
    pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Submit { sequence, device, direction, endpoint, flags, length, setup, data } => {
                let direction = u32::from(*direction == Direction::In);
                let mut head =
                    header([CMD_SUBMIT, *sequence, *device, direction, *endpoint, *flags, *length]);
                head[40..48].copy_from_slice(setup);
                writer.write_all(&[&head, data.as_slice()].concat())
            }
            Self::Unlink { sequence, device, victim } => {
                writer.write_all(&header([CMD_UNLINK, *sequence, *device, 0, 0, *victim]))
            }
        }
    }
}

/// What the exporting host sends after an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A transfer ended.
    Submit {
        /// Sequence number of the command.
        sequence: u32,
        /// 0, or a negative [`errno`].
        status: i32,
        /// Bytes transferred.
        length: u32,
        /// Data for the host.
        data: Vec<u8>,
    },
    /// An unlink was carried out.
    Unlink {
        /// Sequence number of the unlink command.
        sequence: u32,
        /// `-ECONNRESET` if the transfer was still pending, 0 if it had ended.
        status: i32,
    },
}

impl Reply {
    /// Reads a reply. `direction_of` tells the direction of the transfer with a sequence number: the wire does not.
    pub fn read(reader: &mut impl Read, direction_of: impl Fn(u32) -> Direction) -> io::Result<Self> {
        let head: [u8; HEADER] = array(reader)?;
        let (sequence, status) = (be32(&head[4..]), be32(&head[20..]) as i32);
        match be32(&head) {
            RET_UNLINK => Ok(Self::Unlink { sequence, status }),
            RET_SUBMIT => {
                let length = checked_length(be32(&head[24..]))?;
                let towards_host = direction_of(sequence) == Direction::In;
                let data = if towards_host { body(reader, length)? } else { Vec::new() };
                Ok(Self::Submit { sequence, status, length, data })
            }
            _ => Err(invalid("unknown USB/IP reply")),
        }
    }

    /// Writes the reply.
    pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Submit { sequence, status, length, data } => {
                let head = header([RET_SUBMIT, *sequence, 0, 0, 0, *status as u32, *length]);
                writer.write_all(&[&head, data.as_slice()].concat())
            }
            Self::Unlink { sequence, status } => {
                writer.write_all(&header([RET_UNLINK, *sequence, 0, 0, 0, *status as u32]))
            }
        }
    }
}

fn header<const N: usize>(words: [u32; N]) -> [u8; HEADER] {
    let mut head = [0; HEADER];
    for (place, word) in head.chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    head
}

fn checked_length(length: u32) -> io::Result<u32> {
    if length > MAX_TRANSFER { Err(invalid("transfer too large")) } else { Ok(length) }
}

fn body(reader: &mut impl Read, length: u32) -> io::Result<Vec<u8>> {
    let mut data = vec![0; length as usize];
    reader.read_exact(&mut data)?;
    Ok(data)
}

fn array<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn be16(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

fn be32(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

fn put_text(place: &mut [u8], text: &str) {
    let length = text.len().min(place.len() - 1);
    place[..length].copy_from_slice(&text.as_bytes()[..length]);
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn submit_follows_the_kernel_documentation() {
        let command = Command::Submit {
            sequence: 0x0d05,
            device: 0x0001_000f,
            direction: Direction::In,
            endpoint: 1,
            flags: 0x200,
            length: 64,
            setup: [0; 8],
            data: Vec::new(),
        };
        let mut bytes = Vec::new();
        command.write(&mut bytes).unwrap();
        let words = "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 00000000 00000000 00000000 00000000 00000000";
        let expected: Vec<u8> =
            words.split(' ').flat_map(|word| u32::from_str_radix(word, 16).unwrap().to_be_bytes()).collect();
        assert_eq!(bytes, expected);
    }

    proptest! {
        #[test]
        fn commands_survive_the_wire(
            sequence: u32, device: u32, inward: bool, endpoint in 0u32..16, flags: u32, setup: [u8; 8],
            payload in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let direction = if inward { Direction::In } else { Direction::Out };
            let data = if inward { Vec::new() } else { payload.clone() };
            let sent = Command::Submit { sequence, device, direction, endpoint, flags, length: payload.len() as u32, setup, data };
            let mut bytes = Vec::new();
            sent.write(&mut bytes).unwrap();
            prop_assert_eq!(Command::read(&mut bytes.as_slice()).unwrap(), sent);
        }

        #[test]
        fn replies_survive_the_wire(sequence: u32, status: i32, data in proptest::collection::vec(any::<u8>(), 0..200)) {
            let sent = Reply::Submit { sequence, status, length: data.len() as u32, data };
            let mut bytes = Vec::new();
            sent.write(&mut bytes).unwrap();
            prop_assert_eq!(Reply::read(&mut bytes.as_slice(), |_| Direction::In).unwrap(), sent);
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Command::read(&mut bytes.as_slice());
            let _ = Reply::read(&mut bytes.as_slice(), |_| Direction::In);
            let _ = ExportedDevice::read(&mut bytes.as_slice());
            let _ = read_device_list(&mut bytes.as_slice());
        }
    }
}
