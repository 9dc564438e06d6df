//! What the firmware of a virtual device does on a control request, by generation and version of Device OS.
//!
//! Sources: Device OS `system/src/system_control_internal.cpp`, `system/src/control/config.cpp` and
//! `system/src/control/cellular.cpp`, v0.8.0 to v6.2.0.

mod early_network;
mod early_wifi;
mod keys;
mod mesh;
mod network;
mod protection;
mod update;
mod wifi;

pub(super) use protection::Challenge;
pub(super) use update::Incoming;

use super::{
    board::Board,
    dct, mesh as radio, modules,
    os_version::OsVersion,
    state::{Mode, Protection},
};
use crate::{
    platform::{ControlRequests, Generation, Mcu, Platform},
    usb::control::{
        RequestType, ResultCode,
        messages::{
            ClaimedReply, ConnectionStatus, ConnectionStatusReply, DeviceIdReply, DeviceMode,
            DeviceModeReply, IccidReply, ProtectedStateReply, SerialNumberReply, SetClaimCode, SetSetupDone,
            SetupDoneReply, SystemCapabilitiesReply, SystemVersionReply,
        },
    },
};
use prost::Message;
use std::time::Duration;

/// From the reply to the reset, from Device OS 0.9.0 (generation 3) and 1.1.0 (generation 2) on; earlier at once.
const RESET_DELAY: Duration = Duration::from_secs(1);
/// From this version on generation 2 has the requests that generation 3 began with.
const GENERATION_2_CATCHES_UP: OsVersion = OsVersion(1, 1, 0);
/// The IMEI stands beside the ICCID from this version on.
const IMEI_REPLIED: OsVersion = OsVersion(5, 8, 0);
/// From this version on there is no set-up flag any more: set-up is always done.
const ALWAYS_SET_UP: OsVersion = OsVersion(4, 0, 0);
/// From this version on generation 2 takes Wi-Fi credentials over its serial port alone.
const EARLY_NETWORKING_ENDS: OsVersion = OsVersion(2, 0, 0);
/// A protected device answers these alone.
const ALLOWED_WHEN_PROTECTED: [RequestType; 4] = [
    RequestType::GET_PROTECTED_STATE,
    RequestType::SET_PROTECTED_STATE,
    RequestType::DEVICE_ID,
    RequestType::APP_CUSTOM,
];

/// The end of a control request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The result code.
    pub(super) result: ResultCode,
    /// The reply's payload; empty for none.
    pub(super) reply: Vec<u8>,
}

impl Outcome {
    fn of(message: &impl Message) -> Self {
        Self { result: ResultCode::OK, reply: message.encode_to_vec() }
    }
}

impl From<ResultCode> for Outcome {
    fn from(result: ResultCode) -> Self {
        Self { result, reply: Vec::new() }
    }
}

/// Whether the firmware has the service protocol at all.
pub(super) fn has_service_protocol(platform: &Platform, version: OsVersion) -> bool {
    match platform.control_requests {
        ControlRequests::No => false,
        ControlRequests::Since(major, minor, patch) => version >= OsVersion(major, minor, patch),
    }
}

/// Carries out a request whose payload is complete.
pub(super) fn carry_out(kind: RequestType, payload: &[u8], board: &mut Board) -> Outcome {
    board.state.mind_service_term();
    if board.state.is_protected() && !ALLOWED_WHEN_PROTECTED.contains(&kind) {
        return ResultCode::PROTECTED.into();
    }
    if !is_known(kind, board) {
        return ResultCode::NOT_SUPPORTED.into();
    }
    let state = &board.state;
    match kind {
        RequestType::APP_CUSTOM => {
            match board.application().and_then(|running| running.answer_request(payload)) {
                Some(reply) => Outcome { result: ResultCode::OK, reply },
                None => ResultCode::NOT_SUPPORTED.into(),
            }
        }
        RequestType::ECHO => Outcome { result: ResultCode::OK, reply: payload.to_vec() },
        RequestType::DEVICE_ID => Outcome::of(&DeviceIdReply { id: state.id.to_string() }),
        RequestType::SERIAL_NUMBER => match state.serial_number.clone() {
            Some(serial) => Outcome::of(&SerialNumberReply { serial }),
            None => ResultCode::NOT_SUPPORTED.into(),
        },
        RequestType::SYSTEM_VERSION => {
            Outcome::of(&SystemVersionReply { version: state.os_version.to_string() })
        }
        RequestType::SYSTEM_CAPABILITIES => {
            let flags = u32::from(state.os_version < OsVersion(2, 0, 0));
            Outcome::of(&SystemCapabilitiesReply { flags })
        }
        RequestType::RESET => restart(Mode::Normal, board),
        RequestType::FACTORY_RESET => {
            board.state.restore_factory_image();
            restart(Mode::Normal, board)
        }
        RequestType::DFU_MODE => restart(Mode::Dfu, board),
        RequestType::SAFE_MODE => restart(Mode::SafeMode, board),
        RequestType::START_LISTENING => enter(Mode::Listening, board),
        RequestType::STOP_LISTENING => enter(Mode::Normal, board),
        RequestType::GET_DEVICE_MODE => {
            let listening = state.mode == Mode::Listening;
            let mode = if listening { DeviceMode::Listening } else { DeviceMode::Normal };
            Outcome::of(&DeviceModeReply { mode: mode.into() })
        }
        RequestType::SET_SETUP_DONE => set_setup_done(payload, board),
        RequestType::IS_SETUP_DONE => Outcome::of(&SetupDoneReply { done: is_setup_done(board) }),
        RequestType::GET_PROTECTED_STATE => Outcome::of(&ProtectedStateReply {
            state: state.protection != Protection::Open,
            overridden: state.protection == Protection::ServiceMode,
        }),
        RequestType::SET_PROTECTED_STATE => protection::set(payload, board),
        RequestType::MODULE_INFO => Outcome { result: ResultCode::OK, reply: modules::reply(state) },
        RequestType::ASSET_INFO => Outcome::of(&modules::assets(state)),
        RequestType::START_FIRMWARE_UPDATE => update::start(payload, board),
        RequestType::FIRMWARE_UPDATE_DATA => update::data(payload, board),
        RequestType::FINISH_FIRMWARE_UPDATE => update::finish(payload, board),
        RequestType::CANCEL_FIRMWARE_UPDATE => update::cancel(board),
        RequestType::SET_CLAIM_CODE => set_claim_code(payload, board),
        RequestType::IS_CLAIMED => Outcome::of(&ClaimedReply { claimed: is_claimed(board) }),
        RequestType::GET_CONNECTION_STATUS => {
            Outcome::of(&ConnectionStatusReply { status: connection_status(board).into() })
        }
        RequestType(110..=115) => early_wifi::carry_out(kind, payload, board),
        RequestType(120..=122) => early_network::carry_out(kind, payload, board),
        RequestType(210..=223) => keys::carry_out(kind, payload, board),
        RequestType::LIST_NETWORK_INTERFACES => network::list(board),
        RequestType::GET_NETWORK_INTERFACE => network::get(payload, board),
        RequestType(500..=507) => wifi::carry_out(kind, payload, board),
        RequestType::GET_ICCID => Outcome::of(&IccidReply {
            iccid: state.iccid.clone().unwrap_or_default(),
            imei: state.imei.clone().filter(|_| state.os_version >= IMEI_REPLIED).unwrap_or_default(),
        }),
        _ if mesh::is_about_mesh(kind) => mesh::carry_out(kind, payload, board),
        _ => ResultCode::NOT_SUPPORTED.into(),
    }
}

/// How long the system thread is at a request.
pub(super) fn duration(kind: RequestType, board: &Board) -> Duration {
    match kind {
        RequestType::MESH_JOIN_NETWORK => mesh::join_duration(board),
        _ => Duration::ZERO,
    }
}

/// Whether the firmware of this board and version knows the request.
fn is_known(kind: RequestType, board: &Board) -> bool {
    let (platform, version) = (board.state.platform, board.state.os_version);
    let third = platform.generation >= Generation::Three;
    let caught_up = third || version >= GENERATION_2_CATCHES_UP;
    match kind {
        RequestType::ECHO => version >= OsVersion(1, 5, 0),
        RequestType::DEVICE_ID
        | RequestType::SERIAL_NUMBER
        | RequestType::SYSTEM_VERSION
        | RequestType::SYSTEM_CAPABILITIES
        | RequestType::GET_DEVICE_MODE
        | RequestType::GET_CONNECTION_STATUS => caught_up,
        RequestType::SET_SETUP_DONE | RequestType::IS_SETUP_DONE => third,
        RequestType::ASSET_INFO => version >= OsVersion(5, 6, 0),
        RequestType::GET_PROTECTED_STATE => third && version >= OsVersion(6, 0, 0),
        RequestType::GET_ICCID => platform.radio.cellular && caught_up,
        RequestType::LIST_NETWORK_INTERFACES | RequestType::GET_NETWORK_INTERFACE => third,
        RequestType::WIFI_SET_NETWORK_CREDENTIALS => {
            third && platform.radio.wifi && wifi::keeps_credentials(version)
        }
        RequestType(500..=506) => third && platform.radio.wifi,
        RequestType::SET_PROTECTED_STATE => third && version >= OsVersion(6, 1, 1),
        RequestType(110..=115) => !third && platform.radio.wifi && version < EARLY_NETWORKING_ENDS,
        RequestType(120..=122) => !third && version < EARLY_NETWORKING_ENDS,
        RequestType(210..=223) => !third,
        _ if mesh::is_about_mesh(kind) => radio::is_known(platform, version),
        _ => true,
    }
}

fn restart(mode: Mode, board: &mut Board) -> Outcome {
    let third = board.state.platform.generation >= Generation::Three;
    let waits = third || board.state.os_version >= GENERATION_2_CATCHES_UP;
    board.restart(mode, if waits { RESET_DELAY } else { Duration::ZERO });
    ResultCode::OK.into()
}

fn enter(mode: Mode, board: &mut Board) -> Outcome {
    board.enter(mode);
    ResultCode::OK.into()
}

fn set_setup_done(payload: &[u8], board: &mut Board) -> Outcome {
    let Ok(SetSetupDone { done }) = SetSetupDone::decode(payload) else {
        return ResultCode::INVALID_ARGUMENT.into();
    };
    if board.state.platform.mcu == Mcu::Nrf52840 && board.state.os_version < ALWAYS_SET_UP {
        board.configure(dct::SETUP_DONE, &[if done { 1 } else { 0xFF }]);
        return ResultCode::OK.into();
    }
    if done { ResultCode::OK.into() } else { ResultCode::NOT_SUPPORTED.into() }
}

fn is_setup_done(board: &Board) -> bool {
    board.state.os_version >= ALWAYS_SET_UP
        || board.state.read(dct::ALTERNATE_SETTING, dct::SETUP_DONE, 1) == [1]
}

fn set_claim_code(payload: &[u8], board: &mut Board) -> Outcome {
    match SetClaimCode::decode(payload) {
        Ok(SetClaimCode { code }) if code.len() == dct::CLAIM_CODE_LENGTH => {
            board.configure(dct::CLAIM_CODE, code.as_bytes());
            ResultCode::OK.into()
        }
        _ => ResultCode::INVALID_ARGUMENT.into(),
    }
}

/// Whether the device takes itself for claimed.
pub(super) fn is_claimed(board: &Board) -> bool {
    board.state.read(dct::ALTERNATE_SETTING, dct::CLAIMED, 1) == dct::IS_CLAIMED
}

fn connection_status(board: &Board) -> ConnectionStatus {
    match (board.state.mode, board.connected) {
        (Mode::Listening | Mode::Dfu, _) => ConnectionStatus::Disconnected,
        (Mode::Normal | Mode::SafeMode, true) => ConnectionStatus::Connected,
        (Mode::Normal | Mode::SafeMode, false) => ConnectionStatus::Connecting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        sandbox::{
            bench::{state::DeviceState, transfer::Event},
            fault::Faults,
        },
    };
    use std::sync::Arc;

    pub(super) fn board(platform: &str, version: &str) -> Board {
        let platform = Platform::by_name(platform).unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.os_version = version.parse().unwrap();
        Board::new(state, Clock::default(), Arc::new(Faults::default()))
    }

    fn result(platform: &str, version: &str, kind: u16) -> i32 {
        carry_out(RequestType(kind), &[], &mut board(platform, version)).result.0
    }

    #[test]
    fn requests_come_and_go_with_versions() {
        for (platform, version, kind, expected) in [
            ("photon", "1.0.1", 72, -120),
            ("photon", "1.1.0", 72, 0),
            ("photon", "3.3.1", 73, -120),
            ("photon", "1.4.4", 1, -120),
            ("boron", "0.9.0", 20, 0),
            ("boron", "5.9.0", 76, -120),
            ("boron", "6.3.4", 76, 0),
            ("argon", "6.3.4", 554, -120),
            ("boron", "6.3.4", 10, -120),
            ("photon", "3.3.1", 21, -120),
            ("boron", "6.3.4", 9999, -120),
        ] {
            assert_eq!(result(platform, version, kind), expected, "{platform} {version} {kind}");
        }
    }

    #[test]
    fn a_protected_device_refuses_all_but_four() {
        let mut board = board("boron", "6.3.4");
        board.state.protection = Protection::Protected;
        for (kind, expected) in [(50, -1801), (70, -1801), (20, 0), (76, 0)] {
            assert_eq!(carry_out(RequestType(kind), &[], &mut board).result.0, expected, "{kind}");
        }
        let state = carry_out(RequestType::GET_PROTECTED_STATE, &[], &mut board).reply;
        assert_eq!(state, [8, 1]);
    }

    #[test]
    fn the_reset_comes_after_the_reply() {
        let mut boron = board("boron", "6.3.4");
        assert_eq!(carry_out(RequestType::DFU_MODE, &[], &mut boron).result, ResultCode::OK);
        assert_eq!(boron.take_event(), Some(Event::Restart { mode: Mode::Dfu, after: RESET_DELAY }));
        let mut photon = board("photon", "1.0.1");
        carry_out(RequestType::RESET, &[], &mut photon);
        assert_eq!(photon.take_event(), Some(Event::Restart { mode: Mode::Normal, after: Duration::ZERO }));
    }

    #[test]
    fn the_imei_came_late_to_the_iccid() {
        let reply = |version| {
            let reply = carry_out(RequestType::GET_ICCID, &[], &mut board("boron", version)).reply;
            IccidReply::decode(reply.as_slice()).unwrap()
        };
        assert!(reply("5.7.0").imei.is_empty());
        assert_eq!((reply("5.8.0").imei.len(), reply("5.8.0").iccid.len()), (15, 19));
    }

    #[test]
    fn a_claim_code_has_63_characters() {
        let mut board = board("photon", "3.3.1");
        let code = SetClaimCode { code: "c".repeat(63) }.encode_to_vec();
        assert_eq!(carry_out(RequestType::SET_CLAIM_CODE, &code, &mut board).result, ResultCode::OK);
        assert_eq!(board.state.read(1, 1762, 63), [b'c'; 63]);
        let short = SetClaimCode { code: "c".to_owned() }.encode_to_vec();
        let refused = carry_out(RequestType::SET_CLAIM_CODE, &short, &mut board).result;
        assert_eq!(refused, ResultCode::INVALID_ARGUMENT);
    }

    #[test]
    fn a_set_up_flag_is_kept_only_where_there_is_one() {
        let done = SetSetupDone { done: true }.encode_to_vec();
        let mut old = board("argon", "1.5.2");
        assert!(!is_setup_done(&old));
        carry_out(RequestType::SET_SETUP_DONE, &done, &mut old);
        assert!(is_setup_done(&old));
        assert_eq!(result("p2", "6.3.4", 73), -120);
    }
}
