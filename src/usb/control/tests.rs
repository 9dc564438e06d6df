//! The host's side against a device model that keeps requests in memory.

use super::{
    messages::{DeviceMode, DeviceModeReply},
    service::{CHUNK, ServiceReply, Status, VENDOR_IN, request},
    *,
};
use crate::{
    clock::{Clock, Stop},
    platform::Platform,
    usb::{Handle, Setup, TransferError, UsbError},
};
use prost::Message;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

/// What the firmware of the model can do.
#[derive(Clone, Copy, PartialEq)]
enum Firmware {
    /// Service protocol.
    Modern,
    /// Raw requests with the numbers of 0.6.1 to 0.7.0.
    RawOnly,
    /// Raw requests with the numbers of 0.6.0.
    RawOnlyOldest,
    /// No vendor requests.
    Mute,
}

/// A device with one place for a request. Everything sent to it is kept for the test to look at.
struct Device {
    firmware: Firmware,
    /// Statuses given to INIT before the request is accepted with the last of them.
    init: VecDeque<Status>,
    /// Statuses given to CHECK before the request is done.
    checks: VecDeque<Status>,
    /// Result and reply of any request.
    result: i32,
    reply: Vec<u8>,
    /// Goes away at the first CHECK.
    restarts: bool,
    expected: usize,
    received: Vec<u8>,
    sent: usize,
    log: Vec<(u8, u16, u16)>,
}

impl Device {
    fn new(firmware: Firmware) -> Self {
        Self {
            firmware,
            init: VecDeque::new(),
            checks: VecDeque::new(),
            result: 0,
            reply: Vec::new(),
            restarts: false,
            expected: 0,
            received: Vec::new(),
            sent: 0,
            log: Vec::new(),
        }
    }

    fn init(&mut self, size: u16) -> ServiceReply {
        let status = self.init.pop_front().unwrap_or(Status::Ok);
        self.expected = size.into();
        self.received.clear();
        self.sent = 0;
        let id = matches!(status, Status::Ok | Status::Pending).then_some(7);
        ServiceReply { id, ..ServiceReply::of_status(status) }
    }

    fn check(&mut self) -> ServiceReply {
        let status = self.checks.pop_front().unwrap_or(Status::Ok);
        let mut reply = ServiceReply::of_status(status);
        if status == Status::Ok && self.received.len() == self.expected {
            reply.result = Some(self.result);
            reply.size = (!self.reply.is_empty()).then_some(self.reply.len() as u32);
        }
        reply
    }

    fn answer(&mut self, setup: Setup, length: u16) -> Result<Vec<u8>, TransferError> {
        self.log.push((setup.request, setup.value, setup.index));
        let version_index = match self.firmware {
            Firmware::RawOnlyOldest => 1,
            _ => 30,
        };
        if setup.request == request::RAW {
            let knows = self.firmware != Firmware::Mute && setup.index == version_index;
            return if knows { Ok(b"0.7.0\0rest".to_vec()) } else { Err(TransferError::Stall) };
        }
        if self.firmware != Firmware::Modern {
            return Err(TransferError::Stall);
        }
        match setup.request {
            request::INIT => Ok(self.init(setup.value).encode()),
            request::CHECK if self.restarts => Err(TransferError::Disconnected),
            request::CHECK => Ok(self.check().encode()),
            request::RECV => {
                let end = (self.sent + usize::from(length)).min(self.reply.len());
                let chunk = self.reply[self.sent..end].to_vec();
                self.sent = end;
                Ok(chunk)
            }
            _ => Ok(ServiceReply::of_status(Status::Ok).encode()),
        }
    }
}

/// The wire to the model; the test keeps the other end.
struct Wire(Arc<Mutex<Device>>);

impl Handle for Wire {
    fn control_in(&mut self, setup: Setup, length: u16, _: Duration) -> Result<Vec<u8>, TransferError> {
        assert_eq!(setup.request_type, VENDOR_IN);
        assert!(setup.request == request::RECV || length == 64, "the device insists on 64 bytes");
        self.0.lock().unwrap().answer(setup, length)
    }

    fn control_out(&mut self, setup: Setup, data: &[u8], _: Duration) -> Result<(), TransferError> {
        let mut device = self.0.lock().unwrap();
        device.log.push((setup.request, setup.value, setup.index));
        assert!(data.len() <= CHUNK);
        device.received.extend(data);
        Ok(())
    }

    fn bulk_in(&mut self, _: u8, _: usize, _: Duration) -> Result<Vec<u8>, TransferError> {
        Err(TransferError::Stall)
    }

    fn bulk_out(&mut self, _: u8, _: &[u8], _: Duration) -> Result<usize, TransferError> {
        Err(TransferError::Stall)
    }

    fn claim_interface(&mut self, _: u8) -> Result<(), UsbError> {
        panic!("control requests need no interface")
    }

    fn set_alternate_setting(&mut self, _: u8, _: u8) -> Result<(), TransferError> {
        Err(TransferError::Stall)
    }
}

const PAYLOAD_REQUEST: RequestType = RequestType(10);
const OUT_RESET: (u8, u16, u16) = (request::RESET, 0, 7);

fn clock() -> Clock {
    Clock::new(0.0)
}

fn connect(device: Device) -> (ControlChannel, Arc<Mutex<Device>>) {
    connect_as("photon", device, &clock())
}

fn connect_as(platform: &str, device: Device, clock: &Clock) -> (ControlChannel, Arc<Mutex<Device>>) {
    let device = Arc::new(Mutex::new(device));
    let platform = Platform::by_name(platform).unwrap();
    let channel = ControlChannel::open(Box::new(Wire(Arc::clone(&device))), platform, clock).unwrap();
    (channel, device)
}

fn modern() -> Device {
    Device::new(Firmware::Modern)
}

#[test]
fn an_earlier_session_is_swept_away_on_opening() {
    let (_channel, device) = connect(modern());
    assert_eq!(device.lock().unwrap().log, [(request::RESET, 0, 0)]);
}

#[test]
fn the_mode_is_asked_for_and_decoded() {
    let reply = DeviceModeReply { mode: DeviceMode::Listening.into() }.encode_to_vec();
    let checks = [Status::Pending, Status::Pending].into();
    let (mut channel, device) = connect(Device { reply, checks, ..modern() });
    assert_eq!(channel.device_mode().unwrap(), Some(DeviceMode::Listening));
    let log = &device.lock().unwrap().log;
    let check = (request::CHECK, 0, 7);
    assert_eq!(log[1..], [(request::INIT, 0, 72), check, check, check, (request::RECV, 0, 7)]);
}

#[test]
fn a_missing_payload_means_every_field_at_its_default() {
    let (mut channel, _) = connect(modern());
    assert_eq!(channel.device_mode().unwrap(), Some(DeviceMode::Normal));
}

#[test]
fn long_payloads_and_replies_go_in_chunks() {
    let payload: Vec<u8> = (0..10_000u32).map(|n| n as u8).collect();
    let (mut channel, device) = connect(Device { reply: payload.clone(), ..modern() });
    assert_eq!(channel.request(PAYLOAD_REQUEST, &payload, REQUEST_LIMIT).unwrap(), payload);
    let device = device.lock().unwrap();
    assert_eq!(device.received, payload);
    let count = |wanted| device.log.iter().filter(|(request, ..)| *request == wanted).count();
    assert_eq!((count(request::SEND), count(request::RECV)), (3, 3));
}

#[test]
fn a_buffer_that_is_not_ready_is_waited_for() {
    let init = [Status::Pending].into();
    let checks = [Status::Pending, Status::Ok, Status::Pending].into();
    let (mut channel, device) = connect(Device { init, checks, ..modern() });
    channel.request(PAYLOAD_REQUEST, &[1, 2], REQUEST_LIMIT).unwrap();
    let requests: Vec<u8> = device.lock().unwrap().log.iter().map(|(request, ..)| *request).collect();
    let (check, send) = (request::CHECK, request::SEND);
    assert_eq!(requests, [request::RESET, request::INIT, check, check, send, check, check]);
}

#[test]
fn a_busy_device_is_asked_again() {
    let (mut channel, device) = connect(Device { init: [Status::Busy, Status::Busy].into(), ..modern() });
    channel.request(RequestType::RESET, &[], REQUEST_LIMIT).unwrap();
    let inits = device.lock().unwrap().log.iter().filter(|(request, ..)| *request == request::INIT).count();
    assert_eq!(inits, 3);
}

#[test]
fn failures_are_told_apart_and_take_the_request_off_the_device() {
    let cases: [(Device, ControlError); 4] = [
        (Device { result: -1801, ..modern() }, ControlError::Refused(ResultCode::PROTECTED)),
        (Device { checks: [Status::NotFound].into(), ..modern() }, ControlError::Cancelled),
        (Device { checks: [Status::NoMemory].into(), ..modern() }, ControlError::NoMemory),
        (Device { checks: [Status::Error].into(), ..modern() }, ControlError::Refused(ResultCode::ERROR)),
    ];
    for (device, expected) in cases {
        let (mut channel, device) = connect(device);
        assert_eq!(channel.request(PAYLOAD_REQUEST, &[], REQUEST_LIMIT), Err(expected));
        assert_eq!(device.lock().unwrap().log.last(), Some(&OUT_RESET));
    }
}

#[test]
fn a_request_that_is_never_done_times_out_and_is_taken_back() {
    let checks = std::iter::repeat_n(Status::Pending, 1_000_000).collect();
    let (mut channel, device) = connect(Device { checks, ..modern() });
    let outcome = channel.request(PAYLOAD_REQUEST, &[], Duration::from_millis(10));
    assert_eq!(outcome, Err(ControlError::Timeout));
    assert_eq!(device.lock().unwrap().log.last(), Some(&OUT_RESET));
}

#[test]
fn an_interrupt_takes_the_request_back() {
    let clock = clock();
    let checks = [Status::Pending, Status::Pending].into();
    let (mut channel, device) = connect_as("photon", Device { checks, ..modern() }, &clock);
    clock.interrupt_flag().store(true, Ordering::Relaxed);
    let outcome = channel.request(PAYLOAD_REQUEST, &[], REQUEST_LIMIT);
    assert_eq!(outcome, Err(ControlError::Stopped(Stop::Interrupted)));
    assert_eq!(device.lock().unwrap().log.last(), Some(&OUT_RESET));
}

#[test]
fn a_device_that_restarts_before_it_answers_has_obeyed() {
    let (mut channel, _) = connect(Device { restarts: true, ..modern() });
    assert_eq!(channel.order(Order::EnterDfu), Ok(()));
    let (mut channel, _) = connect(Device { restarts: true, ..modern() });
    assert_eq!(channel.order(Order::StopListening), Err(ControlError::Lost));
}

#[test]
fn old_firmware_is_ordered_by_raw_requests_with_its_own_numbers() {
    let cases = [
        (Firmware::RawOnly, Order::EnterDfu, (request::RAW, 0, 50)),
        (Firmware::RawOnly, Order::StopListening, (request::RAW, 1, 70)),
        (Firmware::RawOnlyOldest, Order::EnterDfu, (request::RAW, 0, 3)),
        (Firmware::RawOnlyOldest, Order::Reset, (request::RAW, 0, 2)),
    ];
    for (firmware, order, last) in cases {
        let (mut channel, device) = connect(Device::new(firmware));
        assert_eq!(channel.order(order), Ok(()));
        assert_eq!(device.lock().unwrap().log.last(), Some(&last));
    }
    let (mut channel, _) = connect(Device::new(Firmware::RawOnlyOldest));
    assert_eq!(channel.order(Order::EnterSafeMode), Err(ControlError::Unsupported));
    let (mut channel, _) = connect(Device::new(Firmware::Mute));
    assert_eq!(channel.order(Order::EnterDfu), Err(ControlError::Unsupported));
}

#[test]
fn versions_end_at_the_first_nul() {
    let (mut channel, _) = connect(Device::new(Firmware::RawOnly));
    assert_eq!(channel.system_version().unwrap().as_deref(), Some("0.7.0"));
    let (mut channel, _) = connect(Device::new(Firmware::Mute));
    assert_eq!(channel.system_version().unwrap(), None);
}

#[test]
fn boards_that_hang_without_a_data_stage_get_a_dummy_byte() {
    for (platform, sent) in [("p2", vec![0]), ("boron", vec![])] {
        let (mut channel, device) = connect_as(platform, modern(), &clock());
        channel.raw_order(raw::NUMBERS.reset, true).unwrap();
        assert_eq!(device.lock().unwrap().received, sent, "{platform}");
    }
}

#[test]
fn a_core_is_sent_nothing() {
    let device = Arc::new(Mutex::new(modern()));
    let core = Platform::by_name("core").unwrap();
    let outcome = ControlChannel::open(Box::new(Wire(Arc::clone(&device))), core, &clock());
    assert_eq!(outcome.err(), Some(ControlError::NoneTaken(core)));
    assert!(device.lock().unwrap().log.is_empty());
}

/// The requests that a device was sent, with the sizes of their payloads.
fn requests(device: &Mutex<Device>) -> Vec<(u16, u16)> {
    let log = &device.lock().unwrap().log;
    log.iter()
        .filter(|(request, ..)| *request == request::INIT)
        .map(|(_, size, kind)| (*kind, *size))
        .collect()
}

#[test]
fn a_module_goes_in_pieces_of_the_size_that_the_device_says() {
    let reply = messages::StartFirmwareUpdateReply { chunk_size: 1000 }.encode_to_vec();
    let (mut channel, device) = connect(Device { reply: reply.clone(), ..modern() });
    let mut told = Vec::new();
    channel.update_firmware(&[7; 2500], &mut |sent, all| told.push((sent, all))).unwrap();
    assert_eq!(requests(&device), [(250, 3), (253, 1003), (253, 1003), (253, 503), (251, 0)]);
    assert_eq!(told, [(0, 2500), (1000, 2500), (2000, 2500), (2500, 2500)]);

    let (mut channel, device) = connect(Device { reply, restarts: true, ..modern() });
    assert_eq!(channel.update_firmware(&[7; 5], &mut |_, _| ()), Err(ControlError::Lost));
    assert_eq!(requests(&device), [(250, 2)]);
}

#[test]
fn an_update_that_fails_is_cancelled_and_tried_again_where_that_may_help() {
    let (mut channel, device) = connect(Device { result: -250, ..modern() });
    let outcome = channel.update_firmware(&[7; 5], &mut |_, _| ());
    assert_eq!(outcome, Err(ControlError::Refused(ResultCode(-250))));
    assert_eq!(requests(&device), [(250, 2), (252, 0)]);
    let (mut channel, device) = connect(Device { result: -110, ..modern() });
    let outcome = channel.update_firmware(&[7; 5], &mut |_, _| ());
    assert_eq!(outcome, Err(ControlError::Refused(ResultCode::BUSY)));
    assert_eq!(requests(&device).len(), 6);
    let (mut channel, _) = connect(modern());
    let outcome = channel.update_firmware(&[7; 5], &mut |_, _| ());
    assert_eq!(outcome, Err(ControlError::Malformed("reply: it takes no bytes at a time")));
}
