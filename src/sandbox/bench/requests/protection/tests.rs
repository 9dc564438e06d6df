use super::super::{carry_out, tests::board};
use super::*;
use crate::{
    keys::server::ServerAddress, keys::server::ServerSlotImage, sandbox::bench::state::Mode,
    usb::control::RequestType,
};

const SERVER_NONCE: [u8; NONCE_LENGTH] = [5; NONCE_LENGTH];

fn new_key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::Ec, &mut OsRng).unwrap()
}

/// A protected device with a key of its own, and the key of its server.
fn protected() -> (Board, PrivateKey) {
    let mut board = board("boron", "6.3.4");
    let server = new_key();
    let slots = board.state.platform.keys.unwrap().slots(Protocol::Udp).unwrap();
    let public = server.public_key().clone();
    let image = ServerSlotImage::new(Protocol::Udp, public, ServerAddress::default()).unwrap();
    board.state.write_private_key(new_key().device_der());
    board.state.write_server_slot(Protocol::Udp, &image.build(&slots.server).unwrap());
    board.state.protection = Protection::Protected;
    (board, server)
}

fn ask(action: ProtectionAction, request: SetProtectedState, board: &mut Board) -> Outcome {
    let request = SetProtectedState { action: action.into(), ..request };
    carry_out(RequestType::SET_PROTECTED_STATE, &request.encode_to_vec(), board)
}

fn prepared(board: &mut Board) -> Option<DeviceProof> {
    let prepare = Some(PrepareServiceMode { server_nonce: SERVER_NONCE.to_vec() });
    let outcome = ask(ProtectionAction::Prepare, SetProtectedState { prepare, ..Default::default() }, board);
    assert_eq!(outcome.result, ResultCode::OK);
    SetProtectedStateReply::decode(outcome.reply.as_slice()).unwrap().prepare
}

/// What a server with this key answers to a device's proof.
fn consent(proof: &DeviceProof, board: &Board, key: &PrivateKey) -> ConfirmServiceMode {
    let statement = Statement::of_server(
        &board.state.id,
        &SERVER_NONCE,
        &proof.device_nonce,
        &proof.device_public_key_fingerprint,
    );
    ConfirmServiceMode {
        server_signature: statement.sign(key).unwrap(),
        server_public_key_fingerprint: fingerprint(key.public_key()).to_vec(),
    }
}

fn confirmed(consent: ConfirmServiceMode, board: &mut Board) -> ResultCode {
    let request = SetProtectedState { confirm: Some(consent), ..Default::default() };
    ask(ProtectionAction::Confirm, request, board).result
}

#[test]
fn the_servers_consent_lifts_protection_until_it_is_brought_back() {
    let (mut board, server) = protected();
    let proof = prepared(&mut board).unwrap();
    let statement = Statement::of_device(&board.state.id, &proof.device_nonce, &SERVER_NONCE);
    let own = private_key(&board.state).unwrap();
    assert!(statement.is_signed(&proof.device_signature, own.public_key()));
    assert_eq!(proof.device_public_key_fingerprint, fingerprint(own.public_key()));
    let consent = consent(&proof, &board, &server);
    assert_eq!(confirmed(consent.clone(), &mut board), ResultCode::OK);
    assert_eq!(board.state.protection, Protection::ServiceMode);
    assert_eq!(carry_out(RequestType::START_LISTENING, &[], &mut board).result, ResultCode::OK);
    assert_eq!(confirmed(consent, &mut board), ResultCode::INVALID_STATE);
    let reset = ask(ProtectionAction::Reset, SetProtectedState::default(), &mut board);
    assert_eq!((reset.result, board.state.protection), (ResultCode::OK, Protection::Protected));
    assert_eq!(board.state.mode, Mode::Listening);
}

#[test]
fn consent_of_others_or_to_something_else_is_refused() {
    let (mut board, server) = protected();
    assert_eq!(confirmed(ConfirmServiceMode::default(), &mut board), ResultCode::INVALID_STATE);
    let proof = prepared(&mut board).unwrap();
    assert_eq!(confirmed(ConfirmServiceMode::default(), &mut board), ResultCode::INVALID_ARGUMENT);
    let stranger = consent(&proof, &board, &new_key());
    assert_eq!(confirmed(stranger, &mut board), ResultCode::KEY_MISMATCH);
    let of_yesterday = DeviceProof { device_nonce: vec![9; NONCE_LENGTH], ..proof };
    let old = consent(&of_yesterday, &board, &server);
    assert_eq!(confirmed(old, &mut board), ResultCode::INVALID_SIGNATURE);
    assert_eq!(board.state.protection, Protection::Protected);
}

#[test]
fn an_open_device_has_nothing_to_prove() {
    let (mut board, _) = protected();
    board.state.protection = Protection::Open;
    assert_eq!(prepared(&mut board), None);
    let short = Some(PrepareServiceMode { server_nonce: vec![1] });
    let request = SetProtectedState { prepare: short, ..Default::default() };
    let refused = ask(ProtectionAction::Prepare, request, &mut board);
    assert_eq!(refused.result, ResultCode::INVALID_ARGUMENT);
    let unknown = carry_out(RequestType::SET_PROTECTED_STATE, &[8, 9], &mut board);
    assert_eq!(unknown.result, ResultCode::INVALID_ARGUMENT);
}

#[test]
fn the_request_came_with_6_1_1() {
    for (platform, version, expected) in
        [("boron", "6.1.0", -120), ("boron", "6.1.1", 0), ("p2", "6.3.4", 0), ("photon", "3.3.1", -120)]
    {
        let outcome = carry_out(RequestType::SET_PROTECTED_STATE, &[], &mut board(platform, version));
        assert_eq!(outcome.result.0, expected, "{platform} {version}");
    }
}
