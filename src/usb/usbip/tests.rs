//! The client against a small exporting host.

use super::{
    HostAddress, UsbIpBus,
    protocol::{self, Command, Direction, ExportedDevice, OperationHeader, Reply, errno, operation, status},
};
use crate::{
    clock::Clock,
    usb::{Bus, BusAddress, Setup, TransferError, UsbError},
};
use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

const BUS_ID: &str = "1-1";
const SERIAL_NUMBER: &str = "3A0027001247363335343834";
const TIMEOUT: Duration = Duration::from_secs(5);
/// Vendor requests this host's device understands.
const ECHO: u8 = 1;
const HANG: u8 = 2;
const VANISH: u8 = 3;

/// An exporting host with one Photon, which is busy for the first `busy` imports.
struct Host {
    listener: TcpListener,
    busy: u32,
    imports: Arc<AtomicU32>,
}

impl Host {
    /// Starts the host; gives its bus and the count of imports granted.
    fn start(busy: u32) -> (UsbIpBus, Arc<AtomicU32>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let imports = Arc::new(AtomicU32::new(0));
        let mut host = Host { listener, busy, imports: Arc::clone(&imports) };
        thread::spawn(move || while host.serve_one() {});
        (UsbIpBus::new(HostAddress { host: "127.0.0.1".to_owned(), port }, Clock::new(0.01)), imports)
    }

    fn serve_one(&mut self) -> bool {
        let (mut stream, _) = self.listener.accept().unwrap();
        let request = OperationHeader::read(&mut stream).unwrap();
        let mut answer = Vec::new();
        if request.code == operation::REQUEST_DEVICE_LIST {
            OperationHeader { code: operation::REPLY_DEVICE_LIST, status: status::OK }
                .write(&mut answer)
                .unwrap();
            answer.extend(1u32.to_be_bytes());
            photon().write(&mut answer).unwrap();
            answer.extend([0xFE, 1, 2, 0]);
            return stream.write_all(&answer).is_ok();
        }
        let bus_id = protocol::read_bus_id(&mut stream).unwrap();
        let status = match (bus_id.as_str(), self.busy) {
            (BUS_ID, 0) => status::OK,
            (BUS_ID, _) => status::DEVICE_BUSY,
            _ => status::NO_DEVICE,
        };
        self.busy = self.busy.saturating_sub(1);
        OperationHeader { code: operation::REPLY_IMPORT, status }.write(&mut answer).unwrap();
        if status == status::OK {
            self.imports.fetch_add(1, Ordering::Relaxed);
            photon().write(&mut answer).unwrap();
        }
        stream.write_all(&answer).unwrap();
        if status == status::OK {
            serve_transfers(stream);
        }
        true
    }
}

fn photon() -> ExportedDevice {
    ExportedDevice {
        path: "/sys/devices/test".to_owned(),
        bus_id: BUS_ID.to_owned(),
        bus_number: 1,
        device_number: 2,
        speed: protocol::speed::FULL,
        vendor: 0x2b04,
        product: 0xd006,
        device_release: 0x0250,
        class: [0; 3],
        configuration: 1,
        configurations: 1,
        interfaces: 1,
    }
}

/// Answers transfers until the client closes the connection.
fn serve_transfers(mut stream: TcpStream) {
    while let Ok(command) = Command::read(&mut stream) {
        let reply = match command {
            Command::Unlink { sequence, .. } => Reply::Unlink { sequence, status: -errno::ECONNRESET },
            Command::Submit { setup, .. } if setup[0] & 0x60 == 0x40 && setup[1] == HANG => continue,
            Command::Submit { setup, .. } if setup[0] & 0x60 == 0x40 && setup[1] == VANISH => return,
            Command::Submit { sequence, direction, setup, data, .. } => match answer(setup) {
                Some(answer) if direction == Direction::In => {
                    Reply::Submit { sequence, status: 0, length: answer.len() as u32, data: answer }
                }
                Some(_) => Reply::Submit { sequence, status: 0, length: data.len() as u32, data: Vec::new() },
                None => Reply::Submit { sequence, status: -errno::EPIPE, length: 0, data: Vec::new() },
            },
        };
        reply.write(&mut stream).unwrap();
    }
}

fn answer(setup: [u8; 8]) -> Option<Vec<u8>> {
    let answer = match setup {
        [0x80, 6, 0, 1, ..] => {
            [&[18, 1, 0, 2, 0, 0, 0, 64][..], &[4, 0x2b, 6, 0xd0, 0, 2, 1, 2, 3, 1]].concat()
        }
        [0x80, 6, 3, 3, ..] => {
            let text: Vec<u8> = SERIAL_NUMBER.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [&[text.len() as u8 + 2, 3], text.as_slice()].concat()
        }
        [0x80, 8, ..] => vec![1],
        [0x40 | 0xC0, ECHO, low, high, ..] => vec![low, high],
        _ => return None,
    };
    Some(answer)
}

fn vendor_in(request: u8) -> Setup {
    Setup { request_type: 0xC0, request, value: 0x1234, index: 0 }
}

fn address() -> BusAddress {
    BusAddress(BUS_ID.to_owned())
}

#[test]
fn devices_are_listed_with_their_serial_number_which_is_asked_for_once() {
    let (bus, imports) = Host::start(0);
    let devices = bus.enumerate().unwrap();
    assert_eq!((devices.len(), devices[0].address.clone()), (1, address()));
    for _ in 0..3 {
        assert_eq!(bus.serial_number(&address()).unwrap().as_deref(), Some(SERIAL_NUMBER));
    }
    assert_eq!(imports.load(Ordering::Relaxed), 1);
}

#[test]
fn transfers_go_both_ways_and_stalls_are_told() {
    let (bus, _) = Host::start(0);
    let mut handle = bus.open(&address()).unwrap();
    assert_eq!(handle.control_in(vendor_in(ECHO), 64, TIMEOUT).unwrap(), [0x34, 0x12]);
    let out = Setup { request_type: 0x40, ..vendor_in(ECHO) };
    handle.control_out(out, &[1, 2, 3], TIMEOUT).unwrap();
    assert_eq!(handle.control_in(vendor_in(9), 64, TIMEOUT), Err(TransferError::Stall));
}

#[test]
fn a_transfer_without_an_answer_is_taken_back_and_the_next_one_works() {
    let (bus, _) = Host::start(0);
    let mut handle = bus.open(&address()).unwrap();
    let outcome = handle.control_in(vendor_in(HANG), 64, Duration::from_millis(20));
    assert_eq!(outcome, Err(TransferError::Timeout));
    assert_eq!(handle.control_in(vendor_in(ECHO), 64, TIMEOUT).unwrap(), [0x34, 0x12]);
}

#[test]
fn a_lost_connection_is_a_disconnect_and_stays_one() {
    let (bus, _) = Host::start(0);
    let mut handle = bus.open(&address()).unwrap();
    for _ in 0..2 {
        assert_eq!(handle.control_in(vendor_in(VANISH), 64, TIMEOUT), Err(TransferError::Disconnected));
    }
}

#[test]
fn a_device_that_is_busy_for_a_moment_is_waited_for() {
    let (bus, imports) = Host::start(3);
    assert!(bus.open(&address()).is_ok());
    assert_eq!(imports.load(Ordering::Relaxed), 1);
}

#[test]
fn a_device_that_stays_busy_and_one_that_is_gone_are_told_apart() {
    let (bus, _) = Host::start(u32::MAX);
    assert_eq!(bus.open(&address()).err(), Some(UsbError::Busy(address())));
    let gone = BusAddress("9-9".to_owned());
    assert_eq!(bus.open(&gone).err(), Some(UsbError::NotFound(gone)));
}

#[test]
fn a_host_that_does_not_answer_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let bus = UsbIpBus::new(HostAddress { host: "127.0.0.1".to_owned(), port }, Clock::default());
    let message = bus.enumerate().unwrap_err().to_string();
    assert!(message.starts_with(&format!("usbip://127.0.0.1:{port} cannot be used")), "{message}");
}
