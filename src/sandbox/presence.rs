//! Whether a device is online, and if not, why.
//!
//! A device connects only if its firmware runs, if the key in its flash is the one the cloud knows, and if the server
//! that it has in its flash is this cloud. The sandbox's cloud is who Particle's cloud is: it has the same public keys
//! and the same host names, so what is right for a real device is right here. It also has a key of its own.

use super::{
    bench::{DeviceView, Mode},
    cloud::RegisteredKey,
};
use crate::{
    keys::{
        PublicKey, ReaderError, device_reader,
        server::{ServerAddress, is_particle_host, particle_key},
        slot,
    },
    platform::{Protocol, ServerSlot},
};

/// Whether a device is online.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is connected.
    Online,
    /// It is not.
    Offline(Reason),
}

/// Why a device is offline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The cloud knows it, but it is not here.
    #[error("the device is not on the bench")]
    Absent,
    /// No power.
    #[error("the device is unplugged")]
    Unplugged,
    /// It has power, but its firmware is not up yet.
    #[error("the device is starting")]
    Starting,
    /// The bootloader does not connect.
    #[error("the device is in DFU mode")]
    Dfu,
    /// A device that is being set up does not connect.
    #[error("the device is in listening mode")]
    Listening,
    /// No Wi-Fi network lets it in.
    #[error("the device knows no Wi-Fi network in range")]
    NoWifi,
    /// The application does as it pleases.
    #[error("the application on the device does not connect to the cloud")]
    Application,
    /// There is nothing the device could prove itself with.
    #[error("the device cannot read its own private key: {0}")]
    PrivateKey(#[from] ReaderError),
    /// The cloud cannot check the device's proof.
    #[error("the cloud holds no public key for this device")]
    NoPublicKey,
    /// The proof fails.
    #[error("the cloud holds another public key for this device")]
    OtherPublicKey,
    /// The device refuses this cloud.
    #[error("the device holds another server's public key")]
    OtherServerKey,
    /// The device looks for its cloud elsewhere.
    #[error("the device's server address {host}:{port} leads elsewhere")]
    OtherServer {
        /// Host, with the device's id in place of `$id`.
        host: String,
        /// Port.
        port: u16,
    },
    /// The device cannot read where its cloud is.
    #[error("the device's server address is damaged")]
    ServerAddress,
}

impl Presence {
    /// Whether it is connected.
    pub fn is_online(&self) -> bool {
        *self == Self::Online
    }

    /// The presence of a device for which the cloud holds `registered`. The cloud has Particle's key and `own`.
    pub fn of(device: &DeviceView, registered: Option<&RegisteredKey>, own: Option<&PublicKey>) -> Self {
        match connect(device, registered, own) {
            Ok(()) => Self::Online,
            Err(reason) => Self::Offline(reason),
        }
    }
}

/// Goes the way a device's firmware goes from power to connection.
fn connect(
    device: &DeviceView,
    registered: Option<&RegisteredKey>,
    own: Option<&PublicKey>,
) -> Result<(), Reason> {
    match device.mode {
        _ if !device.plugged => return Err(Reason::Unplugged),
        Mode::Dfu => return Err(Reason::Dfu),
        Mode::Listening => return Err(Reason::Listening),
        _ if !device.started => return Err(Reason::Starting),
        _ if !device.connects => return Err(Reason::Application),
        _ if !device.networked => return Err(Reason::NoWifi),
        Mode::Normal | Mode::SafeMode => {}
    }
    check_server(device, own)?;
    let own = device_reader::read(device.protocol, &device.private_key_slot)?;
    let registered = registered.ok_or(Reason::NoPublicKey)?;
    match PublicKey::from_pem_or_der(registered.pem.as_bytes()) {
        Ok(key) if key == own => Ok(()),
        _ => Err(Reason::OtherPublicKey),
    }
}

/// Whether the device's server slot leads to this cloud. What is blank there, firmware fills in with its own defaults.
fn check_server(device: &DeviceView, own: Option<&PublicKey>) -> Result<(), Reason> {
    let slots = device.platform.keys.and_then(|keys| keys.slots(device.protocol));
    let slot = &slots.ok_or(Reason::ServerAddress)?.server;
    let key = device.server_slot.get(..slot.address_block).ok_or(Reason::ServerAddress)?;
    if key.iter().any(|&byte| byte != slot::ERASED) && !is_ours(device.protocol, key, own) {
        return Err(Reason::OtherServerKey);
    }
    check_address(device, slot)
}

fn is_ours(protocol: Protocol, key: &[u8], own: Option<&PublicKey>) -> bool {
    let Ok(held) = PublicKey::from_pem_or_der(key) else { return false };
    particle_key(protocol).is_ok_and(|particles| held == particles) || own == Some(&held)
}

fn check_address(device: &DeviceView, slot: &ServerSlot) -> Result<(), Reason> {
    let block = device.server_slot.get(slot.address_block..).and_then(|rest| rest.first_chunk());
    let address =
        ServerAddress::from_block(block.ok_or(Reason::ServerAddress)?).map_err(|_| Reason::ServerAddress)?;
    let host = address.effective_host(device.protocol).replace("$id", device.id.as_str());
    // For UDP firmware uses its own port whatever is stored (Device OS `system_cloud_connection.cpp`).
    let port = match device.protocol {
        Protocol::Tcp => address.effective_port(device.protocol),
        Protocol::Udp => device.protocol.default_port(),
    };
    if is_particle_host(&host, &device.id) && port == device.protocol.default_port() {
        Ok(())
    } else {
        Err(Reason::OtherServer { host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        keys::{
            PrivateKey,
            server::{Host, ServerSlotImage, default_image},
        },
        platform::{DeviceId, KeyAlgorithm, Platform},
        sandbox::bench::DeviceState,
    };
    use rand::rngs::OsRng;

    /// A device in order, and what the cloud has to hold for it.
    fn device(platform: &str) -> (DeviceState, RegisteredKey) {
        let platform = Platform::by_name(platform).unwrap();
        let id: DeviceId = "0123456789abcdef01234567".parse().unwrap();
        let mut device = DeviceState::new(platform, id).unwrap();
        let slots = platform.keys.unwrap().slots(device.protocol()).unwrap();
        let key = PrivateKey::generate(slots.protocol.algorithm(), &mut OsRng).unwrap();
        device.write_private_key(key.device_der());
        device.write_server_slot(slots.protocol, &default_image(slots.protocol, &slots.server).unwrap());
        (device, RegisteredKey { algorithm: key.algorithm(), pem: key.public_key().to_pem() })
    }

    fn presence(device: &DeviceState, key: Option<&RegisteredKey>) -> Presence {
        Presence::of(&DeviceView::new(device, String::new()), key, None)
    }

    #[test]
    fn a_device_in_order_is_online() {
        for platform in ["core", "photon", "electron", "boron"] {
            let (device, key) = device(platform);
            assert_eq!(presence(&device, Some(&key)), Presence::Online, "{platform}");
            assert_eq!(presence(&device, None), Presence::Offline(Reason::NoPublicKey));
        }
    }

    #[test]
    fn the_first_thing_that_is_wrong_is_the_reason() {
        let (mut boron, key) = device("boron");
        let (_, other) = device("boron");
        assert_eq!(presence(&boron, Some(&other)), Presence::Offline(Reason::OtherPublicKey));
        boron.write_private_key(&[0xFF; 192]);
        assert_eq!(presence(&boron, Some(&key)), Presence::Offline(Reason::PrivateKey(ReaderError::Empty)));
        boron.mode = Mode::Listening;
        assert_eq!(presence(&boron, Some(&key)), Presence::Offline(Reason::Listening));
        boron.mode = Mode::Dfu;
        assert_eq!(presence(&boron, Some(&key)), Presence::Offline(Reason::Dfu));
        boron.plugged = false;
        assert_eq!(presence(&boron, Some(&key)), Presence::Offline(Reason::Unplugged));
    }

    #[test]
    fn a_device_that_is_still_starting_is_offline() {
        let (boron, key) = device("boron");
        let mut view = DeviceView::new(&boron, String::new());
        view.started = false;
        assert_eq!(Presence::of(&view, Some(&key), None), Presence::Offline(Reason::Starting));
    }

    #[test]
    fn a_device_with_another_server_looks_elsewhere() {
        let (mut photon, key) = device("photon");
        let slot = &photon.platform.keys.unwrap().slots(Protocol::Tcp).unwrap().server;
        let address = ServerAddress::new("192.168.1.10".parse::<Host>().unwrap(), Some(9000)).unwrap();
        let image =
            ServerSlotImage::new(Protocol::Tcp, particle_key(Protocol::Tcp).unwrap(), address).unwrap();
        photon.write_server_slot(Protocol::Tcp, &image.build(slot).unwrap());
        let reason = Reason::OtherServer { host: "192.168.1.10".into(), port: 9000 };
        assert_eq!(presence(&photon, Some(&key)), Presence::Offline(reason));
        photon.write_server_slot(Protocol::Tcp, &[0x30; 512]);
        assert_eq!(presence(&photon, Some(&key)), Presence::Offline(Reason::OtherServerKey));
    }

    #[test]
    fn a_device_with_wifi_alone_needs_a_network() {
        let (mut photon, key) = device("photon");
        photon.wifi.leave();
        assert_eq!(presence(&photon, Some(&key)), Presence::Offline(Reason::NoWifi));
        for platform in ["msom", "boron", "xenon"] {
            let (mut other, key) = device(platform);
            other.wifi.leave();
            assert_eq!(presence(&other, Some(&key)), Presence::Online, "{platform}");
        }
    }

    #[test]
    fn the_clouds_own_key_is_as_good_as_particles() {
        let (mut boron, key) = device("boron");
        let own = PrivateKey::generate(KeyAlgorithm::Ec, &mut OsRng).unwrap().public_key().clone();
        let slot = &boron.platform.keys.unwrap().slots(Protocol::Udp).unwrap().server;
        let image = ServerSlotImage::new(Protocol::Udp, own.clone(), ServerAddress::default()).unwrap();
        boron.write_server_slot(Protocol::Udp, &image.build(slot).unwrap());
        assert_eq!(presence(&boron, Some(&key)), Presence::Offline(Reason::OtherServerKey));
        let view = DeviceView::new(&boron, String::new());
        assert_eq!(Presence::of(&view, Some(&key), Some(&own)), Presence::Online);
    }

    #[test]
    fn a_blank_server_slot_stands_for_the_defaults() {
        let (mut photon, key) = device("photon");
        photon.write_server_slot(Protocol::Tcp, &[0xFF; 512]);
        assert_eq!(presence(&photon, Some(&key)), Presence::Online);
    }
}
