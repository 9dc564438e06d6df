//! What is wrong with a device, and what to do about it.

use super::diagnosis::{Diagnosis, FailedModule, Mode, ServerKey};
use crate::{
    commands::usb::cloud_status::Status,
    keys::server::is_particle_host,
    platform::{DeviceId, Protocol},
};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use std::fmt;

/// Something that keeps a device from working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Device Protection keeps everybody out.
    Protected,
    /// It was left in DFU mode.
    InDfu,
    /// It was left in listening mode.
    Listening,
    /// A module would not be run.
    Module(FailedModule),
    /// A part of the system is not there.
    MissingModule(String),
    /// It knows no Wi-Fi network.
    NoWifi,
    /// It has no key that its firmware can use.
    PrivateKey(String),
    /// It would not believe Particle's cloud.
    ServerKey(ServerKey),
    /// It looks for its cloud elsewhere.
    ServerAddress {
        /// Where, if that can be read.
        host: Option<String>,
    },
    /// Somebody else's, or nobody's.
    NotYours,
    /// All that can be seen is in order, and yet it does not connect.
    Offline,
}

impl Finding {
    /// Everything that is wrong by a diagnosis, what has to be mended first at the head.
    pub(super) fn of(diagnosis: &Diagnosis) -> Vec<Self> {
        let mut findings = Vec::new();
        match diagnosis.mode {
            Mode::Protected => return vec![Self::Protected],
            Mode::Dfu => findings.push(Self::InDfu),
            Mode::Listening => findings.push(Self::Listening),
            Mode::Running => {}
        }
        if let Some(firmware) = &diagnosis.firmware {
            findings.extend(firmware.failed_modules.iter().flatten().cloned().map(Self::Module));
            findings.extend(firmware.missing_modules.iter().cloned().map(Self::MissingModule));
            let has_other_ways = diagnosis.platform.radio.cellular;
            if firmware.known_networks == Some(0) && !has_other_ways {
                findings.push(Self::NoWifi);
            }
        }
        if let Some(keys) = &diagnosis.keys {
            findings.extend(keys.private_key_problem.clone().map(Self::PrivateKey));
            if matches!(keys.server_key, ServerKey::Other | ServerKey::Damaged) {
                findings.push(Self::ServerKey(keys.server_key));
            }
            if !leads_to_particle(keys.protocol, keys.host.as_deref(), keys.port, &diagnosis.device) {
                findings.push(Self::ServerAddress { host: keys.host.clone() });
            }
        }
        match &diagnosis.cloud {
            Some(record) if !record.yours => findings.push(Self::NotYours),
            Some(record) if !record.online && findings.is_empty() => findings.push(Self::Offline),
            _ => {}
        }
        let connected = diagnosis.firmware.as_ref().and_then(|firmware| firmware.connection);
        if connected == Some(Status::Connected) {
            // It is talking to its cloud, so its keys and its server are what they should be.
            findings.retain(|finding| !matches!(finding, Self::Offline | Self::NoWifi));
        }
        findings
    }

    /// What to type.
    pub(super) fn advice(&self, device: &DeviceId) -> String {
        match self {
            Self::Protected => "it takes its owner to lift Device Protection".to_owned(),
            Self::InDfu => format!("`particle usb reset {device}` starts its firmware"),
            Self::Listening => {
                "`particle serial wifi` gives it a network; `particle usb stop-listening` ends the mode"
                    .to_owned()
            }
            Self::Module(_) | Self::MissingModule(_) => {
                format!("`particle update {device}` brings a Device OS whose modules fit together")
            }
            Self::NoWifi => "`particle serial wifi` gives it a network".to_owned(),
            Self::PrivateKey(_) | Self::Offline => {
                format!("`particle keys doctor {device}` makes it a key and tells the cloud")
            }
            Self::ServerKey(_) | Self::ServerAddress { .. } => {
                format!("`particle keys server --device {device}` brings back Particle's, if that is wanted")
            }
            Self::NotYours => format!("`particle device add {device}` makes it yours, once it is online"),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::InDfu => "inDfu",
            Self::Listening => "listening",
            Self::Module(_) => "module",
            Self::MissingModule(_) => "missingModule",
            Self::NoWifi => "noWifi",
            Self::PrivateKey(_) => "privateKey",
            Self::ServerKey(_) => "serverKey",
            Self::ServerAddress { .. } => "serverAddress",
            Self::NotYours => "notYours",
            Self::Offline => "offline",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protected => f.write_str("the device is protected and tells nothing of itself"),
            Self::InDfu => f.write_str("the device is in DFU mode, so its firmware does not run"),
            Self::Listening => f.write_str("the device is in listening mode, so it does not connect"),
            Self::Module(FailedModule { name, version, checks }) => {
                write!(f, "{name}, version {version}, fails a check: {}", checks.join(", "))
            }
            Self::MissingModule(name) => write!(f, "{name} is not there"),
            Self::NoWifi => f.write_str("the device knows no Wi-Fi network"),
            Self::PrivateKey(problem) => write!(f, "the device has no key it can use: {problem}"),
            Self::ServerKey(ServerKey::Damaged) => f.write_str("the server's key on the device is damaged"),
            Self::ServerKey(_) => f.write_str("the device has another server's key"),
            Self::ServerAddress { host: Some(host) } => {
                write!(f, "the device looks for its cloud at {host}, which is not Particle's")
            }
            Self::ServerAddress { host: None } => {
                f.write_str("the address of the server on the device is damaged")
            }
            Self::NotYours => f.write_str("the device is not among your devices"),
            Self::Offline => f.write_str(
                "the device is offline, with nothing wrong on it; if it blinks cyan, the cloud holds another key for it",
            ),
        }
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut finding = serializer.serialize_struct("Finding", 2)?;
        finding.serialize_field("code", self.code())?;
        finding.serialize_field("message", &self.to_string())?;
        finding.end()
    }
}

/// Whether this is an address of Particle's cloud. Over UDP firmware has a port of its own.
fn leads_to_particle(protocol: Protocol, host: Option<&str>, port: Option<u16>, device: &DeviceId) -> bool {
    let (Some(host), Some(port)) = (host, port) else { return false };
    is_particle_host(host, device) && (protocol == Protocol::Udp || port == protocol.default_port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        commands::device::doctor::diagnosis::{CloudRecord, Firmware, Keys},
        platform::Platform,
    };

    fn healthy(platform: &str) -> Diagnosis {
        Diagnosis {
            device: "0123456789abcdef01234567".parse().unwrap(),
            platform: Platform::by_name(platform).unwrap(),
            mode: Mode::Running,
            firmware: Some(Firmware {
                version: Some("3.3.1".to_owned()),
                connection: Some(Status::Connected),
                known_networks: Some(1),
                failed_modules: Some(Vec::new()),
                missing_modules: Vec::new(),
            }),
            keys: Some(Keys {
                protocol: Protocol::Udp,
                private_key_problem: None,
                server_key: ServerKey::Unset,
                host: Some("$id.udp.particle.io".to_owned()),
                port: Some(5684),
            }),
            cloud: Some(CloudRecord { yours: true, name: None, online: true }),
            findings: Vec::new(),
        }
    }

    fn codes(diagnosis: &Diagnosis) -> Vec<&'static str> {
        Finding::of(diagnosis).iter().map(Finding::code).collect()
    }

    #[test]
    fn nothing_is_found_where_nothing_is_wrong() {
        assert!(codes(&healthy("argon")).is_empty());
    }

    #[test]
    fn everything_that_is_wrong_is_found() {
        let mut argon = healthy("argon");
        argon.mode = Mode::Listening;
        let firmware = argon.firmware.as_mut().unwrap();
        firmware.connection = Some(Status::Disconnected);
        firmware.known_networks = Some(0);
        let checks = vec!["dependencies"];
        firmware.failed_modules =
            Some(vec![FailedModule { name: "application module 2".to_owned(), version: 6, checks }]);
        let keys = argon.keys.as_mut().unwrap();
        keys.private_key_problem = Some("there is no key".to_owned());
        keys.server_key = ServerKey::Other;
        keys.host = Some("192.168.1.10".to_owned());
        argon.cloud.as_mut().unwrap().yours = false;
        let expected =
            ["listening", "module", "noWifi", "privateKey", "serverKey", "serverAddress", "notYours"];
        assert_eq!(codes(&argon), expected);
    }

    #[test]
    fn a_device_that_is_in_order_and_offline_may_have_another_key() {
        let mut boron = healthy("boron");
        boron.cloud.as_mut().unwrap().online = false;
        boron.firmware.as_mut().unwrap().connection = Some(Status::Connecting);
        assert_eq!(codes(&boron), ["offline"]);
        boron.firmware.as_mut().unwrap().connection = Some(Status::Connected);
        assert!(codes(&boron).is_empty());
    }

    #[test]
    fn ports_count_over_tcp_alone() {
        let mut photon = healthy("photon");
        let keys = photon.keys.as_mut().unwrap();
        (keys.protocol, keys.host, keys.port) = (Protocol::Tcp, Some("device.spark.io".into()), Some(9000));
        assert_eq!(codes(&photon), ["serverAddress"]);
        let mut boron = healthy("boron");
        boron.keys.as_mut().unwrap().port = Some(9000);
        assert!(codes(&boron).is_empty());
    }

    #[test]
    fn a_modem_needs_no_wifi() {
        let mut msom = healthy("msom");
        let firmware = msom.firmware.as_mut().unwrap();
        (firmware.known_networks, firmware.connection) = (Some(0), Some(Status::Connecting));
        assert!(codes(&msom).is_empty());
    }
}
