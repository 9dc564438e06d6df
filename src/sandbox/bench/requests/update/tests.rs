use super::*;
use crate::{
    clock::Clock,
    firmware::{Asset, Module, ModuleParts, combine, compress, with_assets},
    platform::Platform,
    sandbox::{
        bench::{Program, state::DeviceState, transfer::Event},
        fault::Faults,
        release,
    },
    usb::control::{RequestType, messages::AssetInfoReply},
};
use std::sync::Arc;

fn board(platform: &str, version: &str) -> Board {
    let platform = Platform::by_name(platform).unwrap();
    let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
    state.ship(version.parse().unwrap()).unwrap();
    Board::new(state, Clock::default(), Arc::new(Faults::default()))
}

/// A module of a release.
fn released(platform: &str, version: &str, part: &str) -> Vec<u8> {
    let platform = Platform::by_name(platform).unwrap();
    let modules = release::modules(platform, version.parse().unwrap()).unwrap();
    let name = format!("{}-{part}@{version}.bin", platform.name);
    modules.into_iter().find(|module| module.file_name == name).unwrap().bytes
}

fn ask(kind: RequestType, message: &impl Message, board: &mut Board) -> Outcome {
    super::super::carry_out(kind, &message.encode_to_vec(), board)
}

fn begin(size: usize, board: &mut Board) -> i32 {
    let message = StartFirmwareUpdate { size: size as u32, format: 0 };
    ask(RequestType::START_FIRMWARE_UPDATE, &message, board).result.0
}

fn send(file: &[u8], board: &mut Board) -> i32 {
    assert_eq!(begin(file.len(), board), 0);
    for chunk in file.chunks(CHUNK_SIZE as usize) {
        let message = FirmwareUpdateData { data: chunk.to_vec() };
        assert_eq!(ask(RequestType::FIRMWARE_UPDATE_DATA, &message, board).result, ResultCode::OK);
    }
    ask(RequestType::FINISH_FIRMWARE_UPDATE, &FinishFirmwareUpdate { validate_only: false }, board).result.0
}

/// Sends a file and lets the device start again.
#[track_caller]
fn update(file: &[u8], board: &mut Board) {
    assert_eq!(send(file, board), 0);
    assert!(matches!(board.take_event(), Some(Event::Restart { mode: Mode::Normal, .. })));
    board.state.boot(Mode::Normal);
}

#[test]
fn a_whole_release_goes_in_part_by_part() {
    let mut boron = board("boron", "2.3.1");
    for part in ["bootloader", "system-part1", "tinker"] {
        update(&released("boron", "6.3.4", part), &mut boron);
    }
    assert_eq!((boron.state.os_version, boron.state.trouble), (OsVersion(6, 3, 4), None));
    let mut electron = board("electron", "1.5.2");
    for part in ["bootloader", "system-part1", "system-part2", "system-part3"] {
        update(&released("electron", "3.3.1", part), &mut electron);
    }
    assert_eq!((electron.state.os_version, electron.state.trouble), (OsVersion(3, 3, 1), None));
    assert_eq!(electron.state.mode, Mode::Normal);
}

#[test]
fn every_kind_of_module_finds_its_place() {
    let mut argon = board("argon", "6.3.4");
    for part in ["softdevice", "ncp"] {
        update(&released("argon", "6.3.4", part), &mut argon);
    }
    let mut p2 = board("p2", "6.3.4");
    for part in ["prebootloader-mbr", "prebootloader-part1", "bootloader", "system-part1", "tinker"] {
        update(&released("p2", "6.3.4", part), &mut p2);
    }
    assert_eq!((argon.state.trouble, p2.state.trouble), (None, None));
}

#[test]
fn the_order_of_requests_is_kept() {
    let mut boron = board("boron", "6.3.4");
    let piece = FirmwareUpdateData { data: vec![1; 10] };
    let finish = FinishFirmwareUpdate { validate_only: false };
    assert_eq!(ask(RequestType::FIRMWARE_UPDATE_DATA, &piece, &mut boron).result.0, -210);
    assert_eq!(ask(RequestType::FINISH_FIRMWARE_UPDATE, &finish, &mut boron).result.0, -210);
    assert_eq!(begin(15, &mut boron), 0);
    assert_eq!(ask(RequestType::FIRMWARE_UPDATE_DATA, &piece, &mut boron).result.0, 0);
    assert_eq!(ask(RequestType::FIRMWARE_UPDATE_DATA, &piece, &mut boron).result.0, -290);
    assert_eq!(ask(RequestType::FIRMWARE_UPDATE_DATA, &piece, &mut boron).result.0, -210);
    assert_eq!(begin(15, &mut boron), 0);
    assert_eq!(ask(RequestType::FIRMWARE_UPDATE_DATA, &piece, &mut boron).result.0, 0);
    assert_eq!(ask(RequestType::FINISH_FIRMWARE_UPDATE, &finish, &mut boron).result.0, -210);
    assert_eq!(begin(15, &mut boron), 0);
    assert_eq!(super::super::carry_out(RequestType::CANCEL_FIRMWARE_UPDATE, &[], &mut boron).result.0, 0);
    assert_eq!(ask(RequestType::FIRMWARE_UPDATE_DATA, &piece, &mut boron).result.0, -210);
    assert_eq!((begin(0, &mut boron), begin(100 << 20, &mut boron)), (-1351, -1351));
    assert_eq!(boron.take_event(), None);
}

#[test]
fn what_does_not_fit_is_refused_with_the_reason() {
    let tinker = released("boron", "6.3.4", "tinker");
    let damaged = {
        let mut bytes = tinker.clone();
        bytes[1000] ^= 1;
        bytes
    };
    let elsewhere = {
        let mut parts = Module::parse(&tinker).unwrap().parts();
        parts.anchor = crate::platform::Anchor::Start(0xC_0000);
        parts.build().unwrap()
    };
    for (file, expected) in [
        (damaged, -1330),
        (elsewhere, -1350),
        (b"this is no module, but it is long enough to be looked at".to_vec(), -1300),
        (released("argon", "6.3.4", "tinker"), -1360),
        // The bootloader is too old for it.
        (released("boron", "6.3.4", "system-part1"), -1340),
    ] {
        let mut boron = board("boron", "5.0.0");
        assert_eq!(send(&file, &mut boron), expected);
        assert_eq!(boron.take_event(), None);
    }
    let mut photon = board("photon", "1.5.2");
    assert_eq!(send(&released("p1", "1.5.2", "tinker"), &mut photon), -100);
}

#[test]
fn an_application_may_come_before_its_system_which_leaves_safe_mode_until_then() {
    let mut boron = board("boron", "5.5.0");
    update(&released("boron", "6.3.4", "tinker"), &mut boron);
    assert_eq!(boron.state.mode, Mode::SafeMode);
    assert!(boron.state.trouble.unwrap().to_string().contains("needs version 6305 of its system part 1"));
    update(&released("boron", "6.3.4", "bootloader"), &mut boron);
    update(&released("boron", "6.3.4", "system-part1"), &mut boron);
    assert_eq!((boron.state.mode, boron.state.trouble), (Mode::Normal, None));
}

#[test]
fn two_modules_in_one_file_and_compressed_ones_need_a_later_system() {
    let (bootloader, system) =
        (released("boron", "6.3.4", "bootloader"), released("boron", "6.3.4", "system-part1"));
    let both = combine(&[Module::parse(&bootloader).unwrap(), Module::parse(&system).unwrap()]);
    let packed = compress(&Module::parse(&system).unwrap()).unwrap();
    let mut late = board("boron", "5.5.0");
    update(&both, &mut late);
    assert_eq!((late.state.os_version, late.state.mode), (OsVersion(6, 3, 4), Mode::Normal));
    update(&packed, &mut late);
    assert_eq!(late.state.os_version, OsVersion(6, 3, 4));
    let mut early = board("boron", "1.5.2");
    assert_eq!((send(&both, &mut early), send(&packed, &mut early)), (-100, -100));
}

#[test]
fn assets_are_kept_and_make_the_application_run() {
    let asset = Asset { name: "logo.txt".to_owned(), data: b"logo".to_vec() };
    let tinker = released("boron", "6.3.4", "tinker");
    let needing = with_assets(&Module::parse(&tinker).unwrap(), vec![asset.dependency()]).unwrap();
    let mut boron = board("boron", "6.3.4");
    update(&needing, &mut boron);
    assert_eq!(boron.state.mode, Mode::SafeMode);
    update(&asset.to_module().unwrap(), &mut boron);
    assert_eq!(boron.state.mode, Mode::Normal);
    let told = super::super::carry_out(RequestType::ASSET_INFO, &[], &mut boron).reply;
    let AssetInfoReply { available, required } = AssetInfoReply::decode(told.as_slice()).unwrap();
    assert_eq!((available.len(), &available[0].name, available[0].size), (1, &asset.name, 4));
    assert_eq!(required, available);
    assert_eq!(send(&asset.to_module().unwrap(), &mut board("boron", "5.4.0")), -1350);
}

#[test]
fn a_protecting_bootloader_protects() {
    let bootloader = released("boron", "6.3.4", "bootloader");
    let mut parts: ModuleParts = Module::parse(&bootloader).unwrap().parts();
    parts.suffix_extensions = vec![crate::firmware::Extension::SecurityMode { mode: 1, data: vec![0; 4] }];
    let mut boron = board("boron", "6.3.4");
    update(&parts.build().unwrap(), &mut boron);
    assert!(boron.state.is_protected());
    assert_eq!(begin(10, &mut boron), -1801);
}

#[test]
fn checking_alone_changes_nothing() {
    let mut boron = board("boron", "6.3.4");
    let application = release::application(
        Platform::by_name("boron").unwrap(),
        OsVersion(6, 3, 4),
        &Program::Foreign,
        b"other",
    );
    let file = application.unwrap();
    begin(file.len(), &mut boron);
    ask(RequestType::FIRMWARE_UPDATE_DATA, &FirmwareUpdateData { data: file }, &mut boron);
    let finish = FinishFirmwareUpdate { validate_only: true };
    assert_eq!(ask(RequestType::FINISH_FIRMWARE_UPDATE, &finish, &mut boron).result.0, 0);
    assert_eq!((boron.take_event(), boron.state.waiting.len()), (None, 0));
}
