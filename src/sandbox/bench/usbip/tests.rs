//! The server as a client meets it: over a real socket, with the wire format alone.

use crate::{
    clock::Clock,
    dfu::protocol::{CLASS_IN, CLASS_OUT, request as dfu_request},
    platform::{DeviceId, Platform},
    sandbox::{
        bench::{Bench, BenchOptions, Button, DeviceState, Mode},
        fault::Faults,
    },
    usb::{
        control::service::{REPLY_LENGTH, VENDOR_IN, request as service_request},
        usbip::protocol::{
            Command, Direction, ExportedDevice, OperationHeader, Reply, errno, operation, status,
            write_bus_id,
        },
    },
};
use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(20);

struct TestBench {
    bench: Bench,
    changes: Receiver<()>,
}

impl TestBench {
    fn new(boards: &[(&str, Mode)], faults: &[&str]) -> Self {
        let states = boards.iter().zip(0..).map(|((platform, mode), number)| {
            let mut state = DeviceState::new(Platform::by_name(platform).unwrap(), id(number)).unwrap();
            state.mode = *mode;
            state
        });
        let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        let (sender, changes) = sync_channel(1);
        let options = BenchOptions {
            usbip_port: 0,
            softap_port: 0,
            clock: Clock::new(0.0),
            faults: Arc::new(Faults::new(faults)),
            changes: sender,
        };
        Self { bench: Bench::start(states.collect(), options).unwrap(), changes }
    }

    fn address(&self) -> SocketAddr {
        self.bench.usbip_address()
    }

    fn import(&self, bus_id: &str) -> Result<Client, u32> {
        Client::import(self.address(), bus_id)
    }

    /// Waits until the only device is on the bus with this product id.
    fn await_product(&self, product: u16) -> ExportedDevice {
        loop {
            match list(self.address()).into_iter().find(|device| device.product == product) {
                Some(device) => return device,
                None => self.changes.recv_timeout(PATIENCE).unwrap(),
            }
        }
    }
}

fn id(number: u8) -> DeviceId {
    format!("0123456789abcdef012345{number:02}").parse().unwrap()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn list(address: SocketAddr) -> Vec<ExportedDevice> {
    let mut stream = connect(address);
    OperationHeader { code: operation::REQUEST_DEVICE_LIST, status: 0 }.write(&mut stream).unwrap();
    let head = OperationHeader::read(&mut stream).unwrap();
    assert_eq!((head.code, head.status), (operation::REPLY_DEVICE_LIST, status::OK));
    let mut count = [0; 4];
    stream.read_exact(&mut count).unwrap();
    let devices = (0..u32::from_be_bytes(count)).map(|_| {
        let device = ExportedDevice::read(&mut stream).unwrap();
        stream.read_exact(&mut vec![0; 4 * usize::from(device.interfaces)]).unwrap();
        device
    });
    devices.collect()
}

/// A client with an imported device.
struct Client {
    stream: TcpStream,
    device: u32,
    last: u32,
    directions: HashMap<u32, Direction>,
}

impl Client {
    fn import(address: SocketAddr, bus_id: &str) -> Result<Self, u32> {
        let mut stream = connect(address);
        OperationHeader { code: operation::REQUEST_IMPORT, status: 0 }.write(&mut stream).unwrap();
        write_bus_id(&mut stream, bus_id).unwrap();
        let head = OperationHeader::read(&mut stream).unwrap();
        assert_eq!(head.code, operation::REPLY_IMPORT);
        if head.status != status::OK {
            return Err(head.status);
        }
        let device = ExportedDevice::read(&mut stream).unwrap();
        let device = device.bus_number << 16 | device.device_number;
        Ok(Self { stream, device, last: 0, directions: HashMap::new() })
    }

    fn submit(
        &mut self,
        endpoint: u32,
        setup: [u8; 8],
        direction: Direction,
        length: u32,
        data: &[u8],
    ) -> u32 {
        self.last += 1;
        self.directions.insert(self.last, direction);
        let command = Command::Submit {
            sequence: self.last,
            device: self.device,
            direction,
            endpoint,
            flags: 0,
            length,
            setup,
            data: data.to_vec(),
        };
        command.write(&mut self.stream).unwrap();
        self.last
    }

    fn control_in(&mut self, kind: u8, request: u8, value: u16, index: u16, length: u16) -> Reply {
        let setup = setup(kind, request, value, index, length);
        self.submit(0, setup, Direction::In, length.into(), &[]);
        self.reply().unwrap()
    }

    fn control_out(&mut self, kind: u8, request: u8, value: u16, data: &[u8]) -> Reply {
        let setup = setup(kind, request, value, 0, data.len() as u16);
        self.submit(0, setup, Direction::Out, data.len() as u32, data);
        self.reply().unwrap()
    }

    fn unlink(&mut self, victim: u32) -> Reply {
        self.last += 1;
        Command::Unlink { sequence: self.last, device: self.device, victim }.write(&mut self.stream).unwrap();
        self.reply().unwrap()
    }

    fn reply(&mut self) -> io::Result<Reply> {
        let directions = &self.directions;
        Reply::read(&mut self.stream, |sequence| directions.get(&sequence).copied().unwrap_or(Direction::Out))
    }

    /// Waits until the device is gone.
    fn await_disconnect(mut self) {
        let gone = io::copy(&mut self.stream, &mut io::sink());
        assert!(gone.is_ok() || gone.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset));
    }

    fn control_request(&mut self, kind: u16) {
        let init = self.control_in(VENDOR_IN, service_request::INIT, 0, kind, REPLY_LENGTH);
        let Reply::Submit { data, .. } = init else { panic!("{init:?}") };
        let id = u16::from_le_bytes([data[6], data[7]]);
        for _ in 0..2 {
            self.control_in(VENDOR_IN, service_request::CHECK, 0, id, REPLY_LENGTH);
        }
    }
}

fn setup(kind: u8, request: u8, value: u16, index: u16, length: u16) -> [u8; 8] {
    let mut setup = [kind, request, 0, 0, 0, 0, 0, 0];
    for (at, word) in [(2, value), (4, index), (6, length)] {
        setup[at..at + 2].copy_from_slice(&word.to_le_bytes());
    }
    setup
}

fn data(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Submit { status: 0, data, .. } => data,
        other => panic!("{other:?}"),
    }
}

fn status_of(reply: &Reply) -> i32 {
    let (Reply::Submit { status, .. } | Reply::Unlink { status, .. }) = reply;
    *status
}

#[test]
fn every_plugged_device_is_listed_under_its_own_bus_id() {
    let test = TestBench::new(&[("photon", Mode::Dfu), ("boron", Mode::Normal), ("p2", Mode::Normal)], &[]);
    test.bench.set_plugged(&id(1), false).unwrap();
    let listed: Vec<_> =
        list(test.address()).into_iter().map(|device| (device.bus_id, device.product)).collect();
    assert_eq!(listed, [("1-1".to_owned(), 0xD006), ("1-3".to_owned(), 0xC020)]);
    assert_eq!(test.import("1-2").err(), Some(status::NO_DEVICE));
    assert_eq!(test.import("9-9").err(), Some(status::NO_DEVICE));
}

#[test]
fn descriptors_are_cut_to_the_length_asked_for() {
    let test = TestBench::new(&[("boron", Mode::Normal)], &[]);
    let mut client = test.import("1-1").unwrap();
    assert_eq!(data(client.control_in(0x80, 6, 0x0100, 0, 8)), [18, 1, 0, 2, 0xEF, 2, 1, 64]);
    assert_eq!(data(client.control_in(0x80, 6, 0x0100, 0, 64)).len(), 18);
    assert_eq!(status_of(&client.control_in(0x80, 6, 0x0600, 0, 10)), -errno::EPIPE);
    assert_eq!(status_of(&client.control_out(0x00, 9, 1, &[])), 0);
    assert_eq!(data(client.control_in(0x80, 8, 0, 0, 1)), [1]);
}

#[test]
fn a_second_client_finds_the_device_busy_until_the_first_has_gone() {
    let test = TestBench::new(&[("photon", Mode::Dfu)], &[]);
    let first = test.import("1-1").unwrap();
    assert_eq!(test.import("1-1").err(), Some(status::DEVICE_BUSY));
    drop(first);
    while test.import("1-1").err() == Some(status::DEVICE_BUSY) {
        std::thread::yield_now();
    }
}

#[test]
fn waiting_for_serial_output_leaves_endpoint_0_free() {
    let test = TestBench::new(&[("photon", Mode::Listening)], &[]);
    let mut client = test.import("1-1").unwrap();
    let read = client.submit(2, [0; 8], Direction::In, 64, &[]);
    assert_eq!(data(client.control_in(0xA1, 0x21, 0, 0, 7)).len(), 7);
    let write = client.submit(2, [0; 8], Direction::Out, 1, b"v");
    assert_eq!(
        client.reply().unwrap(),
        Reply::Submit { sequence: write, status: 0, length: 1, data: vec![] }
    );
    let Reply::Submit { sequence, data, .. } = client.reply().unwrap() else { panic!("no data") };
    assert_eq!((sequence, data.as_slice()), (read, &b"system firmware version: 3.3.1\n\r\n"[..]));
}

#[test]
fn a_transfer_that_waits_can_be_taken_back() {
    let test = TestBench::new(&[("boron", Mode::Normal)], &[]);
    let mut client = test.import("1-1").unwrap();
    let read = client.submit(2, [0; 8], Direction::In, 64, &[]);
    assert_eq!(status_of(&client.unlink(read)), -errno::ECONNRESET);
    assert_eq!(status_of(&client.unlink(read)), 0);
}

#[test]
fn an_order_without_data_stage_hangs_an_rtl_board_until_it_is_taken_back() {
    let test = TestBench::new(&[("p2", Mode::Normal)], &[]);
    let mut client = test.import("1-1").unwrap();
    let reset = client.submit(0, setup(0x40, 0x50, 0, 40, 0), Direction::Out, 0, &[]);
    assert_eq!(status_of(&client.unlink(reset)), -errno::ECONNRESET);
}

#[test]
fn a_mode_switch_disconnects_and_the_device_comes_back_under_the_same_bus_id() {
    let test = TestBench::new(&[("boron", Mode::Normal)], &[]);
    let mut client = test.import("1-1").unwrap();
    let before = client.device;
    client.control_request(50);
    client.await_disconnect();
    let device = test.await_product(0xD00D);
    assert_eq!(device.bus_id, "1-1");
    assert_ne!(1 << 16 | device.device_number, before);
    assert_eq!(test.bench.snapshot()[0].mode, Mode::Dfu);

    let mut client = test.import("1-1").unwrap();
    client.control_out(CLASS_OUT, dfu_request::DNLOAD, 2, &[]);
    client.control_in(CLASS_IN, dfu_request::GETSTATUS, 0, 0, 6);
    client.await_disconnect();
    test.await_product(0xC00D);
}

#[test]
fn buttons_do_what_they_do() {
    let test = TestBench::new(&[("electron", Mode::Normal)], &[]);
    for (button, mode) in [
        (Button::Dfu, Mode::Dfu),
        (Button::Safe, Mode::SafeMode),
        (Button::Listen, Mode::Listening),
        (Button::Reset, Mode::Normal),
        (Button::Factory, Mode::Normal),
    ] {
        test.bench.press(&id(0), button).unwrap();
        assert_eq!(test.bench.devices()[0].mode, mode);
    }
    test.bench.press(&id(0), Button::Dfu).unwrap();
    assert!(test.bench.press(&id(0), Button::Listen).is_err());
    assert!(test.bench.press(&id(7), Button::Reset).is_err());
}

#[test]
fn a_pulled_cable_ends_the_session_and_keeps_what_was_written() {
    let test = TestBench::new(&[("photon", Mode::Dfu)], &["unplug@dfu-write:2"]);
    let mut client = test.import("1-1").unwrap();
    client.control_out(0x01, 11, 1, &[]);
    for block in [2, 3] {
        client.control_out(CLASS_OUT, dfu_request::DNLOAD, block, &[block as u8; 4]);
        let wait = setup(CLASS_IN, dfu_request::GETSTATUS, 0, 0, 6);
        client.submit(0, wait, Direction::In, 6, &[]);
        if client.reply().is_err() {
            break;
        }
        client.control_in(CLASS_IN, dfu_request::GETSTATUS, 0, 0, 6);
    }
    client.await_disconnect();
    assert!(list(test.address()).is_empty());
    test.bench.set_plugged(&id(0), true).unwrap();
    assert_eq!(test.await_product(0xC006).bus_id, "1-1");
}

#[test]
fn nonsense_costs_a_client_its_connection_and_nobody_else_anything() {
    let test = TestBench::new(&[("photon", Mode::Dfu)], &[]);
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xFF; 600], &[1, 0x11, 0x80, 3, 0, 0]] {
        let mut stream = connect(test.address());
        stream.write_all(nonsense).unwrap();
    }
    let mut client = test.import("1-1").unwrap();
    client.stream.write_all(&[0xFF; 48]).unwrap();
    client.await_disconnect();
    assert_eq!(list(test.address()).len(), 1);
}

#[test]
fn a_client_can_be_told_that_the_device_is_busy() {
    let test = TestBench::new(&[("photon", Mode::Dfu)], &["busy*2"]);
    assert_eq!(test.import("1-1").err(), Some(status::DEVICE_BUSY));
    assert_eq!(test.import("1-1").err(), Some(status::DEVICE_BUSY));
    assert!(test.import("1-1").is_ok());
}
