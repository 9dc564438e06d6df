//! The mesh radio of a device, and the network that it keeps.
//!
//! Source: Device OS v1.5.2 `system/src/control/mesh.cpp`.

mod air;
mod commissioner;
mod network;

pub(super) use air::{Air, NotAdmitted, Station};
pub(super) use commissioner::Commissioner;
pub use network::MeshNetwork;

use super::{board::Board, os_version::OsVersion, state::Mode};
use crate::platform::{MESH_VERSIONS, Platform};
use rand::{Rng, rngs::OsRng};
use std::sync::Arc;

/// Length of the password that a joiner makes for itself.
const JOINER_PASSWORD_LENGTH: usize = 32;
/// What joiners' passwords are made of: letters and digits without I, O, Q and Z.
const JOINER_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPRSTUVWXY0123456789";

/// What a mesh radio holds until the next reset.
#[derive(Default)]
pub(super) struct Radio {
    air: Arc<Air>,
    /// The network that is to be joined.
    pub(super) joiner: Option<Joiner>,
    /// Present while the device admits others.
    pub(super) commissioner: Option<Commissioner>,
}

/// A device that is about to join a network.
pub(super) struct Joiner {
    /// PAN id of the network.
    pub(super) pan_id: u32,
    /// The cloud's id of the network.
    pub(super) network_id: String,
    /// What the device proves itself with.
    pub(super) password: String,
}

impl Radio {
    /// A radio among those on the air.
    pub(super) fn new(air: &Arc<Air>) -> Self {
        Self { air: Arc::clone(air), ..Self::default() }
    }

    /// Forgets everything, as a reset does.
    pub(super) fn reset(&mut self) {
        (self.joiner, self.commissioner) = (None, None);
    }

    /// What is to be heard.
    pub(super) fn air(&self) -> &Air {
        &self.air
    }
}

impl Joiner {
    /// A joiner with a password of its own.
    pub(super) fn new(pan_id: u32, network_id: String) -> Self {
        let character = |_| char::from(JOINER_ALPHABET[OsRng.gen_range(0..JOINER_ALPHABET.len())]);
        Self { pan_id, network_id, password: (0..JOINER_PASSWORD_LENGTH).map(character).collect() }
    }
}

/// Whether the firmware of a board knows mesh networks.
pub(super) fn is_known(platform: &Platform, version: OsVersion) -> bool {
    platform.mesh && MESH_VERSIONS.contains(&(version.0, version.1, version.2))
}

impl Board {
    /// The address that the radio has from the factory: 16 hexadecimal digits, here the last of the device id.
    pub(super) fn eui64(&self) -> &str {
        &self.state.id.as_str()[8..]
    }

    /// Lets the other radios hear what there is to hear of this one.
    pub(super) fn transmit(&self) {
        let state = &self.state;
        let works = state.mode != Mode::Dfu && is_known(state.platform, state.os_version);
        let network = state.mesh_network.clone().filter(|_| works);
        let station =
            network.map(|network| Station { network, commissioner: self.radio.commissioner.clone() });
        self.radio.air.set(&state.id, station);
    }

    /// Lets the other radios hear nothing of this one any more.
    pub(super) fn fall_silent(&self) {
        self.radio.air.set(&self.state.id, None);
    }
}
