//! What mesh radios hear of each other.

use super::{Commissioner, Joiner, MeshNetwork};
use crate::platform::DeviceId;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// All that is on the air above a bench.
#[derive(Default)]
pub(in crate::sandbox::bench) struct Air {
    stations: Mutex<BTreeMap<DeviceId, Station>>,
}

/// What is to be heard of a member of a network.
pub(in crate::sandbox::bench) struct Station {
    /// The network.
    pub(in crate::sandbox::bench) network: MeshNetwork,
    /// Present where the member admits others.
    pub(in crate::sandbox::bench) commissioner: Option<Commissioner>,
}

/// Why a device does not get into a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox::bench) enum NotAdmitted {
    /// Nobody expects it.
    Unexpected,
    /// It is expected, with another password.
    WrongPassword,
}

impl Air {
    /// Sets what is to be heard of a device.
    pub(super) fn set(&self, id: &DeviceId, station: Option<Station>) {
        let mut stations = self.stations();
        match station {
            Some(station) => stations.insert(id.clone(), station),
            None => stations.remove(id),
        };
    }

    /// The networks of everybody but this device, one entry a member.
    pub(in crate::sandbox::bench) fn networks(&self, listener: &DeviceId) -> Vec<MeshNetwork> {
        let stations = self.stations();
        let others = stations.iter().filter(|(id, _)| *id != listener);
        others.map(|(_, station)| station.network.clone()).collect()
    }

    /// Gets a device with this address into the network that it is to join.
    pub(in crate::sandbox::bench) fn join(
        &self,
        joiner: &Joiner,
        eui64: &str,
    ) -> Result<MeshNetwork, NotAdmitted> {
        let stations = self.stations();
        let mut refusal = NotAdmitted::Unexpected;
        for station in stations.values().filter(|station| u32::from(station.network.pan_id) == joiner.pan_id)
        {
            match station.commissioner.as_ref().and_then(|commissioner| commissioner.password_of(eui64)) {
                Some(password) if password == joiner.password => {
                    return Ok(station.network.clone().with_id(joiner.network_id.clone()));
                }
                Some(_) => refusal = NotAdmitted::WrongPassword,
                None => {}
            }
        }
        Err(refusal)
    }

    fn stations(&self) -> MutexGuard<'_, BTreeMap<DeviceId, Station>> {
        self.stations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
