use super::*;
use crate::{
    clock::Clock,
    platform::StagingArea,
    sandbox::{
        bench::{board::Board, state::StoredAsset, update::ApplicationNeeds},
        fault::Faults,
        release,
    },
};
use std::sync::Arc;

fn device(platform: &str, version: &str) -> DeviceState {
    let platform = Platform::by_name(platform).unwrap();
    let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
    state.ship(version.parse().unwrap()).unwrap();
    state
}

fn released(platform: &str, version: &str, index: usize) -> Vec<u8> {
    let platform = Platform::by_name(platform).unwrap();
    release::modules(platform, version.parse().unwrap()).unwrap().remove(index).bytes
}

fn application(platform: &str, version: &str, function: &str) -> Vec<u8> {
    let program = Program::Compiled {
        functions: vec![function.to_owned()],
        variables: Vec::new(),
        answers_requests: false,
        constants: Default::default(),
    };
    let platform = Platform::by_name(platform).unwrap();
    release::application(platform, version.parse().unwrap(), &program, b"test").unwrap()
}

#[track_caller]
fn boots(state: &mut DeviceState, wanted: Mode, mode: Mode, trouble: Option<&str>) {
    state.boot(wanted);
    let said = state.trouble.map(|trouble| trouble.to_string());
    assert_eq!((state.mode, said.as_deref()), (mode, trouble));
}

#[test]
fn without_a_system_there_is_dfu_mode_alone() {
    for (platform, version, address) in
        [("photon", "3.3.1", 0x0806_0000), ("boron", "6.3.4", 0x2_8000), ("p2", "6.3.4", 0x0806_0000)]
    {
        let mut state = device(platform, version);
        state.write(0, address + 0x1000, b"oops");
        let last = if platform == "photon" { 2 } else { 1 };
        let trouble = format!("its system part {last} is missing or damaged");
        boots(&mut state, Mode::Normal, Mode::Dfu, Some(&trouble));
        boots(&mut state, Mode::SafeMode, Mode::Dfu, Some(&trouble));
    }
    let mut core = device("core", "1.4.4");
    core.write(0, 0x0800_5500, b"oops");
    boots(&mut core, Mode::Normal, Mode::Dfu, Some("its monolithic firmware is missing or damaged"));
}

#[test]
fn without_an_application_there_is_safe_mode() {
    let mut state = device("electron", "3.3.1");
    state.write(0, 0x0808_0100, b"oops");
    let trouble = Some("its application is missing or damaged");
    boots(&mut state, Mode::Normal, Mode::SafeMode, trouble);
    boots(&mut state, Mode::Listening, Mode::Listening, trouble);
    let mut board = Board::new(state, Clock::default(), Arc::new(Faults::default()));
    board.enter(Mode::Normal);
    assert_eq!(board.state.mode, Mode::SafeMode);
}

#[test]
fn without_a_bootloader_there_is_nothing() {
    let mut state = device("argon", "6.3.4");
    state.write(0, 0xF_4800, b"oops");
    state.boot(Mode::Normal);
    assert_eq!(state.trouble, Some(Trouble::NoBootloader));
}

#[test]
fn a_system_that_needs_a_later_bootloader_is_in_safe_mode() {
    let mut state = device("argon", "5.0.0");
    let system = released("argon", "5.9.0", 1);
    state.write(0, 0x3_0000, &system);
    boots(
        &mut state,
        Mode::Normal,
        Mode::SafeMode,
        Some("its system part 1 needs version 2300 of its bootloader"),
    );
    assert_eq!(state.os_version, OsVersion(5, 9, 0));
}

#[test]
fn a_radio_stack_that_is_damaged_or_missing_leaves_safe_mode() {
    let mut state = device("boron", "6.3.4");
    state.write(0, 0x1100, b"oops");
    boots(&mut state, Mode::Normal, Mode::SafeMode, Some("its radio stack is damaged"));
    state.write(0, 0x1000, &[0xFF; 0x4000]);
    let trouble = "its system part 1 needs version 202 of its radio stack";
    boots(&mut state, Mode::Normal, Mode::SafeMode, Some(trouble));
}

#[test]
fn a_module_that_dfu_left_is_taken_once_and_only_if_it_is_good() {
    for (platform, alternate, address) in [("photon", 0, 0x080C_0000), ("boron", 2, 0x8024_C000)] {
        let version = if platform == "photon" { "3.3.1" } else { "6.1.1" };
        let newer = if platform == "photon" { "3.3.1" } else { "6.3.4" };
        let mut state = device(platform, version);
        let before = state.bootloader();
        let bootloader = released(platform, newer, 0);
        state.write(alternate, address, &bootloader);
        state.boot(Mode::Normal);
        assert_eq!(state.bootloader(), before, "nothing is taken without the flag");
        state.write(1, StagingArea::UPDATE_FLAG, &[StagingArea::UPDATE_PENDING]);
        state.boot(Mode::Dfu);
        assert_eq!(state.read(1, StagingArea::UPDATE_FLAG, 1), [StagingArea::UPDATE_PENDING]);
        boots(&mut state, Mode::Normal, Mode::Normal, None);
        assert_eq!(state.read(1, StagingArea::UPDATE_FLAG, 1), [0xFF]);
        if newer != version {
            assert!(state.bootloader() > before);
        }
        state.write(alternate, address + 0x800, b"oops");
        state.write(1, StagingArea::UPDATE_FLAG, &[StagingArea::UPDATE_PENDING]);
        boots(&mut state, Mode::Normal, Mode::Normal, None);
        assert_eq!(state.read(1, StagingArea::UPDATE_FLAG, 1), [0xFF]);
    }
}

#[test]
fn a_new_system_looks_for_the_module_in_its_own_area() {
    let mut state = device("boron", "5.4.1");
    state.write(0, 0x3_0000, &released("boron", "5.9.0", 1));
    state.write(2, 0x8024_C000, &released("boron", "5.9.0", 0));
    state.write(1, StagingArea::UPDATE_FLAG, &[StagingArea::UPDATE_PENDING]);
    boots(&mut state, Mode::Normal, Mode::Normal, None);
    assert_eq!((state.os_version, state.bootloader()), (OsVersion(5, 9, 0), OsVersion(5, 5, 0)));
}

#[test]
fn the_system_that_was_written_last_is_the_one_that_starts() {
    let mut board = Board::new(device("boron", "6.3.4"), Clock::default(), Arc::new(Faults::default()));
    for (version, start) in [("5.9.0", 0x3_0000), ("6.3.4", 0x2_8000), ("6.1.1", 0x3_0000)] {
        for (page, data) in (0..).zip(released("boron", version, 1).chunks(4096)) {
            let address = start + page * 4096;
            assert!(board.erase(0, address) && board.program(0, address, data));
        }
        board.state.boot(Mode::SafeMode);
        assert_eq!(board.state.os_version, version.parse().unwrap());
    }
}

#[test]
fn an_application_in_the_former_place_goes_first_until_the_bootloader_blanks_it() {
    let mut state = device("boron", "3.3.1");
    state.write(0, 0xD_4000, &application("boron", "2.3.1", "old"));
    state.boot(Mode::Normal);
    assert_eq!(state.application.functions(), ["old"]);
    let mut board = Board::new(state, Clock::default(), Arc::new(Faults::default()));
    let new = application("boron", "3.3.1", "new");
    (0..new.len().div_ceil(4096)).for_each(|page| assert!(board.erase(0, 0xB_4000 + page as u32 * 4096)));
    for (page, data) in new.chunks(4096).enumerate() {
        assert!(board.program(0, 0xB_4000 + page as u32 * 4096, data));
    }
    board.state.boot(Mode::Normal);
    assert_eq!(board.state.application.functions(), ["new"]);
    let mut early = device("boron", "2.3.1");
    early.write(0, 0xB_4000, &new);
    early.boot(Mode::Normal);
    assert_ne!(early.application.functions(), ["new"]);
}

#[test]
fn a_factory_reset_brings_back_a_good_image() {
    for (platform, version, alternate, address) in [
        ("core", "1.4.4", 1, 0x2_0000),
        ("photon", "3.3.1", 0, 0x080E_0000),
        ("boron", "6.3.4", 2, 0x8020_0000),
    ] {
        let mut state = device(platform, version);
        let mut image = application(platform, version, "factory");
        state.write(alternate, address, &image);
        state.restore_factory_image();
        boots(&mut state, Mode::Normal, Mode::Normal, None);
        assert_eq!(state.application.functions(), ["factory"], "{platform}");
        state.ship(version.parse().unwrap()).unwrap();
        image[1000] ^= 1;
        state.write(alternate, address, &image);
        state.restore_factory_image();
        boots(&mut state, Mode::Normal, Mode::Normal, None);
        assert_ne!(state.application.functions(), ["factory"], "{platform}");
    }
}

#[test]
fn an_application_that_grows_to_the_left_is_found_by_its_end() {
    let mut state = device("p2", "6.3.4");
    let application = application("p2", "6.3.4", "left");
    state.write(0, 0x0860_0000 - application.len() as u32, &application);
    boots(&mut state, Mode::Normal, Mode::Normal, None);
    assert_eq!(state.application.functions(), ["left"]);
}

#[test]
fn ten_seconds_on_the_button_bring_back_the_image_and_forget_the_networks() {
    let mut photon = device("photon", "3.3.1");
    let image = application("photon", "3.3.1", "factory");
    let factory = photon.platform.firmware.unwrap().factory.unwrap();
    photon.write(factory.alternate, factory.address, &image);
    photon.reset_to_factory();
    photon.boot(Mode::Normal);
    photon.reconnect();
    assert_eq!(photon.application.functions(), ["factory"]);
    assert!(!photon.has_network());
}

#[test]
fn a_core_starts_whatever_begins_with_a_stack() {
    let mut core = device("core", "1.4.4");
    let mut patch = vec![0; 2048];
    patch[..4].copy_from_slice(&0x2000_5000_u32.to_le_bytes());
    core.receive(&patch, ApplicationNeeds::Now).unwrap();
    boots(&mut core, Mode::Normal, Mode::Normal, None);
    assert_eq!((core.os_version, core.application.functions()), (OsVersion(0, 3, 4), Vec::new()));
    core.receive(&[0xFF; 2048], ApplicationNeeds::Now).unwrap();
    core.boot(Mode::Normal);
    assert_eq!(core.mode, Mode::Dfu);
    let mut photon = device("photon", "3.3.1");
    assert!(photon.receive(&patch, ApplicationNeeds::Now).is_err());
}

#[test]
fn files_that_the_application_does_not_need_are_given_up() {
    let mut boron = device("boron", "6.3.4");
    let asset =
        |name: &str| StoredAsset { name: name.to_owned(), hash: vec![1; 32], size: 4, storage_size: 4096 };
    boron.assets = vec![asset("bell.wav"), asset("chime.wav")];
    boron.boot(Mode::Dfu);
    assert_eq!(boron.assets.len(), 2);
    boron.boot(Mode::Normal);
    assert!(boron.assets.is_empty());
}
