//! Lifting Device Protection, with the cloud's consent, and bringing it back.
//!
//! Source: Device OS v6.2.0 `system/src/control/config.cpp`.

use super::Outcome;
use crate::{
    keys::{Key, PrivateKey, PublicKey, import, slot},
    platform::{KeyAlgorithm, Protocol},
    sandbox::{
        bench::{
            board::Board,
            state::{DeviceState, Protection},
        },
        proof::{FINGERPRINT_LENGTH, NONCE_LENGTH, Statement, fingerprint},
    },
    usb::control::{
        ResultCode,
        messages::{
            ConfirmServiceMode, DeviceProof, PrepareServiceMode, ProtectionAction, SetProtectedState,
            SetProtectedStateReply,
        },
    },
};
use prost::Message;
use rand::{RngCore, rngs::OsRng};
use std::time::{Duration, Instant};

/// How long the cloud may take to consent.
const CONSENT_LIMIT: Duration = Duration::from_secs(60);

/// What the device remembers until the cloud has consented.
pub(in crate::sandbox::bench) struct Challenge {
    server_nonce: Vec<u8>,
    device_nonce: [u8; NONCE_LENGTH],
    device_fingerprint: [u8; FINGERPRINT_LENGTH],
    since: Instant,
}

pub(super) fn set(payload: &[u8], board: &mut Board) -> Outcome {
    let Ok(request) = SetProtectedState::decode(payload) else { return ResultCode::BAD_DATA.into() };
    let done = match ProtectionAction::try_from(request.action) {
        Ok(ProtectionAction::Reset) => {
            board.challenge = None;
            board.state.end_service_mode();
            board.changed = true;
            return ResultCode::OK.into();
        }
        Ok(ProtectionAction::Prepare) => prepare(request.prepare.unwrap_or_default(), board),
        Ok(ProtectionAction::Confirm) => confirm(&request.confirm.unwrap_or_default(), board),
        Err(_) => Err(ResultCode::INVALID_ARGUMENT),
    };
    done.unwrap_or_else(Outcome::from)
}

/// Proves who the device is, where there is protection to be lifted.
fn prepare(request: PrepareServiceMode, board: &mut Board) -> Result<Outcome, ResultCode> {
    let PrepareServiceMode { server_nonce } = request;
    if server_nonce.len() != NONCE_LENGTH {
        return Err(ResultCode::INVALID_ARGUMENT);
    }
    board.challenge = None;
    if board.state.protection == Protection::Open {
        return Ok(ResultCode::OK.into());
    }
    let key = private_key(&board.state)?;
    let mut device_nonce = [0; NONCE_LENGTH];
    OsRng.fill_bytes(&mut device_nonce);
    let device_fingerprint = fingerprint(key.public_key());
    let statement = Statement::of_device(&board.state.id, &device_nonce, &server_nonce);
    let proof = DeviceProof {
        device_nonce: device_nonce.to_vec(),
        device_signature: statement.sign(&key).ok_or(ResultCode::NOT_SUPPORTED)?,
        device_public_key_fingerprint: device_fingerprint.to_vec(),
    };
    board.challenge =
        Some(Challenge { server_nonce, device_nonce, device_fingerprint, since: Instant::now() });
    Ok(Outcome::of(&SetProtectedStateReply { prepare: Some(proof) }))
}

/// Lifts protection if it was the device's own cloud that consented.
fn confirm(consent: &ConfirmServiceMode, board: &mut Board) -> Result<Outcome, ResultCode> {
    let challenge = board.challenge.as_ref().ok_or(ResultCode::INVALID_STATE)?;
    let fits = consent.server_public_key_fingerprint.len() == FINGERPRINT_LENGTH;
    if consent.server_signature.is_empty() || !fits {
        return Err(ResultCode::INVALID_ARGUMENT);
    }
    if challenge.since.elapsed() >= CONSENT_LIMIT {
        board.challenge = None;
        return Err(ResultCode::TIMEOUT);
    }
    let key = server_key(&board.state)?;
    if fingerprint(&key)[..] != consent.server_public_key_fingerprint {
        return Err(ResultCode::KEY_MISMATCH);
    }
    let statement = Statement::of_server(
        &board.state.id,
        &challenge.server_nonce,
        &challenge.device_nonce,
        &challenge.device_fingerprint,
    );
    if !statement.is_signed(&consent.server_signature, &key) {
        return Err(ResultCode::INVALID_SIGNATURE);
    }
    board.challenge = None;
    board.state.begin_service_mode();
    board.changed = true;
    Ok(ResultCode::OK.into())
}

fn private_key(state: &DeviceState) -> Result<PrivateKey, ResultCode> {
    let bytes = state.private_key_slot();
    let der = slot::cut(&bytes).ok_or(ResultCode::BAD_DATA)?;
    match import(der).map_err(|_| ResultCode::BAD_DATA)?.key {
        Key::Private(key) if key.algorithm() == KeyAlgorithm::Ec => Ok(key),
        _ => Err(ResultCode::NOT_SUPPORTED),
    }
}

fn server_key(state: &DeviceState) -> Result<PublicKey, ResultCode> {
    let slots = state.platform.keys.and_then(|keys| keys.slots(Protocol::Udp));
    let slots = slots.ok_or(ResultCode::NOT_SUPPORTED)?;
    let bytes = state.server_slot();
    let key = bytes.get(..slots.server.address_block).and_then(slot::cut).ok_or(ResultCode::BAD_DATA)?;
    PublicKey::from_pem_or_der(key).map_err(|_| ResultCode::BAD_DATA)
}

#[cfg(test)]
mod tests;
