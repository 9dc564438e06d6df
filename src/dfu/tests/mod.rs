//! Sessions with a bootloader in memory.

mod bootloader;

use super::{
    Dfu, DfuError, LeftAs, Operation, WriteOptions,
    protocol::{State, Status, command, request},
};
use crate::{
    clock::{Clock, Stop},
    usb::TransferError,
};
use bootloader::{Bootloader, Fault};
use std::sync::atomic::Ordering;

const EACH_GENERATION: [&str; 4] = ["core", "photon", "boron", "p2"];

fn open(bootloader: &Bootloader) -> Dfu {
    Dfu::open(bootloader.handle(), &Clock::new(0.0), bootloader.layout()).unwrap()
}

fn write(dfu: &mut Dfu, alternate: u8, address: u32, data: &[u8]) -> Result<(), DfuError> {
    dfu.write(alternate, address, data, &WriteOptions::default(), &mut |_, _| ())
}

fn read(dfu: &mut Dfu, alternate: u8, address: u32, length: usize) -> Result<Vec<u8>, DfuError> {
    dfu.read(alternate, address, length, &mut |_, _| ())
}

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7 + index / 251) as u8).collect()
}

#[test]
fn every_generation_writes_and_reads_back() {
    for platform in EACH_GENERATION {
        let bootloader = Bootloader::new(platform);
        let mut dfu = open(&bootloader);
        let data = sample(9000);
        write(&mut dfu, 1, 0x1000, &data).unwrap();
        assert_eq!(read(&mut dfu, 1, 0x1000, data.len()).unwrap(), data, "{platform}");
        assert_eq!(bootloader.model().bytes(1, 0x1000, data.len()), data, "{platform}");
        assert_eq!(bootloader.model().state, State::DfuIdle, "{platform}");
    }
}

#[test]
fn a_key_write_is_a_pointer_and_one_block() {
    let bootloader = Bootloader::new("electron");
    write(&mut open(&bootloader), 1, 3106, &sample(192)).unwrap();
    let model = bootloader.model();
    assert_eq!(model.commands(command::SET_ADDRESS)[0], [0x21, 0x22, 0x0C, 0, 0]);
    assert!(model.commands(command::ERASE).is_empty());
    let (setup, _) = model.sent.iter().find(|(_, data)| data.len() == 192).unwrap();
    assert_eq!((setup.request_type, setup.request, setup.value, setup.index), (0x21, request::DNLOAD, 2, 0));
}

#[test]
fn firmware_is_erased_by_sectors() {
    let bootloader = Bootloader::new("photon");
    let options = WriteOptions { preserve: false, verify: true };
    open(&bootloader).write(0, 0x080E_0000, &sample(5000), &options, &mut |_, _| ()).unwrap();
    let model = bootloader.model();
    assert_eq!(model.commands(command::ERASE), [[0x41, 0, 0, 0x0E, 8]]);
    assert_eq!(model.commands(command::SET_ADDRESS)[0], [0x21, 0, 0, 0x0E, 8]);
}

#[test]
fn what_shares_a_core_sector_with_a_key_is_kept() {
    let bootloader = Bootloader::new("core");
    let neighbours = sample(4096);
    bootloader.model().bytes(1, 0x2000, 4096).copy_from_slice(&neighbours);
    write(&mut open(&bootloader), 1, 0x2100, &[0xA5; 100]).unwrap();
    let mut expected = neighbours;
    expected[0x100..0x164].fill(0xA5);
    assert_eq!(bootloader.model().bytes(1, 0x2000, 4096), expected);
}

#[test]
fn progress_counts_the_bytes_asked_for() {
    let bootloader = Bootloader::new("core");
    let mut seen = Vec::new();
    let mut progress = |done, total| seen.push((done, total));
    open(&bootloader)
        .write(1, 0x2100, &sample(1500), &WriteOptions { preserve: true, verify: false }, &mut progress)
        .unwrap();
    assert_eq!(seen, [(0, 1500), (768, 1500), (1500, 1500), (1500, 1500), (1500, 1500)]);
}

#[test]
fn every_state_a_former_session_can_leave_is_recovered_from() {
    for platform in EACH_GENERATION {
        for state in [State::DownloadIdle, State::UploadIdle, State::Error, State::DfuIdle] {
            let bootloader = Bootloader::new(platform);
            bootloader.model().state = state;
            read(&mut open(&bootloader), 1, 0, 16).unwrap();
        }
        let bootloader = Bootloader::new(platform);
        bootloader.model().state = State::AppIdle;
        let outcome = Dfu::open(bootloader.handle(), &Clock::new(0.0), bootloader.layout()).err();
        let operation = Operation::Idle;
        assert_eq!(outcome, Some(DfuError::UnexpectedState { operation, state: State::AppIdle }));
    }
}

#[test]
fn stalled_commands_are_tried_again_up_to_five_times() {
    for platform in EACH_GENERATION {
        let bootloader = Bootloader::new(platform);
        let mut dfu = open(&bootloader);
        bootloader.model().faults = vec![Fault::StallCommands(4)];
        assert!(write(&mut dfu, 1, 0, &[1, 2, 3]).is_ok(), "{platform}");
        bootloader.model().faults = vec![Fault::StallCommands(5)];
        assert!(write(&mut dfu, 1, 0, &[1, 2, 3]).is_err(), "{platform}");
        assert!(write(&mut dfu, 1, 0, &[1, 2, 3]).is_ok(), "{platform}");
    }
}

#[test]
fn a_failed_write_is_noticed_on_every_generation() {
    for platform in EACH_GENERATION {
        let bootloader = Bootloader::new(platform);
        let mut dfu = open(&bootloader);
        bootloader.model().faults = vec![Fault::FailWork];
        let error = write(&mut dfu, 1, 0x1000, &sample(100)).unwrap_err();
        let expected = if platform == "photon" { Status::ERR_STALLED_PACKET } else { Status::ERR_WRITE };
        assert!(
            matches!(error, DfuError::Status { status, .. } if status == expected),
            "{platform}: {error:?}"
        );
        assert!(write(&mut dfu, 1, 0x1000, &sample(100)).is_ok(), "{platform} does not recover");
    }
}

#[test]
fn a_silently_corrupted_write_is_noticed() {
    let bootloader = Bootloader::new("core");
    let mut dfu = open(&bootloader);
    bootloader.model().faults = vec![Fault::FlipBit];
    assert_eq!(write(&mut dfu, 1, 0x1000, &sample(8192)), Err(DfuError::Verification { address: 0x1000 }));
}

#[test]
fn one_short_read_is_repeated_and_two_are_an_error() {
    for platform in EACH_GENERATION {
        let bootloader = Bootloader::new(platform);
        let mut dfu = open(&bootloader);
        bootloader.model().faults = vec![Fault::ShortRead];
        assert_eq!(read(&mut dfu, 1, 0, 612).unwrap().len(), 612);
        bootloader.model().faults = vec![Fault::ShortRead; 2];
        let error = DfuError::ShortRead { address: 0, expected: 612, got: 306 };
        assert_eq!(read(&mut dfu, 1, 0, 612), Err(error));
        assert_eq!(bootloader.model().state, State::DfuIdle);
    }
}

#[test]
fn refused_ranges_send_nothing() {
    let bootloader = Bootloader::new("photon");
    let mut dfu = open(&bootloader);
    for (alternate, address) in [(0, 0x0800_C000), (0, 0x0800_0000), (0, 0x080F_FFFF), (1, 0x3FFF), (2, 0)] {
        assert!(write(&mut dfu, alternate, address, &[0; 2]).is_err(), "{alternate} {address:#x}");
    }
    assert!(bootloader.model().sent.is_empty());
}

#[test]
fn a_protected_device_is_recognised_and_left_alone() {
    let bootloader = Bootloader::new("boron");
    let mut dfu = open(&bootloader);
    assert_eq!(dfu.is_protected(), Ok(false));
    bootloader.model().security = Some("sm=s");
    assert_eq!(dfu.is_protected(), Ok(false));
    bootloader.model().security = Some("sm=p");
    assert_eq!(dfu.is_protected(), Ok(true));
    assert_eq!(write(&mut dfu, 1, 3106, &sample(192)), Err(DfuError::Protected));
    assert!(bootloader.model().sent.is_empty());
    assert_eq!(read(&mut dfu, 1, 3106, 192), Err(DfuError::Protected));
}

#[test]
fn leaving_succeeds_however_the_device_goes() {
    for platform in EACH_GENERATION {
        for faults in [vec![], vec![Fault::GoneOnLeave]] {
            let bootloader = Bootloader::new(platform);
            bootloader.model().faults = faults;
            open(&bootloader).leave().unwrap();
            let model = bootloader.model();
            let (setup, data) = model.sent.last().unwrap();
            assert_eq!((setup.request, setup.value, data.len()), (request::DNLOAD, 2, 0));
            assert!(model.gone);
        }
    }
}

#[test]
fn safe_mode_needs_a_bootloader_that_knows_it() {
    let bootloader = Bootloader::new("boron");
    assert_eq!(open(&bootloader).enter_safe_mode(), Err(DfuError::Unsupported(Operation::EnterSafeMode)));
    bootloader.model().knows_safe_mode = true;
    open(&bootloader).enter_safe_mode().unwrap();
    assert_eq!(bootloader.model().commands(command::ENTER_SAFE_MODE), [[0xFA]]);
}

#[test]
fn a_pulled_cable_is_a_transfer_error() {
    let bootloader = Bootloader::new("boron");
    let mut dfu = open(&bootloader);
    bootloader.model().faults = vec![Fault::Unplug(2)];
    let error = write(&mut dfu, 1, 3106, &sample(192)).unwrap_err();
    let source = TransferError::Disconnected;
    assert_eq!(error, DfuError::Transfer { operation: Operation::Write(3106), source });
}

/// A write that is interrupted while the given DNLOAD is on its way.
fn interrupted_write(
    bootloader: &Bootloader,
    at: u32,
    alternate: u8,
    address: u32,
    length: usize,
) -> DfuError {
    let clock = Clock::new(0.0);
    let flag = clock.interrupt_flag();
    bootloader.model().on_download =
        Some(Box::new(move |number| flag.store(number >= at, Ordering::Relaxed)));
    let mut dfu = Dfu::open(bootloader.handle(), &clock, bootloader.layout()).unwrap();
    write(&mut dfu, alternate, address, &sample(length)).unwrap_err()
}

#[test]
fn an_interrupt_finishes_the_block_and_says_how_far_it_got() {
    let bootloader = Bootloader::new("boron");
    // Erase, pointer, first block: each sector of 4096 bytes is one block.
    let error = interrupted_write(&bootloader, 3, 0, 0x000D_4000, 3 * 4096);
    let left = LeftAs::Partial { address: 0x000D_4000, written: 4096, total: 3 * 4096 };
    assert_eq!(error, DfuError::Stopped { stop: Stop::Interrupted, left });
    let mut model = bootloader.model();
    assert_eq!(model.state, State::DfuIdle);
    assert_eq!(model.bytes(0, 0x000D_4000, 4096), sample(4096));
}

#[test]
fn an_interrupt_does_not_cost_the_neighbours_of_a_key() {
    let bootloader = Bootloader::new("core");
    bootloader.model().bytes(1, 0x2000, 4096).fill(0x5A);
    // Pointer for reading, then the erase: the sector is empty when Ctrl-C comes.
    let error = interrupted_write(&bootloader, 2, 1, 0x2000, 1024);
    let left = LeftAs::Unverified;
    assert_eq!(error, DfuError::Stopped { stop: Stop::Interrupted, left });
    let mut model = bootloader.model();
    assert_eq!(model.bytes(1, 0x2000, 1024), sample(1024));
    assert_eq!(model.bytes(1, 0x2400, 0xC00), [0x5A; 0xC00]);
}
