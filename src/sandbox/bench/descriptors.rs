//! What a virtual device says of itself: device, configuration and string descriptors in both modes.
//!
//! Identity, strings, alternate settings and the DFU functional descriptor are those of real boards (Device OS
//! `usbd_dfu_core.c`, `usbd_dfu.h`, `usbd_device.h`); bcdDevice, endpoint numbers and sizes are our own choice and
//! stand in `docs/sandbox.md`.

use super::{
    bootloader::{ERROR_STRING, PROTECTED_TEXT},
    os_version::OsVersion,
    state::{DeviceState, Mode, Protection},
};
use crate::{
    dfu::protocol::FUNCTIONAL_DESCRIPTOR,
    platform::{ControlRequests, FlashLayout, Generation, UsbId},
    usb::descriptor::Configuration,
};

/// bcdDevice of every virtual device.
pub(super) const DEVICE_RELEASE: u16 = 0x0250;
/// wMaxPacketSize of endpoint 0 and of the bulk endpoints.
pub(super) const PACKET: u16 = 64;
/// The interrupt endpoint of the serial port.
pub(super) const SERIAL_NOTIFICATIONS: u8 = 0x81;
/// The bulk endpoint from the host to the serial port.
pub(super) const SERIAL_OUT: u8 = 0x02;
/// The bulk endpoint from the serial port to the host.
pub(super) const SERIAL_IN: u8 = 0x82;

/// Descriptor types (USB 2.0, table 9-5).
mod kind {
    pub(super) const DEVICE: u8 = 1;
    pub(super) const CONFIGURATION: u8 = 2;
    pub(super) const STRING: u8 = 3;
    pub(super) const INTERFACE: u8 = 4;
    pub(super) const ENDPOINT: u8 = 5;
    pub(super) const INTERFACE_ASSOCIATION: u8 = 11;
    pub(super) const CLASS_INTERFACE: u8 = 0x24;
}

mod string_index {
    pub(super) const LANGUAGES: u8 = 0;
    pub(super) const MANUFACTURER: u8 = 1;
    pub(super) const PRODUCT: u8 = 2;
    pub(super) const SERIAL_NUMBER: u8 = 3;
    pub(super) const CONFIGURATION: u8 = 4;
    /// Names of the alternate settings begin here.
    pub(super) const INTERFACE: u8 = 6;
    /// What the bootloader says of Device Protection.
    pub(super) const DEVICE_STATE: u8 = 0xFA;
}

const US_ENGLISH: u16 = 0x0409;
/// Bootloaders answer string 0xFA from this version on.
const DEVICE_STATE_STRING: OsVersion = OsVersion(6, 1, 2);

/// idVendor and idProduct in the mode the device is in.
pub(super) fn usb_id(state: &DeviceState) -> UsbId {
    let ids = state.platform.usb;
    let id = ids.and_then(|ids| if state.mode == Mode::Dfu { ids.dfu } else { Some(ids.normal) });
    id.unwrap_or(UsbId { vendor: 0, product: 0 })
}

/// bDeviceClass, bDeviceSubClass, bDeviceProtocol: composite in normal mode, told by the interface in DFU mode.
pub(super) fn device_class(state: &DeviceState) -> [u8; 3] {
    if state.mode == Mode::Dfu { [0, 0, 0] } else { [0xEF, 2, 1] }
}

/// bNumInterfaces.
pub(super) fn interface_count(state: &DeviceState) -> u8 {
    match (state.mode, state.platform.control_requests) {
        (Mode::Dfu, _) => 1,
        (_, ControlRequests::No) => 2,
        (_, ControlRequests::Since(..)) => 3,
    }
}

/// Class, subclass and protocol of each interface.
pub(super) fn interface_classes(state: &DeviceState) -> Vec<[u8; 3]> {
    let interfaces = Configuration::parse(&configuration(state)).unwrap_or_default().interfaces;
    let in_default_setting = interfaces.iter().filter(|interface| interface.alternate == 0);
    in_default_setting.map(|interface| [interface.class, interface.subclass, interface.protocol]).collect()
}

/// The descriptor that GET_DESCRIPTOR asks for; `None` where a real device stalls.
pub(super) fn descriptor(state: &DeviceState, kind: u8, index: u8) -> Option<Vec<u8>> {
    match kind {
        kind::DEVICE => Some(device(state)),
        kind::CONFIGURATION if index == 0 => Some(configuration(state)),
        kind::STRING => string(state, index),
        FUNCTIONAL_DESCRIPTOR if state.mode == Mode::Dfu => state.platform.flash.map(functional),
        _ => None,
    }
}

fn device(state: &DeviceState) -> Vec<u8> {
    let id = usb_id(state);
    let mut bytes = vec![18, kind::DEVICE, 0x00, 0x02];
    bytes.extend(device_class(state));
    bytes.push(PACKET as u8);
    for word in [id.vendor, id.product, DEVICE_RELEASE] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([string_index::MANUFACTURER, string_index::PRODUCT, string_index::SERIAL_NUMBER, 1]);
    bytes
}

fn configuration(state: &DeviceState) -> Vec<u8> {
    let body = if state.mode == Mode::Dfu { dfu_interfaces(state) } else { system_interfaces(state) };
    let mut bytes = vec![9, kind::CONFIGURATION];
    bytes.extend((9 + body.len() as u16).to_le_bytes());
    // Self-powered, 100 mA.
    bytes.extend([interface_count(state), 1, string_index::CONFIGURATION, 0xC0, 50]);
    bytes.extend(body);
    bytes
}

fn dfu_interfaces(state: &DeviceState) -> Vec<u8> {
    let Some(flash) = state.platform.flash else { return Vec::new() };
    let mut bytes = Vec::new();
    for setting in flash.alternate_settings {
        let name = string_index::INTERFACE + setting.number;
        bytes.extend([9, kind::INTERFACE, 0, setting.number, 0, 0xFE, 1, 2, name]);
    }
    bytes.extend(functional(flash));
    bytes
}

/// Can download and upload, will detach; DFU 1.1a.
fn functional(flash: &FlashLayout) -> Vec<u8> {
    let [low, high] = flash.transfer_size.to_le_bytes();
    vec![9, FUNCTIONAL_DESCRIPTOR, 0x0B, 0xFF, 0x00, low, high, 0x1A, 0x01]
}

/// A CDC-ACM serial port in interfaces 0 and 1 and, where there are control requests, the vendor's interface 2.
fn system_interfaces(state: &DeviceState) -> Vec<u8> {
    let mut bytes = vec![8, kind::INTERFACE_ASSOCIATION, 0, 2, 2, 2, 1, 0];
    bytes.extend([9, kind::INTERFACE, 0, 0, 1, 2, 2, 1, 0]);
    // Header (CDC 1.10), no call management, line coding and line state, union of 0 and 1.
    bytes.extend([5, kind::CLASS_INTERFACE, 0x00, 0x10, 0x01]);
    bytes.extend([5, kind::CLASS_INTERFACE, 0x01, 0x00, 0x01]);
    bytes.extend([4, kind::CLASS_INTERFACE, 0x02, 0x02]);
    bytes.extend([5, kind::CLASS_INTERFACE, 0x06, 0x00, 0x01]);
    bytes.extend(endpoint(SERIAL_NOTIFICATIONS, 3, 16, 16));
    bytes.extend([9, kind::INTERFACE, 1, 0, 2, 0x0A, 0, 0, 0]);
    bytes.extend(endpoint(SERIAL_OUT, 2, PACKET, 0));
    bytes.extend(endpoint(SERIAL_IN, 2, PACKET, 0));
    if interface_count(state) == 3 {
        bytes.extend([9, kind::INTERFACE, 2, 0, 0, 0xFF, 0xFF, 0xFF, 0]);
    }
    bytes
}

fn endpoint(address: u8, transfer_type: u8, packet: u16, interval: u8) -> [u8; 7] {
    let [low, high] = packet.to_le_bytes();
    [7, kind::ENDPOINT, address, transfer_type, low, high, interval]
}

fn string(state: &DeviceState, index: u8) -> Option<Vec<u8>> {
    if index == string_index::LANGUAGES {
        let [low, high] = US_ENGLISH.to_le_bytes();
        return Some(vec![4, kind::STRING, low, high]);
    }
    let text = text(state, index)?;
    let units: Vec<u8> = text.encode_utf16().take(126).flat_map(u16::to_le_bytes).collect();
    let mut bytes = vec![2 + units.len() as u8, kind::STRING];
    bytes.extend(units);
    Some(bytes)
}

fn text(state: &DeviceState, index: u8) -> Option<String> {
    let in_dfu = state.mode == Mode::Dfu;
    match index {
        string_index::MANUFACTURER => Some("Particle".to_owned()),
        string_index::PRODUCT => {
            let suffix = if in_dfu { " DFU Mode" } else { "" };
            Some(format!("{}{suffix}", state.platform.display_name))
        }
        string_index::SERIAL_NUMBER => Some(match state.platform.generation {
            // Their firmware spells the id in capitals.
            Generation::One | Generation::Two | Generation::None => state.id.as_str().to_ascii_uppercase(),
            Generation::Three | Generation::Four => state.id.to_string(),
        }),
        string_index::CONFIGURATION => Some("Default".to_owned()),
        ERROR_STRING if in_dfu && state.is_protected() => Some(PROTECTED_TEXT.to_owned()),
        string_index::DEVICE_STATE => device_state(state),
        _ if in_dfu => alternate_setting_name(state, index.checked_sub(string_index::INTERFACE)?),
        _ => None,
    }
}

/// The memory map; that of a protected device only lets sectors be erased.
fn alternate_setting_name(state: &DeviceState, number: u8) -> Option<String> {
    let map = state.platform.flash?.alternate_setting(number)?.memory_map;
    if !state.is_protected() {
        return Some(map.to_owned());
    }
    let (head, sectors) = map.rsplit_once('/')?;
    let sectors: Vec<_> =
        sectors.split(',').map(|sectors| format!("{}b", &sectors[..sectors.len() - 1])).collect();
    Some(format!("{head}/{}", sectors.join(",")))
}

fn device_state(state: &DeviceState) -> Option<String> {
    let security_mode = match state.protection {
        Protection::Open => "o",
        Protection::Protected => "p",
        Protection::ServiceMode => "s",
    };
    let knows = state.mode == Mode::Dfu
        && state.platform.generation >= Generation::Three
        && state.bootloader() >= DEVICE_STATE_STRING;
    knows.then(|| format!("sm={security_mode}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{platform::Platform, usb::descriptor as parse};

    fn state(platform: &str, mode: Mode) -> DeviceState {
        let platform = Platform::by_name(platform).unwrap();
        let mut state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
        state.mode = mode;
        state
    }

    fn string(state: &DeviceState, index: u8) -> Option<String> {
        parse::string(&descriptor(state, 3, index)?)
    }

    #[test]
    fn dfu_mode_offers_one_alternate_setting_a_memory() {
        let p1 = state("p1", Mode::Dfu);
        let configuration = Configuration::parse(&descriptor(&p1, 2, 0).unwrap()).unwrap();
        let numbers: Vec<_> = configuration.interfaces.iter().map(|interface| interface.alternate).collect();
        assert_eq!(numbers, [0, 1, 2]);
        assert_eq!(
            configuration.interfaces[2].class_descriptors[0],
            [9, 0x21, 0x0B, 0xFF, 0, 0, 0x10, 0x1A, 1]
        );
        assert_eq!(
            string(&p1, configuration.interfaces[1].name_index).unwrap(),
            "@DCT Flash   /0x00000000/01*016Kg"
        );
    }

    #[test]
    fn normal_mode_is_a_serial_port_and_a_vendor_interface() {
        let boron = descriptor(&state("boron", Mode::Normal), 2, 0).unwrap();
        assert_eq!(usize::from(u16::from_le_bytes([boron[2], boron[3]])), boron.len());
        let interfaces = Configuration::parse(&boron).unwrap().interfaces;
        let classes: Vec<_> = interfaces.iter().map(|interface| interface.class).collect();
        assert_eq!(classes, [2, 0x0A, 0xFF]);
        assert_eq!(interface_classes(&state("boron", Mode::Dfu)), [[0xFE, 1, 2]]);
        assert_eq!(interfaces[1].endpoints[1].address, SERIAL_IN);
        assert_eq!(interface_count(&state("core", Mode::Normal)), 2);
    }

    #[test]
    fn the_serial_number_is_the_id_in_the_spelling_of_the_generation() {
        assert_eq!(string(&state("photon", Mode::Dfu), 3).unwrap(), "0123456789ABCDEF01234567");
        assert_eq!(string(&state("argon", Mode::Normal), 3).unwrap(), "0123456789abcdef01234567");
    }

    #[test]
    fn protection_shows_in_the_maps_and_in_the_state_string() {
        let mut tracker = state("tracker", Mode::Dfu);
        assert_eq!(string(&tracker, 0xFA).unwrap(), "sm=o");
        tracker.protection = Protection::Protected;
        assert_eq!(string(&tracker, 0xFA).unwrap(), "sm=p");
        assert_eq!(string(&tracker, 7).unwrap(), "@DCT Flash   /0x00000000/1*016Kb");
        tracker.ship(OsVersion(6, 1, 1)).unwrap();
        assert_eq!(string(&tracker, 0xFA), None);
    }

    #[test]
    fn what_real_devices_stall_is_missing() {
        let photon = state("photon", Mode::Normal);
        assert_eq!(descriptor(&photon, 6, 0), None);
        assert_eq!(descriptor(&photon, 2, 1), None);
        assert_eq!(descriptor(&photon, 3, 0xEE), None);
        assert_eq!(descriptor(&photon, 0x21, 0), None);
    }
}
