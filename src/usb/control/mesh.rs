//! What a mesh device can be asked to do with networks, and what their names, passwords and ids are like.
//!
//! Sources: Device OS v1.5.2 `system/src/control/mesh.cpp`, particle-usb v1.2.1 `src/mesh-device.js`. Most of it needs
//! the device to be in listening mode.

use super::{
    ControlChannel, ControlError, REQUEST_LIMIT, RequestType, ResultCode,
    messages::mesh::{
        AddJoiner, Auth, CreateNetwork, JoinNetwork, NetworkInfo, NetworkReply, PrepareJoiner,
        PrepareJoinerReply, ScanNetworksReply, StartCommissioner,
    },
};
use crate::secret::Secret;
use std::{str::FromStr, time::Duration};

/// How long a commissioner admits devices, in seconds, and each of them.
const ADMISSION: u32 = 600;
/// How long a device tries to join, in seconds.
const JOINING: u32 = 120;
/// The time above, and some for the device to give up in.
const JOINING_LIMIT: Duration = Duration::from_secs(JOINING as u64 + 30);
const LONGEST_NAME: usize = 16;
const PASSWORD_LENGTHS: std::ops::RangeInclusive<usize> = 6..=255;
const ID_LENGTH: usize = 24;

/// A text that does not fit a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkTextError {
    /// Not of 24 bytes.
    #[error("Invalid length of the network ID")]
    Id,
    /// Empty, or of more than 16 bytes.
    #[error("Invalid length of the network name")]
    Name,
    /// Shorter than 6 or longer than 255 bytes.
    #[error("Invalid length of the network password")]
    Password,
}

/// The name of a mesh network: 1 to 16 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkName(String);

impl NetworkName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NetworkName {
    type Err = NetworkTextError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let fits = (1..=LONGEST_NAME).contains(&name.len());
        if fits { Ok(Self(name.to_owned())) } else { Err(NetworkTextError::Name) }
    }
}

/// The password of a mesh network: 6 to 255 bytes.
pub struct NetworkPassword(Secret);

impl TryFrom<Secret> for NetworkPassword {
    type Error = NetworkTextError;

    fn try_from(password: Secret) -> Result<Self, Self::Error> {
        let fits = PASSWORD_LENGTHS.contains(&password.expose().len());
        if fits { Ok(Self(password)) } else { Err(NetworkTextError::Password) }
    }
}

/// The cloud's id of a mesh network: 24 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkId(String);

impl NetworkId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NetworkId {
    type Err = NetworkTextError;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        if id.len() == ID_LENGTH { Ok(Self(id.to_owned())) } else { Err(NetworkTextError::Id) }
    }
}

/// A network to be made.
pub struct NewNetwork<'a> {
    /// Its name.
    pub name: &'a NetworkName,
    /// Its password.
    pub password: &'a NetworkPassword,
    /// The id that the cloud gave it.
    pub id: &'a NetworkId,
    /// IEEE 802.15.4 channel, 11 to 26; `None` for the quietest.
    pub channel: Option<u8>,
}

impl ControlChannel {
    /// The network that the device is a member of.
    pub fn mesh_network(&mut self) -> Result<Option<NetworkInfo>, ControlError> {
        match self.call::<NetworkReply>(RequestType::MESH_GET_NETWORK_INFO, &(), REQUEST_LIMIT) {
            Ok(reply) => Ok(reply.network),
            Err(ControlError::Refused(ResultCode::NOT_FOUND)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The networks in range, as the device tells them.
    pub fn mesh_networks_in_range(&mut self) -> Result<Vec<NetworkInfo>, ControlError> {
        let reply: ScanNetworksReply = self.call(RequestType::MESH_SCAN_NETWORKS, &(), REQUEST_LIMIT)?;
        Ok(reply.networks)
    }

    /// Lets the device make a network, whose first member it is, and forget the one it was in. Listening mode only.
    pub fn create_mesh_network(&mut self, network: &NewNetwork<'_>) -> Result<(), ControlError> {
        let request = CreateNetwork {
            name: network.name.0.clone(),
            password: network.password.0.expose().to_owned(),
            channel: network.channel.unwrap_or_default().into(),
            network_id: network.id.0.clone(),
        };
        self.call(RequestType::MESH_CREATE_NETWORK, &request, REQUEST_LIMIT)
    }

    /// Lets the device forget its network. Listening mode only.
    pub fn leave_mesh_network(&mut self) -> Result<(), ControlError> {
        self.call(RequestType::MESH_LEAVE_NETWORK, &(), REQUEST_LIMIT)
    }

    /// Proves to a member that its network's password is known. [`ResultCode::NOT_ALLOWED`] if it is another.
    pub fn authenticate_for_mesh(&mut self, password: &NetworkPassword) -> Result<(), ControlError> {
        let request = Auth { password: password.0.expose().to_owned() };
        self.call(RequestType::MESH_AUTH, &request, REQUEST_LIMIT)
    }

    /// Lets a member admit others for ten minutes.
    pub fn start_commissioner(&mut self) -> Result<(), ControlError> {
        let request = StartCommissioner { timeout: ADMISSION };
        self.call(RequestType::MESH_START_COMMISSIONER, &request, REQUEST_LIMIT)
    }

    /// Ends what [`Self::start_commissioner`] began.
    pub fn stop_commissioner(&mut self) -> Result<(), ControlError> {
        self.call(RequestType::MESH_STOP_COMMISSIONER, &(), REQUEST_LIMIT)
    }

    /// Tells a commissioner whom to admit.
    pub fn add_joiner(&mut self, joiner: PrepareJoinerReply) -> Result<(), ControlError> {
        let request = AddJoiner { eui64: joiner.eui64, password: joiner.password, timeout: ADMISSION };
        self.call(RequestType::MESH_ADD_JOINER, &request, REQUEST_LIMIT)
    }

    /// Tells the device which network it will join, and lets it forget the one it was in. Gives what the commissioner
    /// has to know. Listening mode only.
    pub fn prepare_joiner(&mut self, network: NetworkInfo) -> Result<PrepareJoinerReply, ControlError> {
        let request = PrepareJoiner { network: Some(network) };
        self.call(RequestType::MESH_PREPARE_JOINER, &request, REQUEST_LIMIT)
    }

    /// Lets the device join the network that it was prepared for. [`ResultCode::NOT_FOUND`] where no commissioner
    /// that admits it is in range. Listening mode only.
    pub fn join_mesh_network(&mut self) -> Result<(), ControlError> {
        self.call(RequestType::MESH_JOIN_NETWORK, &JoinNetwork { timeout: JOINING }, JOINING_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(length: usize) -> Result<(), NetworkTextError> {
        NetworkPassword::try_from(Secret::new("p".repeat(length))).map(drop)
    }

    #[test]
    fn lengths_are_counted_in_bytes() {
        assert_eq!("".parse::<NetworkName>(), Err(NetworkTextError::Name));
        assert!("sixteen bytes ok".parse::<NetworkName>().is_ok());
        assert_eq!("fünfzehn Zeichen".parse::<NetworkName>(), Err(NetworkTextError::Name));
        assert_eq!(
            (password(5), password(256)),
            (Err(NetworkTextError::Password), Err(NetworkTextError::Password))
        );
        assert_eq!((password(6), password(255)), (Ok(()), Ok(())));
        assert!("0123456789abcdef01234567".parse::<NetworkId>().is_ok());
        assert_eq!("0123".parse::<NetworkId>(), Err(NetworkTextError::Id));
    }
}
