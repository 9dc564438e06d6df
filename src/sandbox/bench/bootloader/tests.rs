use super::*;
use crate::{
    clock::Clock,
    dfu::protocol::{CLASS_IN, CLASS_OUT, FIRST_DATA_BLOCK},
    sandbox::{
        bench::{
            state::{DeviceState, Protection},
            transfer::Event,
        },
        fault::Faults,
    },
};
use std::sync::Arc;

/// A board and its bootloader, driven by setup packets.
struct Host {
    board: Board,
    bootloader: Bootloader,
}

impl Host {
    fn new(platform: &str) -> Self {
        Self::with_faults(platform, &[])
    }

    fn with_faults(platform: &str, faults: &[&str]) -> Self {
        let platform = Platform::by_name(platform).unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.mode = Mode::Dfu;
        let faults = Arc::new(Faults::new(faults.iter().map(|fault| fault.parse().unwrap()).collect()));
        Self { board: Board::new(state, Clock::default(), faults), bootloader: Bootloader::new(platform) }
    }

    fn out(&mut self, request: u8, value: u16, data: &[u8]) -> Answer {
        let setup =
            SetupPacket { request_type: CLASS_OUT, request, value, index: 0, length: data.len() as u16 };
        self.bootloader.request(&setup, data, &mut self.board)
    }

    fn fetch(&mut self, request: u8, value: u16, length: u16) -> Answer {
        let setup = SetupPacket { request_type: CLASS_IN, request, value, index: 0, length };
        self.bootloader.request(&setup, &[], &mut self.board)
    }

    fn status(&mut self) -> Option<StatusReply> {
        match self.fetch(request::GETSTATUS, 0, StatusReply::LENGTH) {
            Answer::Data(bytes) => StatusReply::decode(&bytes),
            _ => None,
        }
    }

    fn state(&mut self) -> Option<State> {
        self.status().map(|status| status.state)
    }

    /// DNLOAD, then GETSTATUS twice: the answers to both.
    fn download(&mut self, block: u16, data: &[u8]) -> (Option<StatusReply>, Option<StatusReply>) {
        assert_eq!(self.out(request::DNLOAD, block, data), Answer::Accepted);
        (self.status(), self.status())
    }

    fn command(&mut self, name: u8, address: u32) -> (Option<StatusReply>, Option<StatusReply>) {
        self.download(0, &[&[name][..], &address.to_le_bytes()].concat())
    }

    fn write(&mut self, address: u32, data: &[u8]) {
        self.command(command::SET_ADDRESS, address);
        let (busy, idle) = self.download(FIRST_DATA_BLOCK, data);
        assert_eq!(busy.unwrap().state, State::DownloadBusy);
        assert_eq!(idle.unwrap().state, State::DownloadIdle);
    }

    fn read(&mut self, address: u32, length: u16) -> Answer {
        self.command(command::SET_ADDRESS, address);
        self.out(request::ABORT, 0, &[]);
        self.fetch(request::UPLOAD, FIRST_DATA_BLOCK, length)
    }
}

#[test]
fn a_key_is_written_and_read_back_on_every_board() {
    for platform in ["core", "photon", "p1", "electron", "argon", "boron", "b5som", "tracker", "p2", "msom"] {
        let mut host = Host::new(platform);
        host.bootloader.select(1);
        host.write(0xC22, &[0x30, 0x77, 2, 1]);
        assert_eq!(host.read(0xC22, 5), Answer::Data(vec![0x30, 0x77, 2, 1, 0xFF]), "{platform}");
        assert_eq!(host.state(), Some(State::UploadIdle), "{platform}");
    }
}

#[test]
fn nothing_happens_before_getstatus() {
    let mut host = Host::new("photon");
    host.bootloader.select(1);
    host.write(0, &[1]);
    host.out(request::DNLOAD, FIRST_DATA_BLOCK, &[2]);
    assert_eq!(host.board.read(1, 0, 1), Some(vec![1]));
    host.status();
    assert_eq!(host.board.read(1, 0, 1), Some(vec![2]));
}

#[test]
fn block_numbers_count_in_transfer_sizes() {
    let mut host = Host::new("core");
    host.bootloader.select(1);
    host.command(command::SET_ADDRESS, 0x4_0000);
    host.download(FIRST_DATA_BLOCK + 2, &[7]);
    assert_eq!(host.board.read(1, 0x4_0000 + 2 * 1024, 1), Some(vec![7]));
}

#[test]
fn poll_timeouts_are_those_of_the_memory() {
    let mut host = Host::new("photon");
    host.bootloader.select(1);
    assert_eq!(host.command(command::ERASE, 0).0.unwrap().poll_timeout, 500);
    let mut host = Host::new("core");
    assert_eq!(host.command(command::ERASE, 0x0800_5000).0.unwrap().poll_timeout, 50);
    let mut host = Host::new("boron");
    assert_eq!(host.command(command::ERASE, 0xD_4000).0.unwrap().poll_timeout, 0);
}

#[test]
fn generation_2_reports_a_failure_as_a_stall_and_is_idle_afterwards() {
    let mut host = Host::new("photon");
    let (failed, next) = host.command(command::ERASE, 0x0800_0000);
    assert_eq!(failed, None);
    assert_eq!((next.unwrap().state, next.unwrap().status), (State::DownloadIdle, Status::OK));
}

#[test]
fn generation_3_reports_a_failure_in_the_next_status() {
    let mut host = Host::new("boron");
    let (busy, failed) = host.command(command::ERASE, 0x10_0000);
    assert_eq!(busy.unwrap().state, State::DownloadBusy);
    assert_eq!((failed.unwrap().state, failed.unwrap().status), (State::Error, Status::ERR_UNKNOWN));
    assert_eq!(host.out(request::CLRSTATUS, 0, &[]), Answer::Accepted);
    assert_eq!(host.state(), Some(State::DfuIdle));
}

#[test]
fn the_core_reports_no_failure() {
    let mut host = Host::new("core");
    let (busy, idle) = host.command(command::ERASE, 0x0800_0000);
    assert_eq!((busy.unwrap().state, idle.unwrap().state), (State::DownloadBusy, State::DownloadIdle));
}

#[test]
fn clearing_a_status_that_is_no_error_makes_one() {
    let mut photon = Host::new("photon");
    assert_eq!(photon.out(request::CLRSTATUS, 0, &[]), Answer::Accepted);
    assert_eq!(photon.state(), Some(State::Error));
    assert_eq!(photon.out(request::ABORT, 0, &[]), Answer::Accepted);
    assert_eq!(photon.state(), Some(State::Error));
    let mut boron = Host::new("boron");
    assert_eq!(boron.out(request::CLRSTATUS, 0, &[]), Answer::Stall);
    assert_eq!(boron.state(), Some(State::Error));
    assert_eq!(boron.out(request::ABORT, 0, &[]), Answer::Stall);
}

#[test]
fn an_upload_has_to_begin_in_idle() {
    for platform in ["photon", "boron"] {
        let mut host = Host::new(platform);
        host.command(command::SET_ADDRESS, 0x0802_0000);
        assert_eq!(host.fetch(request::UPLOAD, FIRST_DATA_BLOCK, 16), Answer::Stall, "{platform}");
    }
}

#[test]
fn outside_the_map_generation_2_reads_zeros_and_generation_3_stalls() {
    assert_eq!(Host::new("photon").read(0x0900_0000, 2), Answer::Data(vec![0, 0]));
    assert_eq!(Host::new("boron").read(0x0900_0000, 2), Answer::Stall);
}

#[test]
fn the_commands_are_listed_by_version() {
    let mut boron = Host::new("boron");
    assert_eq!(boron.fetch(request::UPLOAD, 0, 64), Answer::Data(vec![0, 0x21, 0x41, 0xFA, 0xFB]));
    boron.board.state.ship(OsVersion(6, 1, 0)).unwrap();
    assert_eq!(boron.fetch(request::UPLOAD, 0, 64), Answer::Data(vec![0, 0x21, 0x41]));
}

#[test]
fn leaving_shows_the_state_of_the_generation_and_resets() {
    for (platform, state) in [
        ("core", State::DownloadIdle),
        ("photon", State::DownloadIdle),
        ("boron", State::Manifest),
        ("p2", State::Manifest),
    ] {
        let mut host = Host::new(platform);
        assert_eq!(host.out(request::DNLOAD, FIRST_DATA_BLOCK, &[]), Answer::Accepted);
        assert_eq!(host.board.take_event(), None);
        assert_eq!(host.state(), Some(state), "{platform}");
        let event = host.board.take_event();
        assert_eq!(event, Some(Event::Restart { mode: Mode::Normal, after: LEAVE_DELAY }), "{platform}");
    }
}

#[test]
fn safe_mode_is_a_way_to_leave() {
    let mut host = Host::new("tracker");
    assert_eq!(host.out(request::DNLOAD, 0, &[command::ENTER_SAFE_MODE]), Answer::Accepted);
    assert_eq!((host.state(), host.state()), (Some(State::DownloadBusy), Some(State::Manifest)));
    assert!(matches!(host.board.take_event(), Some(Event::Restart { mode: Mode::SafeMode, .. })));
}

#[test]
fn a_protected_device_gives_and_takes_nothing() {
    let mut host = Host::new("boron");
    host.board.state.protection = Protection::Protected;
    assert_eq!(host.fetch(request::UPLOAD, FIRST_DATA_BLOCK, 16), Answer::Data(Vec::new()));
    let status = host.status().unwrap();
    assert_eq!((status.state, status.status, status.string_index), (State::Error, Status::ERR_VENDOR, 10));
    host.out(request::CLRSTATUS, 0, &[]);
    host.out(request::DNLOAD, 0, &[command::SET_ADDRESS, 0, 0, 0, 0]);
    assert_eq!(host.status().unwrap().status, Status::ERR_VENDOR);
}

#[test]
fn ending_service_mode_brings_protection_back() {
    let mut host = Host::new("boron");
    host.board.state.protection = Protection::ServiceMode;
    host.command(command::CLEAR_SECURITY_OVERRIDE, 0);
    assert_eq!(host.board.state.protection, Protection::Protected);
}

#[test]
fn ordered_faults_strike() {
    let mut host = Host::with_faults("photon", &["corrupt@dfu-write", "unplug@dfu-read", "stall@dfu-erase"]);
    host.bootloader.select(1);
    host.write(0, &[0x10]);
    assert_eq!(host.board.read(1, 0, 1), Some(vec![0x11]));
    assert_eq!(host.command(command::ERASE, 0).0, None);
    assert_eq!(host.read(0, 1), Answer::Nak);
    assert_eq!(host.board.take_event(), Some(Event::Unplug));
}
