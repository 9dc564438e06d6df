//! What there is to know about a device that does not do what it should.

use super::finding::Finding;
use crate::{
    commands::usb::cloud_status::Status,
    firmware::{InstalledModule, Inventory},
    keys::{
        PublicKey, device_reader,
        server::{ServerSlotImage, particle_key},
        slot::ERASED,
    },
    platform::{DeviceId, Platform, Protocol, ServerSlot},
    ui::{Page, Report},
    usb::control::messages::DeviceMode,
};
use serde::{Serialize, Serializer};

/// Everything that was found out about a device.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Diagnosis {
    /// Which device.
    pub device: DeviceId,
    /// What kind of device.
    #[serde(serialize_with = "name_of")]
    pub platform: &'static Platform,
    /// What it was doing when it was found.
    pub mode: Mode,
    /// What its firmware says, or in DFU mode its flash; `None` where the firmware does not answer.
    pub firmware: Option<Firmware>,
    /// What is in its flash; `None` where it could not be brought into DFU mode.
    pub keys: Option<Keys>,
    /// What the cloud says; `None` where nobody is logged in or the cloud does not answer.
    pub cloud: Option<CloudRecord>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// What a device is doing. Safe mode shows as normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Mode {
    /// Running its firmware.
    Running,
    /// Waiting to be set up.
    Listening,
    /// The bootloader offers DFU.
    Dfu,
    /// It keeps what it does to itself: Device Protection is on.
    Protected,
}

/// What a running firmware says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Firmware {
    /// Version of Device OS.
    pub version: Option<String>,
    /// How it stands with the cloud.
    pub connection: Option<Status>,
    /// How many Wi-Fi networks it knows, where it has Wi-Fi and tells.
    pub known_networks: Option<usize>,
    /// The modules with a check that failed; `None` where it does not tell of its modules.
    pub failed_modules: Option<Vec<FailedModule>>,
    /// Names of the parts of the system that are not there; looked for in DFU mode alone.
    pub missing_modules: Vec<String>,
}

/// A module that the device itself would not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FailedModule {
    /// What to call it.
    pub name: String,
    /// Its version.
    pub version: u16,
    /// Names of the checks that failed.
    pub checks: Vec<&'static str>,
}

impl FailedModule {
    /// The modules of a device with a check that failed.
    pub(super) fn among(inventory: &Inventory) -> Vec<Self> {
        inventory.failures().map(Self::from).collect()
    }
}

impl From<&InstalledModule> for FailedModule {
    fn from(module: &InstalledModule) -> Self {
        let failed = crate::firmware::CheckResult::Failed;
        let checks = module.checks.named().into_iter().filter(|(_, result)| *result == failed);
        Self {
            name: module.function.describe(module.index),
            version: module.version,
            checks: checks.map(|(name, _)| name).collect(),
        }
    }
}

/// What is in a device's key slots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keys {
    /// How the device talks to the cloud.
    pub protocol: Protocol,
    /// Why its firmware gets no usable key out of the slot; `None` where it does.
    pub private_key_problem: Option<String>,
    /// Whose public key is in the server slot.
    pub server_key: ServerKey,
    /// Host of the server; `None` where the address is damaged.
    pub host: Option<String>,
    /// Port of the server.
    pub port: Option<u16>,
}

/// Whose public key a device takes for the cloud's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ServerKey {
    /// Particle's.
    Particle,
    /// Nobody's: firmware takes Particle's.
    Unset,
    /// Somebody else's.
    Other,
    /// There is something, but no key.
    Damaged,
}

impl Keys {
    /// Reads the two slots as firmware does.
    pub(super) fn read(protocol: Protocol, slot: &ServerSlot, private_key: &[u8], server: &[u8]) -> Self {
        let address = ServerSlotImage::address(slot, server).ok();
        Self {
            protocol,
            private_key_problem: device_reader::read(protocol, private_key)
                .err()
                .map(|error| error.to_string()),
            server_key: ServerKey::read(protocol, server.get(..slot.address_block).unwrap_or(server)),
            host: address.as_ref().map(|address| address.effective_host(protocol)),
            port: address.map(|address| address.effective_port(protocol)),
        }
    }
}

impl ServerKey {
    fn read(protocol: Protocol, bytes: &[u8]) -> Self {
        if bytes.iter().all(|byte| *byte == ERASED) {
            return Self::Unset;
        }
        match (PublicKey::from_pem_or_der(bytes), particle_key(protocol)) {
            (Ok(held), Ok(particles)) if held == particles => Self::Particle,
            (Ok(_), _) => Self::Other,
            (Err(_), _) => Self::Damaged,
        }
    }
}

/// What the cloud says of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CloudRecord {
    /// Whether it is the person's own.
    pub yours: bool,
    /// The name its owner gave it.
    pub name: Option<String>,
    /// Whether it is connected.
    pub online: bool,
}

impl From<DeviceMode> for Mode {
    fn from(mode: DeviceMode) -> Self {
        match mode {
            DeviceMode::Normal => Self::Running,
            DeviceMode::Listening => Self::Listening,
        }
    }
}

impl Mode {
    fn words(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Listening => "in listening mode (blinking dark blue)",
            Self::Dfu => "in DFU mode (blinking yellow)",
            Self::Protected => "under Device Protection",
        }
    }
}

impl Report for Diagnosis {
    fn render(&self, page: &mut Page) {
        page.line(format!("Device {} ({})", self.device, self.platform.display_name));
        page.line(format!("  Mode: {}", self.mode.words()));
        if let Some(firmware) = &self.firmware {
            firmware.render(page);
        }
        if let Some(keys) = &self.keys {
            keys.render(page);
        }
        match &self.cloud {
            Some(record) => record.render(page),
            None => page.line("  Cloud: not asked"),
        }
        page.line("");
        if self.findings.is_empty() {
            page.line("Nothing is wrong that can be seen from here.");
            return;
        }
        page.line("What is wrong:");
        for finding in &self.findings {
            let text = finding.to_string();
            page.line(format!("  - {}", page.foreign(&text)));
            page.line(format!("    {}", finding.advice(&self.device)));
        }
    }
}

impl Firmware {
    fn render(&self, page: &mut Page) {
        let version = self.version.as_deref().unwrap_or("unknown");
        page.line(format!("  Device OS: {}", page.foreign(version)));
        match self.failed_modules.as_deref() {
            Some([]) if self.missing_modules.is_empty() => page.line("  Modules: all in order"),
            Some([]) => page.line(format!("  Modules: {} missing", self.missing_modules.len())),
            Some(failed) => page.line(format!("  Modules: {} with a failed check", failed.len())),
            None => page.line("  Modules: unknown"),
        }
        if let Some(count) = self.known_networks {
            page.line(format!("  Wi-Fi networks known: {count}"));
        }
        if let Some(connection) = self.connection {
            page.line(format!("  Connection: {}", connection.word()));
        }
    }
}

impl Keys {
    fn render(&self, page: &mut Page) {
        let problem = self.private_key_problem.as_deref().unwrap_or("in order");
        page.line(format!("  Device key: {problem}"));
        page.line(format!(
            "  Server key: {}",
            match self.server_key {
                ServerKey::Particle => "Particle's",
                ServerKey::Unset => "not set, which means Particle's",
                ServerKey::Other => "another server's",
                ServerKey::Damaged => "damaged",
            }
        ));
        match (&self.host, self.port) {
            (Some(host), Some(port)) => {
                page.line(format!("  Server address: {}://{}:{port}", self.protocol, page.foreign(host)));
            }
            _ => page.line("  Server address: damaged"),
        }
    }
}

impl CloudRecord {
    fn render(&self, page: &mut Page) {
        let name = self.name.as_deref().map(|name| format!("{}, ", page.foreign(name))).unwrap_or_default();
        page.line(match (self.yours, self.online) {
            (true, true) => format!("  Cloud: {name}yours and online"),
            (true, false) => format!("  Cloud: {name}yours and offline"),
            (false, _) => "  Cloud: not among your devices".to_owned(),
        });
    }
}

fn name_of<S: Serializer>(platform: &'static Platform, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(platform.name)
}
