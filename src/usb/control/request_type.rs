//! Numbers of the control requests.
//!
//! Source: Device OS `system/inc/system_control.h`, v0.8.0 to v6.2.0.

/// The type of a control request: wIndex of INIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestType(pub u16);

impl RequestType {
    /// Sends the payload back. From 1.5.0.
    pub const ECHO: Self = Self(1);
    /// For the application; refused where it has no handler.
    pub const APP_CUSTOM: Self = Self(10);
    /// The device id. Generation 2 from Device OS 1.1.0, generation 3 from 0.9.0.
    pub const DEVICE_ID: Self = Self(20);
    /// The serial number on the label; refused where there is none.
    pub const SERIAL_NUMBER: Self = Self(21);
    /// The version of Device OS. Generation 2 from 1.1.0; before, only the raw request answers.
    pub const SYSTEM_VERSION: Self = Self(30);
    /// What the system can do; nothing is told there any more from 2.0.0 on.
    pub const SYSTEM_CAPABILITIES: Self = Self(32);
    /// Restarts the device.
    pub const RESET: Self = Self(40);
    /// Restores the factory image.
    pub const FACTORY_RESET: Self = Self(41);
    /// Restarts the device into DFU mode.
    pub const DFU_MODE: Self = Self(50);
    /// Restarts the device into safe mode.
    pub const SAFE_MODE: Self = Self(60);
    /// Enters listening mode.
    pub const START_LISTENING: Self = Self(70);
    /// Leaves listening mode.
    pub const STOP_LISTENING: Self = Self(71);
    /// Whether the device is listening. Generation 2 from 1.1.0, generation 3 from 0.9.0.
    pub const GET_DEVICE_MODE: Self = Self(72);
    /// Marks set-up as done or not. Generation 3 and later.
    pub const SET_SETUP_DONE: Self = Self(73);
    /// Whether set-up is done. Generation 3 and later.
    pub const IS_SETUP_DONE: Self = Self(74);
    /// Whether Device Protection is on. From 6.0.0.
    pub const GET_PROTECTED_STATE: Self = Self(76);
    /// Lifts Device Protection or brings it back. From 6.1.1.
    pub const SET_PROTECTED_STATE: Self = Self(77);
    /// Firmware modules.
    pub const MODULE_INFO: Self = Self(90);
    /// Assets of the application. From 5.6.0.
    pub const ASSET_INFO: Self = Self(91);
    /// Chooses an antenna. Photon and P1 from 0.8.0 until 1.5.x, as all that follow.
    pub const EARLY_WIFI_SET_ANTENNA: Self = Self(110);
    /// The antenna.
    pub const EARLY_WIFI_GET_ANTENNA: Self = Self(111);
    /// The Wi-Fi networks in range.
    pub const EARLY_WIFI_SCAN: Self = Self(112);
    /// Keeps the credentials of a Wi-Fi network.
    pub const EARLY_WIFI_SET_CREDENTIALS: Self = Self(113);
    /// The Wi-Fi networks whose credentials are kept.
    pub const EARLY_WIFI_GET_CREDENTIALS: Self = Self(114);
    /// Forgets all Wi-Fi networks.
    pub const EARLY_WIFI_CLEAR_CREDENTIALS: Self = Self(115);
    /// Gives the device an address, or lets it get one. Generation 2 from 0.8.0 until 1.5.x, as those that follow.
    pub const EARLY_NETWORK_SET_CONFIGURATION: Self = Self(120);
    /// Where the device's address comes from.
    pub const EARLY_NETWORK_GET_CONFIGURATION: Self = Self(121);
    /// The device's addresses.
    pub const EARLY_NETWORK_GET_STATUS: Self = Self(122);
    /// Gives the device the code with which the cloud claims it.
    pub const SET_CLAIM_CODE: Self = Self(200);
    /// Whether somebody has claimed the device.
    pub const IS_CLAIMED: Self = Self(201);
    /// Replaces a key. Generation 2, as all that follow.
    pub const SET_SECURITY_KEY: Self = Self(210);
    /// The slot of a key.
    pub const GET_SECURITY_KEY: Self = Self(211);
    /// Replaces a server address.
    pub const SET_SERVER_ADDRESS: Self = Self(220);
    /// A server address.
    pub const GET_SERVER_ADDRESS: Self = Self(221);
    /// Chooses the transport to the cloud.
    pub const SET_SERVER_PROTOCOL: Self = Self(222);
    /// The transport to the cloud.
    pub const GET_SERVER_PROTOCOL: Self = Self(223);
    /// Announces a firmware module.
    pub const START_FIRMWARE_UPDATE: Self = Self(250);
    /// Checks the module that was sent, and applies it.
    pub const FINISH_FIRMWARE_UPDATE: Self = Self(251);
    /// Gives an update up.
    pub const CANCEL_FIRMWARE_UPDATE: Self = Self(252);
    /// The next bytes of the module.
    pub const FIRMWARE_UPDATE_DATA: Self = Self(253);
    /// Whether the device is connected to the cloud.
    pub const GET_CONNECTION_STATUS: Self = Self(300);
    /// Network interfaces. Generation 3 and later.
    pub const LIST_NETWORK_INTERFACES: Self = Self(400);
    /// Addresses and flags of a network interface. Generation 3 and later.
    pub const GET_NETWORK_INTERFACE: Self = Self(401);
    /// Joins a Wi-Fi network and keeps its credentials.
    pub const WIFI_JOIN_NEW_NETWORK: Self = Self(500);
    /// Joins a Wi-Fi network whose credentials are kept.
    pub const WIFI_JOIN_KNOWN_NETWORK: Self = Self(501);
    /// The Wi-Fi networks whose credentials are kept.
    pub const WIFI_GET_KNOWN_NETWORKS: Self = Self(502);
    /// Forgets a Wi-Fi network.
    pub const WIFI_REMOVE_KNOWN_NETWORK: Self = Self(503);
    /// Forgets all Wi-Fi networks.
    pub const WIFI_CLEAR_KNOWN_NETWORKS: Self = Self(504);
    /// The Wi-Fi network in use.
    pub const WIFI_GET_CURRENT_NETWORK: Self = Self(505);
    /// The Wi-Fi networks in range.
    pub const WIFI_SCAN_NETWORKS: Self = Self(506);
    /// Keeps the credentials of a Wi-Fi network. 5.8.2, 5.9.0, and from 6.2.0 on.
    pub const WIFI_SET_NETWORK_CREDENTIALS: Self = Self(507);
    /// ICCID of the active SIM card, and from 5.8.0 the modem's IMEI.
    pub const GET_ICCID: Self = Self(554);
    /// Proves to a mesh device that the host knows the network's password. 0.9.0 to 1.5.2, as all that follow.
    pub const MESH_AUTH: Self = Self(1001);
    /// Creates a mesh network.
    pub const MESH_CREATE_NETWORK: Self = Self(1002);
    /// Lets a device admit others to its mesh network.
    pub const MESH_START_COMMISSIONER: Self = Self(1003);
    /// Ends what [`MESH_START_COMMISSIONER`](Self::MESH_START_COMMISSIONER) began.
    pub const MESH_STOP_COMMISSIONER: Self = Self(1004);
    /// Tells a device which mesh network it will join.
    pub const MESH_PREPARE_JOINER: Self = Self(1005);
    /// Tells a commissioner who will join.
    pub const MESH_ADD_JOINER: Self = Self(1006);
    /// Takes back what [`MESH_ADD_JOINER`](Self::MESH_ADD_JOINER) told.
    pub const MESH_REMOVE_JOINER: Self = Self(1007);
    /// Lets a device join the mesh network that it was prepared for.
    pub const MESH_JOIN_NETWORK: Self = Self(1008);
    /// Lets a device forget its mesh network.
    pub const MESH_LEAVE_NETWORK: Self = Self(1009);
    /// The mesh network of a device.
    pub const MESH_GET_NETWORK_INFO: Self = Self(1010);
    /// The mesh networks in range.
    pub const MESH_SCAN_NETWORKS: Self = Self(1011);
}
