//! Wi-Fi of generation 3 and later.
//!
//! Source of the limits: the Node tool's `particle wifi`.

use super::{
    ControlChannel, ControlError, RequestType, ResultCode,
    messages::{
        CurrentNetworkReply, KnownNetwork, KnownNetworkName, KnownNetworksReply, ScannedNetwork,
        ScannedNetworksReply, WifiNetwork,
    },
};
use std::time::Duration;

/// Limit for joining a network.
const JOIN_LIMIT: Duration = Duration::from_secs(30);
/// Limit for everything else.
const LIMIT: Duration = Duration::from_secs(10);

impl ControlChannel {
    /// The access points in range.
    pub fn scan_wifi(&mut self) -> Result<Vec<ScannedNetwork>, ControlError> {
        let reply: ScannedNetworksReply = self.call(RequestType::WIFI_SCAN_NETWORKS, &(), LIMIT)?;
        Ok(reply.networks)
    }

    /// Joins a network, which is kept if that succeeds.
    pub fn join_wifi(&mut self, network: &WifiNetwork) -> Result<(), ControlError> {
        self.call(RequestType::WIFI_JOIN_NEW_NETWORK, network, JOIN_LIMIT)
    }

    /// Keeps the credentials of a network. Device OS 5.8.2, 5.9.0, and from 6.2.0 on.
    pub fn keep_wifi(&mut self, network: &WifiNetwork) -> Result<(), ControlError> {
        self.call(RequestType::WIFI_SET_NETWORK_CREDENTIALS, network, LIMIT)
    }

    /// Joins a network whose credentials are kept.
    pub fn join_known_wifi(&mut self, ssid: &str) -> Result<(), ControlError> {
        let name = KnownNetworkName { ssid: ssid.to_owned() };
        self.call(RequestType::WIFI_JOIN_KNOWN_NETWORK, &name, JOIN_LIMIT)
    }

    /// The networks whose credentials are kept, the one preferred first.
    pub fn known_wifi(&mut self) -> Result<Vec<KnownNetwork>, ControlError> {
        let reply: KnownNetworksReply = self.call(RequestType::WIFI_GET_KNOWN_NETWORKS, &(), LIMIT)?;
        Ok(reply.networks)
    }

    /// Forgets a network. The device stays in it until it is reset.
    pub fn forget_wifi(&mut self, ssid: &str) -> Result<(), ControlError> {
        let name = KnownNetworkName { ssid: ssid.to_owned() };
        self.call(RequestType::WIFI_REMOVE_KNOWN_NETWORK, &name, LIMIT)
    }

    /// Forgets all networks.
    pub fn forget_all_wifi(&mut self) -> Result<(), ControlError> {
        self.call(RequestType::WIFI_CLEAR_KNOWN_NETWORKS, &(), LIMIT)
    }

    /// The network in use; `None` if the device is in none.
    pub fn current_wifi(&mut self) -> Result<Option<CurrentNetworkReply>, ControlError> {
        match self.call(RequestType::WIFI_GET_CURRENT_NETWORK, &(), LIMIT) {
            Ok(current) => Ok(Some(current)),
            Err(ControlError::Refused(ResultCode::INVALID_STATE)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
