//! What is remembered of a virtual device.

use super::{
    application::Application, boot::Trouble, dct, memory::Memory, mesh::MeshNetwork, os_version::OsVersion,
    program::Program, service_mode::ServiceTerm, staging::Waiting, wifi::WifiMemory,
};
use crate::{
    firmware::{Asset, AssetDependency, Hash},
    platform::{AssetStorage, DeviceId, KeyLayout, Mcu, Platform, Protocol},
};
use clap::ValueEnum;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{collections::BTreeMap, fmt};

/// What a device is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Running its application: breathing cyan when online.
    Normal,
    /// Waiting to be set up: blinking dark blue.
    Listening,
    /// Running Device OS without the application: breathing magenta.
    #[value(alias = "safe")]
    SafeMode,
    /// The bootloader offers DFU: blinking yellow.
    Dfu,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Mode::Normal => "normal",
            Mode::Listening => "listening",
            Mode::SafeMode => "safe-mode",
            Mode::Dfu => "dfu",
        })
    }
}

/// Device Protection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Off.
    #[default]
    Open,
    /// On.
    Protected,
    /// On, but lifted for the time being.
    ServiceMode,
}

/// A virtual device: who it is, what it is doing, and every byte it holds.
///
/// There is no `Debug`: the memories hold private keys.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceState {
    /// Device id.
    pub id: DeviceId,
    /// Platform, stored by name.
    #[serde(serialize_with = "platform_name", deserialize_with = "platform_by_name")]
    pub platform: &'static Platform,
    /// Version of Device OS that it started last, as its modules have it.
    pub os_version: OsVersion,
    /// What it is doing, or will do once it has power.
    pub mode: Mode,
    /// Whether the cable is in.
    pub plugged: bool,
    /// Device Protection.
    #[serde(default)]
    pub protection: Protection,
    /// What is left of service mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) service_term: Option<ServiceTerm>,
    /// Serial number on the label, generation 3 and later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Number of the modem, cellular boards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    /// Number of the SIM card, cellular boards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iccid: Option<String>,
    /// The mesh network it is a member of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mesh_network: Option<MeshNetwork>,
    /// Wi-Fi networks it remembers, and the one it is in.
    #[serde(default)]
    pub(in crate::sandbox) wifi: WifiMemory,
    /// Whether the application prints a log to the serial port.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub serial_log: bool,
    /// Whether the application has claimed the line speeds by which a device is otherwise ordered into another mode.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_touch: bool,
    /// What the application remembers until the next reset.
    #[serde(default = "shipped_application")]
    pub(super) application: Application,
    /// Firmware of the network coprocessor, which lies beside the processor's flash: a whole module.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "base64_bytes")]
    pub(super) ncp: Option<Vec<u8>>,
    /// The files that were sent for the application.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) assets: Vec<StoredAsset>,
    /// Modules in the area for updates that the next start puts in their places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waiting: Vec<Waiting>,
    /// Why it does not run its application, as found when it started.
    #[serde(skip)]
    pub(super) trouble: Option<Trouble>,
    /// The release that the bootloader came with, as found when the device started.
    #[serde(skip)]
    pub(super) bootloader: Option<OsVersion>,
    /// Memories by DFU alternate setting.
    pub memories: BTreeMap<u8, Memory>,
}

/// A file that was sent for the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredAsset {
    /// Its name.
    pub(super) name: String,
    /// SHA-256 of its contents.
    pub(super) hash: Vec<u8>,
    /// Bytes of the file.
    pub(super) size: u32,
    /// Bytes that it takes on the device.
    pub(super) storage_size: u32,
}

impl StoredAsset {
    /// A file that came in a module of `module_size` bytes.
    pub(super) fn new(asset: &Asset, module_size: usize, storage: Option<&AssetStorage>) -> Self {
        let narrow = |size: u64| u32::try_from(size).unwrap_or(u32::MAX);
        Self {
            name: asset.name.clone(),
            hash: Hash::of(&asset.data).bytes().to_vec(),
            size: narrow(asset.data.len() as u64),
            storage_size: narrow(storage.map_or(module_size as u64, |storage| storage.cost(module_size))),
        }
    }

    /// Whether it is the one that an application needs.
    pub(super) fn is(&self, needed: &AssetDependency) -> bool {
        self.name == needed.name && self.hash == needed.hash.bytes()
    }
}

/// Why a platform cannot stand on the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no DFU mode, so there is no virtual one")]
pub struct NoSuchBoard(pub &'static str);

/// There is no firmware of this version for a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no modules of Device OS {0} can be made for {1}")]
pub struct NoFirmware(pub OsVersion, pub &'static str);

impl DeviceState {
    /// A board as it leaves the factory, plugged in, running, but without any key.
    pub fn new(platform: &'static Platform, id: DeviceId) -> Result<Self, NoSuchBoard> {
        let flash = platform.flash.ok_or(NoSuchBoard(platform.name))?;
        let memories =
            flash.alternate_settings.iter().map(|setting| (setting.number, Memory::default())).collect();
        let digits: String = id.as_str().chars().filter(char::is_ascii_digit).cycle().take(20).collect();
        let cellular = platform.radio.cellular;
        let labelled = matches!(platform.mcu, Mcu::Nrf52840 | Mcu::Rtl872x);
        let mut state = Self {
            os_version: OsVersion::usual(platform),
            mode: Mode::Normal,
            plugged: true,
            protection: Protection::Open,
            service_term: None,
            serial_number: labelled.then(|| format!("SNDBX{digits:.10}")),
            imei: cellular.then(|| format!("35{digits:.13}")),
            iccid: cellular.then(|| format!("8934{digits:.15}")),
            mesh_network: None,
            wifi: WifiMemory::default(),
            serial_log: false,
            no_touch: false,
            application: shipped_application(),
            ncp: None,
            assets: Vec::new(),
            waiting: Vec::new(),
            trouble: None,
            bootloader: None,
            memories,
            platform,
            id,
        };
        if platform.mcu != Mcu::Stm32f103 {
            let id = state.id.bytes();
            state.write(dct::ALTERNATE_SETTING, dct::DEVICE_ID, &id);
            state.write(dct::ALTERNATE_SETTING, dct::CLAIMED, &dct::IS_CLAIMED);
        }
        state.ship(state.os_version).map_err(|_| NoSuchBoard(platform.name))?;
        Ok(state)
    }

    /// The release that the bootloader came with, which tells what it can do.
    pub(super) fn bootloader(&self) -> OsVersion {
        self.bootloader.unwrap_or(self.os_version)
    }

    /// Puts a private key (DER as firmware wants it) into the slot of the transport in use.
    pub fn write_private_key(&mut self, der: &[u8]) {
        let Some(keys) = self.platform.keys else { return };
        if let Some(slots) = keys.slots(self.protocol()) {
            self.write(keys.alternate_setting, slots.private.address, der);
        }
    }

    /// Puts a server key with its address (a whole slot image) into the slot of a transport.
    pub fn write_server_slot(&mut self, protocol: Protocol, image: &[u8]) {
        let Some(keys) = self.platform.keys else { return };
        if let Some(slots) = keys.slots(protocol) {
            self.write(keys.alternate_setting, slots.server.address, image);
        }
    }

    /// The transport the firmware uses.
    pub fn protocol(&self) -> Protocol {
        let keys = self.platform.keys;
        let flag = keys.and_then(|keys| Some(self.read(keys.alternate_setting, keys.transport_flag?, 1)[0]));
        match (keys, flag) {
            (Some(keys), Some(flag)) => keys.protocol_of_flag(flag),
            (keys, _) => keys.map_or(Protocol::Udp, KeyLayout::default_protocol),
        }
    }

    /// The bytes of the private-key slot in use.
    pub fn private_key_slot(&self) -> Vec<u8> {
        let slot = self.platform.keys.and_then(|keys| Some((keys, keys.slots(self.protocol())?.private)));
        slot.map(|(keys, slot)| self.read(keys.alternate_setting, slot.address, slot.size))
            .unwrap_or_default()
    }

    /// The bytes of the server slot in use: key and address block.
    pub fn server_slot(&self) -> Vec<u8> {
        let slot = self.platform.keys.and_then(|keys| Some((keys, keys.slots(self.protocol())?.server)));
        slot.map(|(keys, slot)| self.read(keys.alternate_setting, slot.address, slot.size))
            .unwrap_or_default()
    }

    /// The claim code that the device has been given for the cloud.
    pub(super) fn claim_code(&self) -> Option<String> {
        let bytes = self.read(dct::ALTERNATE_SETTING, dct::CLAIM_CODE, dct::CLAIM_CODE_LENGTH);
        String::from_utf8(bytes).ok().filter(|code| code.bytes().all(|byte| byte.is_ascii_graphic()))
    }

    /// Whether Device Protection keeps the host out.
    pub(super) fn is_protected(&self) -> bool {
        self.protection == Protection::Protected
    }

    /// Bytes of a memory; erased where there is none.
    pub fn read(&self, alternate: u8, address: u32, length: usize) -> Vec<u8> {
        let empty = Memory::default();
        self.memories.get(&alternate).unwrap_or(&empty).read(address, length)
    }

    /// Overwrites bytes of a memory, as the firmware does with its own configuration.
    pub(super) fn write(&mut self, alternate: u8, address: u32, bytes: &[u8]) {
        self.memories.entry(alternate).or_default().write(address, bytes);
    }
}

/// Bytes as base64.
mod base64_bytes {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        bytes: &Option<Vec<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => serializer.serialize_some(&STANDARD.encode(bytes)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| STANDARD.decode(text).map_err(D::Error::custom)).transpose()
    }
}

fn shipped_application() -> Application {
    Application::start(Program::Tinker)
}

fn platform_name<S: Serializer>(platform: &'static Platform, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(platform.name)
}

fn platform_by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Platform, D::Error> {
    let name = String::deserialize(deserializer)?;
    Platform::by_name(&name).ok_or_else(|| D::Error::custom(format!("no platform is called {name:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn device(platform: &str) -> DeviceState {
        let id = "0123456789abcdef01234567".parse().unwrap();
        DeviceState::new(Platform::by_name(platform).unwrap(), id).unwrap()
    }

    #[test]
    fn every_board_with_dfu_can_stand_on_the_bench() {
        for platform in crate::platform::PLATFORMS {
            let id = "0123456789abcdef01234567".parse().unwrap();
            assert_eq!(DeviceState::new(platform, id).is_ok(), platform.flash.is_some(), "{}", platform.name);
        }
    }

    #[test]
    fn state_survives_storage() {
        let mut before = device("electron");
        before.write_private_key(&[0x30, 1, 2]);
        before.mode = Mode::SafeMode;
        let stored = serde_json::to_string(&before).unwrap();
        let after: DeviceState = serde_json::from_str(&stored).unwrap();
        assert_eq!(
            (after.mode, after.platform.name, after.os_version),
            (Mode::SafeMode, "electron", OsVersion(3, 3, 1))
        );
        assert_eq!(after.private_key_slot()[..4], [0x30, 1, 2, 0xFF]);
        assert_eq!(after.read(1, dct::DEVICE_ID, 2), [0x01, 0x23]);
    }

    #[test]
    fn the_transport_flag_of_an_electron_is_obeyed() {
        let mut electron = device("electron");
        assert_eq!(electron.protocol(), Protocol::Udp);
        electron.write(1, crate::platform::TRANSPORT_FLAG, &[0]);
        assert_eq!(electron.protocol(), Protocol::Tcp);
        electron.write_private_key(&[0x30]);
        assert_eq!(electron.read(1, 34, 1), [0x30]);
    }
}
