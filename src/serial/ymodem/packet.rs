//! The bytes of YMODEM, which both sides agree on.
//!
//! A packet is a mark for its size, its number and the complement of that, 128 or 1024 bytes of data, and a CRC-16
//! (polynomial 0x1021, big-endian). Sources: Chuck Forsberg, "XMODEM/YMODEM Protocol Reference"; Device OS
//! `system/inc/system_ymodem.h`.

/// Begins a packet with 128 bytes of data.
pub const SOH: u8 = 0x01;
/// Begins a packet with 1024 bytes of data.
pub const STX: u8 = 0x02;
/// Ends a file.
pub const EOT: u8 = 0x04;
/// The packet is taken.
pub const ACK: u8 = 0x06;
/// The packet is not taken.
pub const NAK: u8 = 0x15;
/// Twice in a row: the transfer is given up.
pub const CAN: u8 = 0x18;
/// The receiver waits for a packet.
pub const READY: u8 = b'C';
/// Typed by a person, it makes the receiver give up. Only this receiver has it.
pub const ABORT: u8 = b'a';

/// Data of a short packet.
pub const SHORT: usize = 128;
/// Data of a long packet.
pub const LONG: usize = 1024;
/// What stands around the data of a packet.
pub const FRAME: usize = 5;

/// The size of the packet that begins with this byte, the frame included. `None` if none does.
pub fn packet_size(mark: u8) -> Option<usize> {
    match mark {
        SOH => Some(SHORT + FRAME),
        STX => Some(LONG + FRAME),
        _ => None,
    }
}

/// The packet before a file: its name and its size.
pub fn header(name: &str, size: usize) -> Vec<u8> {
    let mut data = name.as_bytes().to_vec();
    data.push(0);
    data.extend(format!("{size} ").bytes());
    packet(0, &data)
}

/// The packet that says that no further file follows.
pub fn no_more_files() -> Vec<u8> {
    packet(0, &[])
}

/// A packet of up to 1024 bytes of data, filled up with zeros.
pub fn packet(number: u8, data: &[u8]) -> Vec<u8> {
    let (mark, size) = if data.len() <= SHORT { (SOH, SHORT) } else { (STX, LONG) };
    let mut bytes = vec![mark, number, !number];
    bytes.extend(data);
    bytes.resize(3 + size, 0);
    let crc = crc16(&bytes[3..]);
    bytes.extend(crc.to_be_bytes());
    bytes
}

/// CRC-16 with polynomial 0x1021, starting from 0.
pub fn crc16(data: &[u8]) -> u16 {
    data.iter().fold(0, |crc: u16, byte| {
        let crc = crc ^ u16::from(*byte) << 8;
        (0..8).fold(crc, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_crc_is_that_of_xmodem() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(crc16(b""), 0);
    }

    #[test]
    fn a_header_holds_name_and_size() {
        let header = header("binary", 4096);
        assert_eq!(
            header[..14],
            [SOH, 0, 0xFF, b'b', b'i', b'n', b'a', b'r', b'y', 0, b'4', b'0', b'9', b'6']
        );
        assert_eq!((header[14], header[15], header.len()), (b' ', 0, 133));
        assert_eq!(no_more_files()[..4], [SOH, 0, 0xFF, 0]);
    }

    proptest! {
        #[test]
        fn packets_are_as_long_as_their_mark_says(number: u8, data in proptest::collection::vec(any::<u8>(), 0..=LONG)) {
            let packet = packet(number, &data);
            prop_assert_eq!(Some(packet.len()), packet_size(packet[0]));
            prop_assert_eq!(&packet[3..3 + data.len()], data.as_slice());
            // A packet with its CRC behind it has the CRC 0.
            prop_assert_eq!(crc16(&packet[3..]), 0);
        }
    }
}
