//! Mesh networks: making them, and getting devices in and out.
//!
//! Source: Device OS v1.5.2 `system/src/control/mesh.cpp`; that most of it is refused outside listening mode is what
//! particle-usb v1.2.1 `src/mesh-device.js` says of it.

use super::Outcome;
use crate::{
    sandbox::bench::{
        board::Board,
        mesh::{Commissioner, Joiner, MeshNetwork, NotAdmitted},
        os_version::OsVersion,
        state::Mode,
    },
    usb::control::{
        RequestType, ResultCode,
        messages::mesh::{
            AddJoiner, Auth, CreateNetwork, JoinNetwork, NetworkReply, PrepareJoiner, PrepareJoinerReply,
            RemoveJoiner, ScanNetworksReply, StartCommissioner,
        },
    },
};
use prost::Message;
use std::{ops::RangeInclusive, time::Duration};

/// The channels of IEEE 802.15.4 at 2.4 GHz.
const CHANNELS: RangeInclusive<u32> = 11..=26;
/// Those that a device chooses among; the others are not allowed in most countries.
const OWN_CHOICE: RangeInclusive<u8> = 11..=24;
const NAME_LENGTHS: RangeInclusive<usize> = 1..=16;
const PASSWORD_LENGTHS: RangeInclusive<usize> = 6..=255;
const JOINER_PASSWORD_LENGTHS: RangeInclusive<usize> = 6..=32;
const NETWORK_ID_LENGTH: usize = 24;
const EUI64_LENGTH: usize = 16;
/// How long a device looks for somebody who expects it.
const DISCOVERY_LIMIT: Duration = Duration::from_secs(45);
/// How long it takes to get in; our guess.
const ADMISSION: Duration = Duration::from_secs(5);
/// Until this version a network is reported once for each of its members.
const DUPLICATES_UNTIL: OsVersion = OsVersion(1, 2, 0);

/// Whether a request is about mesh networks.
pub(super) fn is_about_mesh(kind: RequestType) -> bool {
    (RequestType::MESH_AUTH.0..=RequestType::MESH_SCAN_NETWORKS.0).contains(&kind.0)
}

/// Carries out a request about mesh networks.
pub(super) fn carry_out(kind: RequestType, payload: &[u8], board: &mut Board) -> Outcome {
    let outcome = match kind {
        RequestType::MESH_AUTH => authenticate(payload, board),
        RequestType::MESH_CREATE_NETWORK => create(payload, board),
        RequestType::MESH_START_COMMISSIONER => start_commissioner(payload, board),
        RequestType::MESH_STOP_COMMISSIONER => {
            board.radio.commissioner = None;
            done(board)
        }
        RequestType::MESH_PREPARE_JOINER => prepare_joiner(payload, board),
        RequestType::MESH_ADD_JOINER => add_joiner(payload, board),
        RequestType::MESH_REMOVE_JOINER => remove_joiner(payload, board),
        RequestType::MESH_JOIN_NETWORK => join(payload, board),
        RequestType::MESH_LEAVE_NETWORK => require_listening(board).and_then(|()| {
            forget_network(board);
            done(board)
        }),
        RequestType::MESH_GET_NETWORK_INFO => match &board.state.mesh_network {
            Some(network) => Ok(Outcome::of(&NetworkReply { network: Some(network.info()) })),
            None => Err(ResultCode::NOT_FOUND),
        },
        RequestType::MESH_SCAN_NETWORKS => Ok(scan(board)),
        _ => Err(ResultCode::NOT_SUPPORTED),
    };
    outcome.unwrap_or_else(Outcome::from)
}

fn authenticate(payload: &[u8], board: &Board) -> Result<Outcome, ResultCode> {
    let Auth { password } = decode(payload)?;
    if !PASSWORD_LENGTHS.contains(&password.len()) {
        return Err(ResultCode::ERROR);
    }
    let network = board.state.mesh_network.as_ref();
    match network.is_some_and(|network| network.has_password(&password)) {
        true => Ok(ResultCode::OK.into()),
        false => Err(ResultCode::NOT_ALLOWED),
    }
}

fn create(payload: &[u8], board: &mut Board) -> Result<Outcome, ResultCode> {
    let CreateNetwork { name, password, channel, network_id } = decode(payload)?;
    let fits = NAME_LENGTHS.contains(&name.len())
        && PASSWORD_LENGTHS.contains(&password.len())
        && network_id.len() == NETWORK_ID_LENGTH;
    if !fits {
        return Err(ResultCode::INVALID_ARGUMENT);
    }
    require_listening(board)?;
    forget_network(board);
    let channel = match channel {
        0 => free_channel(board),
        // The old network is gone by the time the radio refuses the channel.
        _ if !CHANNELS.contains(&channel) => return Err(ResultCode::ERROR),
        _ => channel as u8,
    };
    let network = MeshNetwork::new(name, network_id, &password, channel);
    let reply = Outcome::of(&NetworkReply { network: Some(network.info()) });
    board.state.mesh_network = Some(network);
    done(board)?;
    Ok(reply)
}

/// The first channel on which nobody is to be heard.
fn free_channel(board: &Board) -> u8 {
    let networks = board.radio.air().networks(&board.state.id);
    let is_free = |channel: &u8| networks.iter().all(|network| network.channel != *channel);
    OWN_CHOICE.into_iter().find(is_free).unwrap_or(*OWN_CHOICE.start())
}

fn start_commissioner(payload: &[u8], board: &mut Board) -> Result<Outcome, ResultCode> {
    let StartCommissioner { timeout } = decode(payload)?;
    if board.state.mesh_network.is_none() {
        return Err(ResultCode::INVALID_STATE);
    }
    board.radio.commissioner = Some(Commissioner::new(timeout, &board.clock));
    done(board)
}

fn prepare_joiner(payload: &[u8], board: &mut Board) -> Result<Outcome, ResultCode> {
    let network = decode::<PrepareJoiner>(payload)?.network.unwrap_or_default();
    if network.network_id.len() != NETWORK_ID_LENGTH {
        return Err(ResultCode::INVALID_ARGUMENT);
    }
    require_listening(board)?;
    forget_network(board);
    let joiner = Joiner::new(network.pan_id, network.network_id);
    let reply = PrepareJoinerReply { eui64: board.eui64().to_owned(), password: joiner.password.clone() };
    board.radio.joiner = Some(joiner);
    done(board)?;
    Ok(Outcome::of(&reply))
}

fn add_joiner(payload: &[u8], board: &mut Board) -> Result<Outcome, ResultCode> {
    let AddJoiner { eui64, password, timeout } = decode(payload)?;
    if eui64.len() != EUI64_LENGTH || !JOINER_PASSWORD_LENGTHS.contains(&password.len()) {
        return Err(ResultCode::INVALID_ARGUMENT);
    }
    active_commissioner(&mut board.radio.commissioner)?.admit(&eui64, &password, timeout, &board.clock);
    done(board)
}

fn remove_joiner(payload: &[u8], board: &mut Board) -> Result<Outcome, ResultCode> {
    let RemoveJoiner { eui64 } = decode(payload)?;
    if eui64.len() != EUI64_LENGTH {
        return Err(ResultCode::INVALID_ARGUMENT);
    }
    match active_commissioner(&mut board.radio.commissioner)?.dismiss(&eui64) {
        true => done(board),
        false => Err(ResultCode::NOT_FOUND),
    }
}

fn active_commissioner(commissioner: &mut Option<Commissioner>) -> Result<&mut Commissioner, ResultCode> {
    commissioner.as_mut().filter(|commissioner| commissioner.is_active()).ok_or(ResultCode::INVALID_STATE)
}

/// How long a device that is asked to join its network is at it: until it has got in, or has found nobody who expects
/// it.
pub(super) fn join_duration(board: &Board) -> Duration {
    let ready = board.radio.joiner.as_ref().filter(|_| board.state.mode == Mode::Listening);
    match ready.map(|joiner| board.radio.air().join(joiner, board.eui64())) {
        None => Duration::ZERO,
        Some(Err(NotAdmitted::Unexpected)) => DISCOVERY_LIMIT,
        Some(Ok(_) | Err(NotAdmitted::WrongPassword)) => ADMISSION,
    }
}

/// What has become of it after that time.
fn join(payload: &[u8], board: &mut Board) -> Result<Outcome, ResultCode> {
    decode::<JoinNetwork>(payload)?;
    require_listening(board)?;
    let joiner = board.radio.joiner.as_ref().ok_or(ResultCode::ERROR)?;
    let joined = board.radio.air().join(joiner, board.eui64());
    match joined {
        Ok(network) => {
            board.state.mesh_network = Some(network);
            done(board)
        }
        Err(refusal) => {
            forget_network(board);
            done(board)?;
            Err(match refusal {
                NotAdmitted::Unexpected => ResultCode::NOT_FOUND,
                NotAdmitted::WrongPassword => ResultCode::NOT_ALLOWED,
            })
        }
    }
}

fn scan(board: &Board) -> Outcome {
    let mut networks = board.radio.air().networks(&board.state.id);
    if board.state.os_version >= DUPLICATES_UNTIL {
        networks.sort_by(|one, other| one.ext_pan_id.cmp(&other.ext_pan_id));
        networks.dedup_by(|one, other| one.ext_pan_id == other.ext_pan_id);
    }
    // The cloud's id is not on the air.
    let seen = |network: MeshNetwork| network.with_id(String::new()).info();
    Outcome::of(&ScanNetworksReply { networks: networks.into_iter().map(seen).collect() })
}

fn require_listening(board: &Board) -> Result<(), ResultCode> {
    if board.state.mode == Mode::Listening { Ok(()) } else { Err(ResultCode::INVALID_STATE) }
}

fn forget_network(board: &mut Board) {
    board.state.mesh_network = None;
    board.radio.commissioner = None;
}

/// Lets the others hear of the change, and the change be remembered.
fn done(board: &mut Board) -> Result<Outcome, ResultCode> {
    board.changed = true;
    board.transmit();
    Ok(ResultCode::OK.into())
}

fn decode<M: Message + Default>(payload: &[u8]) -> Result<M, ResultCode> {
    M::decode(payload).map_err(|_| ResultCode::BAD_DATA)
}

#[cfg(test)]
mod tests;
