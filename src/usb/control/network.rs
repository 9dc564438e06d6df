//! Questions about the networks a device is in.

use super::{
    ControlChannel, ControlError, REQUEST_LIMIT, RequestType,
    messages::{
        ConnectionStatus, ConnectionStatusReply, GetNetworkInterface, Interface, NetworkInterfaceReply,
        NetworkInterfacesReply,
    },
};
use std::time::Duration;

/// Limit for each of these questions.
const QUESTION_LIMIT: Duration = Duration::from_secs(10);

impl ControlChannel {
    /// All network interfaces. Generation 3 and later.
    pub fn network_interfaces(&mut self) -> Result<Vec<Interface>, ControlError> {
        let list: NetworkInterfacesReply =
            self.call(RequestType::LIST_NETWORK_INTERFACES, &(), QUESTION_LIMIT)?;
        list.interfaces.into_iter().map(|entry| self.network_interface(entry.index)).collect()
    }

    fn network_interface(&mut self, index: u32) -> Result<Interface, ControlError> {
        let asked = GetNetworkInterface { index };
        let reply: NetworkInterfaceReply =
            self.call(RequestType::GET_NETWORK_INTERFACE, &asked, QUESTION_LIMIT)?;
        reply.interface.ok_or(ControlError::Malformed("reply: it has no network interface"))
    }

    /// How the device stands with the cloud. Generation 2 from Device OS 1.1.0.
    pub fn connection_status(&mut self) -> Result<ConnectionStatus, ControlError> {
        let reply: ConnectionStatusReply =
            self.call(RequestType::GET_CONNECTION_STATUS, &(), QUESTION_LIMIT)?;
        Ok(reply.status())
    }

    /// Sends bytes to the application and gives its answer. Refused as not supported where it has no handler.
    pub fn ask_application(&mut self, payload: &[u8]) -> Result<Vec<u8>, ControlError> {
        self.request(RequestType::APP_CUSTOM, payload, REQUEST_LIMIT)
    }
}
