use super::*;
use crate::{
    clock::Clock,
    platform::Platform,
    sandbox::{
        bench::{
            mesh::{Air, Radio},
            requests,
            state::DeviceState,
        },
        fault::Faults,
    },
    usb::control::messages::mesh::NetworkInfo,
};
use proptest::prelude::*;
use std::sync::Arc;

const NETWORK_ID: &str = "0123456789abcdef01234567";

/// A board on the air of a bench, in listening mode.
fn board(air: &Arc<Air>, platform: &str, version: &str, number: u8) -> Board {
    let platform = Platform::by_name(platform).unwrap();
    let mut state =
        DeviceState::new(platform, format!("e00fce680000000000000{number:03}").parse().unwrap()).unwrap();
    state.os_version = version.parse().unwrap();
    state.mode = Mode::Listening;
    let mut board = Board::new(state, Clock::default(), Arc::new(Faults::default()));
    board.radio = Radio::new(air);
    board
}

fn ask(board: &mut Board, kind: RequestType, payload: &impl Message) -> Outcome {
    requests::carry_out(kind, &payload.encode_to_vec(), board)
}

fn result(board: &mut Board, kind: RequestType, payload: &impl Message) -> i32 {
    ask(board, kind, payload).result.0
}

fn create(board: &mut Board, name: &str) -> i32 {
    let request = CreateNetwork {
        name: name.to_owned(),
        password: "secret".to_owned(),
        channel: 0,
        network_id: NETWORK_ID.to_owned(),
    };
    result(board, RequestType::MESH_CREATE_NETWORK, &request)
}

fn network(board: &mut Board) -> Option<NetworkInfo> {
    let outcome = ask(board, RequestType::MESH_GET_NETWORK_INFO, &());
    NetworkReply::decode(outcome.reply.as_slice()).unwrap().network
}

fn seen(board: &mut Board) -> Vec<String> {
    let outcome = ask(board, RequestType::MESH_SCAN_NETWORKS, &());
    let reply = ScanNetworksReply::decode(outcome.reply.as_slice()).unwrap();
    reply.networks.into_iter().map(|network| network.name).collect()
}

fn prepare(joiner: &mut Board, network: NetworkInfo) -> AddJoiner {
    let request = PrepareJoiner { network: Some(network) };
    let outcome = ask(joiner, RequestType::MESH_PREPARE_JOINER, &request);
    let PrepareJoinerReply { eui64, password } =
        PrepareJoinerReply::decode(outcome.reply.as_slice()).unwrap();
    AddJoiner { eui64, password, timeout: 0 }
}

#[test]
fn mesh_came_and_went_and_only_some_boards_have_it() {
    let air = Arc::default();
    for (platform, version, expected) in [
        ("argon", "0.9.0", -170),
        ("boron", "1.5.2", -170),
        ("xenon", "1.5.2", -170),
        ("boron", "0.8.9", -120),
        ("boron", "2.0.0", -120),
        ("boron", "6.3.4", -120),
        ("tracker", "1.5.2", -120),
        ("photon", "1.5.2", -120),
    ] {
        let mut board = board(&air, platform, version, 1);
        let found = result(&mut board, RequestType::MESH_GET_NETWORK_INFO, &());
        assert_eq!(found, expected, "{platform} {version}");
    }
}

#[test]
fn a_network_is_made_in_listening_mode_from_what_fits() {
    let mut board = board(&Arc::default(), "argon", "1.5.2", 1);
    assert_eq!(create(&mut board, "a name of seventeen"), -270);
    board.state.mode = Mode::Normal;
    assert_eq!(create(&mut board, "Net"), -210);
    board.state.mode = Mode::Listening;
    assert_eq!(create(&mut board, "Net"), 0);
    let made = network(&mut board).unwrap();
    assert_eq!((made.name.as_str(), made.network_id.as_str(), made.channel), ("Net", NETWORK_ID, 11));
    let request = CreateNetwork {
        name: "Other".into(),
        password: "secret".into(),
        channel: 27,
        network_id: NETWORK_ID.into(),
    };
    assert_eq!(result(&mut board, RequestType::MESH_CREATE_NETWORK, &request), -100);
    assert_eq!(network(&mut board), None);
}

#[test]
fn the_password_is_checked() {
    let mut board = board(&Arc::default(), "argon", "1.5.2", 1);
    let auth = |password: &str| Auth { password: password.to_owned() };
    assert_eq!(result(&mut board, RequestType::MESH_AUTH, &auth("secret")), -130);
    create(&mut board, "Net");
    for (password, expected) in [("secret", 0), ("Secret", -130), ("short", -100)] {
        assert_eq!(result(&mut board, RequestType::MESH_AUTH, &auth(password)), expected, "{password}");
    }
}

#[test]
fn a_joiner_gets_in_only_where_it_is_expected() {
    let air = Arc::default();
    let mut gateway = board(&air, "argon", "1.5.2", 1);
    let mut joiner = board(&air, "xenon", "1.4.4", 2);
    let start = StartCommissioner { timeout: 600 };
    assert_eq!(result(&mut gateway, RequestType::MESH_START_COMMISSIONER, &start), -210);
    create(&mut gateway, "Net");
    let info = network(&mut gateway).unwrap();

    let join = JoinNetwork { timeout: 120 };
    assert_eq!(result(&mut joiner, RequestType::MESH_JOIN_NETWORK, &join), -100);
    let mut admitted = prepare(&mut joiner, info.clone());
    assert_eq!((admitted.eui64.as_str(), admitted.password.len()), ("0000000000000002", 32));
    assert_eq!(result(&mut joiner, RequestType::MESH_JOIN_NETWORK, &join), -170);
    assert_eq!(result(&mut gateway, RequestType::MESH_ADD_JOINER, &admitted), -210);

    assert_eq!(result(&mut gateway, RequestType::MESH_START_COMMISSIONER, &start), 0);
    admitted.password = "AAAAAA".to_owned();
    assert_eq!(result(&mut gateway, RequestType::MESH_ADD_JOINER, &admitted), 0);
    assert_eq!(result(&mut joiner, RequestType::MESH_JOIN_NETWORK, &join), -130);
    assert_eq!(network(&mut joiner), None);

    let admitted = prepare(&mut joiner, info.clone());
    assert_eq!(result(&mut gateway, RequestType::MESH_ADD_JOINER, &admitted), 0);
    assert_eq!(result(&mut joiner, RequestType::MESH_JOIN_NETWORK, &join), 0);
    assert_eq!(network(&mut joiner), Some(info));
    let auth = Auth { password: "secret".to_owned() };
    assert_eq!(result(&mut joiner, RequestType::MESH_AUTH, &auth), 0);
}

#[test]
fn a_device_looks_long_for_whoever_expects_it() {
    let air = Arc::default();
    let (mut gateway, mut joiner) = (board(&air, "argon", "1.5.2", 1), board(&air, "xenon", "1.5.2", 2));
    create(&mut gateway, "Net");
    let join = RequestType::MESH_JOIN_NETWORK;
    assert_eq!(requests::duration(join, &joiner), Duration::ZERO);
    let info = network(&mut gateway).unwrap();
    let admitted = prepare(&mut joiner, info);
    assert_eq!(requests::duration(join, &joiner), DISCOVERY_LIMIT);
    result(&mut gateway, RequestType::MESH_START_COMMISSIONER, &StartCommissioner { timeout: 0 });
    result(&mut gateway, RequestType::MESH_ADD_JOINER, &admitted);
    assert_eq!(requests::duration(join, &joiner), ADMISSION);
    assert_eq!(requests::duration(RequestType::MESH_SCAN_NETWORKS, &joiner), Duration::ZERO);
}

#[test]
fn nobody_gets_in_once_admission_is_over() {
    let air = Arc::default();
    let (mut gateway, mut joiner) = (board(&air, "argon", "1.5.2", 1), board(&air, "xenon", "1.5.2", 2));
    create(&mut gateway, "Net");
    let info = network(&mut gateway).unwrap();
    let join = JoinNetwork { timeout: 120 };
    let start = StartCommissioner { timeout: 0 };
    for end in [RequestType::MESH_STOP_COMMISSIONER, RequestType::MESH_REMOVE_JOINER] {
        result(&mut gateway, RequestType::MESH_START_COMMISSIONER, &start);
        let admitted = prepare(&mut joiner, info.clone());
        result(&mut gateway, RequestType::MESH_ADD_JOINER, &admitted);
        let removal = RemoveJoiner { eui64: admitted.eui64 };
        assert_eq!(result(&mut gateway, end, &removal), 0);
        assert_eq!(result(&mut joiner, RequestType::MESH_JOIN_NETWORK, &join), -170);
        assert_ne!(result(&mut gateway, RequestType::MESH_REMOVE_JOINER, &removal), 0);
    }
    result(&mut gateway, RequestType::MESH_START_COMMISSIONER, &start);
    let admitted = prepare(&mut joiner, info);
    result(&mut gateway, RequestType::MESH_ADD_JOINER, &admitted);
    gateway.fall_silent();
    assert_eq!(result(&mut joiner, RequestType::MESH_JOIN_NETWORK, &join), -170);
}

#[test]
fn networks_of_others_are_seen_while_they_can_be_heard() {
    let air = Arc::default();
    let (mut first, mut second) = (board(&air, "argon", "1.5.2", 1), board(&air, "argon", "1.5.2", 2));
    create(&mut first, "One");
    create(&mut second, "Two");
    let (mut old, mut new) = (board(&air, "xenon", "1.1.0", 3), board(&air, "xenon", "1.2.0", 4));
    let start = StartCommissioner { timeout: 0 };
    result(&mut first, RequestType::MESH_START_COMMISSIONER, &start);
    let info = network(&mut first).unwrap();
    let admitted = prepare(&mut new, info);
    result(&mut first, RequestType::MESH_ADD_JOINER, &admitted);
    assert_eq!(result(&mut new, RequestType::MESH_JOIN_NETWORK, &JoinNetwork { timeout: 0 }), 0);

    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(seen(&mut old)), ["One", "One", "Two"]);
    assert_eq!(sorted(seen(&mut first)), ["One", "Two"]);
    let mut last = board(&air, "xenon", "1.5.2", 5);
    assert_eq!(sorted(seen(&mut last)), ["One", "Two"]);
    second.fall_silent();
    assert_eq!(seen(&mut last), ["One"]);
    assert_eq!(result(&mut new, RequestType::MESH_LEAVE_NETWORK, &()), 0);
    assert_eq!(seen(&mut first), [""; 0]);
    new.state.mode = Mode::Normal;
    assert_eq!(result(&mut new, RequestType::MESH_LEAVE_NETWORK, &()), -210);
}

proptest! {
    #[test]
    fn any_payload_is_answered(kind in 1001_u16..1013, payload: Vec<u8>) {
        let mut board = board(&Arc::default(), "argon", "1.5.2", 1);
        let outcome = requests::carry_out(RequestType(kind), &payload, &mut board);
        prop_assert!(outcome.result.message().is_some());
    }
}
