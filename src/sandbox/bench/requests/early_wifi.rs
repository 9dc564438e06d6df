//! Wi-Fi by control request, Photon and P1 before Device OS 2.0.0.
//!
//! Source: Device OS v1.5.2 `system/src/control/wifi.cpp`, `hal/src/photon/wlan_hal.cpp`.

use super::Outcome;
use crate::{
    platform::ConfigurationField,
    sandbox::bench::{
        air::{self, Security},
        board::Board,
        wifi::{Key, SavedNetwork},
    },
    usb::control::{
        RequestType, ResultCode,
        messages::{
            Antenna, AntennaMessage, EarlyAccessPoint, EarlyAccessPoints, EarlyAccessPointsReply,
            EarlySecurity, SetEarlyCredentials,
        },
    },
};
use prost::Message;

/// What encrypts a network: AES, TKIP or both.
const AES: u32 = 1;
const TKIP: u32 = 2;
const AES_AND_TKIP: u32 = 3;
/// Enterprise networks with a certificate for each user.
const TLS: u32 = 13;
/// Longest name of a network.
const MAX_SSID: usize = 32;

/// Carries out one of the requests 110 to 115.
pub(super) fn carry_out(kind: RequestType, payload: &[u8], board: &mut Board) -> Outcome {
    match kind {
        RequestType::EARLY_WIFI_SET_ANTENNA => set_antenna(payload, board),
        RequestType::EARLY_WIFI_GET_ANTENNA => {
            Outcome::of(&AntennaMessage { antenna: antenna(board).into() })
        }
        RequestType::EARLY_WIFI_SCAN => scan(board),
        RequestType::EARLY_WIFI_SET_CREDENTIALS => set_credentials(payload, board),
        RequestType::EARLY_WIFI_GET_CREDENTIALS => known(board),
        RequestType::EARLY_WIFI_CLEAR_CREDENTIALS => {
            board.state.wifi.forget_all();
            board.changed = true;
            ResultCode::OK.into()
        }
        _ => ResultCode::NOT_SUPPORTED.into(),
    }
}

fn set_antenna(payload: &[u8], board: &mut Board) -> Outcome {
    let Ok(AntennaMessage { antenna }) = AntennaMessage::decode(payload) else {
        return ResultCode::BAD_DATA.into();
    };
    let stored = match Antenna::try_from(antenna) {
        Ok(Antenna::Internal) => 0,
        Ok(Antenna::External) => 1,
        Ok(Antenna::Auto) => 3,
        Ok(Antenna::None) | Err(_) => return ResultCode::INVALID_ARGUMENT.into(),
    };
    board.configure(ConfigurationField::ANTENNA.address, &[stored]);
    ResultCode::OK.into()
}

fn antenna(board: &Board) -> Antenna {
    let ConfigurationField { address, length } = ConfigurationField::ANTENNA;
    match board.state.read(ConfigurationField::ALTERNATE_SETTING, address, length)[..] {
        [1] => Antenna::External,
        [3] => Antenna::Auto,
        _ => Antenna::Internal,
    }
}

fn scan(board: &Board) -> Outcome {
    let access_points = air::heard_by(board.state.platform).map(|point| EarlyAccessPoint {
        ssid: if point.hidden { String::new() } else { point.ssid.to_owned() },
        bssid: point.bssid.to_vec(),
        channel: point.channel.into(),
        rssi: point.rssi.into(),
        ..secured(point.security)
    });
    reply(access_points.collect())
}

/// What is kept of passwords and users is not told.
fn known(board: &Board) -> Outcome {
    let networks = board.state.wifi.saved().iter();
    reply(
        networks
            .map(|network| EarlyAccessPoint { ssid: network.ssid.clone(), ..secured(network.security) })
            .collect(),
    )
}

fn reply(access_points: Vec<EarlyAccessPoint>) -> Outcome {
    Outcome::of(&EarlyAccessPointsReply { list: Some(EarlyAccessPoints { access_points }) })
}

fn secured(security: Security) -> EarlyAccessPoint {
    let (security, cipher) = match security {
        Security::Open => (EarlySecurity::None, 0),
        Security::Wep => (EarlySecurity::Wep, 0),
        Security::Wpa => (EarlySecurity::Wpa, TKIP),
        Security::WpaWpa2 => (EarlySecurity::Wpa2, AES_AND_TKIP),
        Security::Wpa2 | Security::Wpa2Wpa3 => (EarlySecurity::Wpa2, AES),
        Security::Wpa3 => (EarlySecurity::Unknown, 0),
        Security::WpaEnterprise => (EarlySecurity::WpaEnterprise, TKIP),
        Security::Wpa2Enterprise => (EarlySecurity::Wpa2Enterprise, AES),
    };
    EarlyAccessPoint { security: security.into(), cipher, ..EarlyAccessPoint::default() }
}

fn set_credentials(payload: &[u8], board: &mut Board) -> Outcome {
    let Ok(SetEarlyCredentials { access_point }) = SetEarlyCredentials::decode(payload) else {
        return ResultCode::BAD_DATA.into();
    };
    match to_be_saved(access_point.unwrap_or_default(), board) {
        Some(network) => {
            board.state.wifi.save(network);
            board.changed = true;
            ResultCode::OK.into()
        }
        None => ResultCode::ERROR.into(),
    }
}

/// The network as the device saves it; it looks for itself how one is secured of which that is not told.
fn to_be_saved(network: EarlyAccessPoint, board: &Board) -> Option<SavedNetwork> {
    if network.ssid.is_empty() || network.ssid.len() > MAX_SSID {
        return None;
    }
    let security = match EarlySecurity::try_from(network.security).ok()? {
        EarlySecurity::None => Security::Open,
        EarlySecurity::Wep => Security::Wep,
        EarlySecurity::Wpa => Security::Wpa,
        EarlySecurity::Wpa2 => Security::Wpa2,
        EarlySecurity::WpaEnterprise => Security::WpaEnterprise,
        EarlySecurity::Wpa2Enterprise => Security::Wpa2Enterprise,
        EarlySecurity::Unknown => air::find(board.state.platform, &network.ssid)?.security,
    };
    let key = match security {
        Security::Open => Key::None,
        _ if security.is_enterprise() && network.eap == TLS => Key::Certificate,
        _ if security.is_enterprise() => {
            Key::Login { username: network.inner_identity, password: network.password }
        }
        _ => Key::Password(network.password),
    };
    Some(SavedNetwork { ssid: network.ssid, security, key, hidden: false })
}

#[cfg(test)]
mod tests {
    use super::super::{carry_out, tests::board};
    use super::*;

    fn ask(kind: RequestType, message: &impl Message, board: &mut Board) -> Outcome {
        carry_out(kind, &message.encode_to_vec(), board)
    }

    fn networks(kind: RequestType, board: &mut Board) -> Vec<EarlyAccessPoint> {
        let reply = carry_out(kind, &[], board).reply;
        EarlyAccessPointsReply::decode(reply.as_slice()).unwrap().list.unwrap().access_points
    }

    #[test]
    fn the_requests_are_for_photons_before_2_0_0() {
        for (platform, version, expected) in [
            ("photon", "0.8.0", 0),
            ("p1", "1.5.2", 0),
            ("photon", "2.0.0", -120),
            ("electron", "1.5.2", -120),
            ("argon", "1.5.2", -120),
        ] {
            let outcome = carry_out(RequestType::EARLY_WIFI_SCAN, &[], &mut board(platform, version));
            assert_eq!(outcome.result.0, expected, "{platform} {version}");
        }
    }

    #[test]
    fn a_scan_tells_how_networks_are_secured() {
        let found = networks(RequestType::EARLY_WIFI_SCAN, &mut board("photon", "1.5.2"));
        let campus = found.iter().find(|point| point.ssid == "Campus").unwrap();
        assert_eq!(
            (campus.security(), campus.cipher, campus.rssi),
            (EarlySecurity::Wpa2Enterprise, AES, -70)
        );
        assert!(found.iter().any(|point| point.ssid.is_empty() && point.channel == 3));
        assert!(found.iter().all(|point| point.bssid.len() == 6 && point.password.is_empty()));
    }

    #[test]
    fn saved_credentials_let_the_device_in_after_a_reset() {
        let mut photon = board("photon", "1.5.2");
        carry_out(RequestType::EARLY_WIFI_CLEAR_CREDENTIALS, &[], &mut photon);
        assert!(networks(RequestType::EARLY_WIFI_GET_CREDENTIALS, &mut photon).is_empty());
        let access_point = EarlyAccessPoint {
            ssid: "Workshop".to_owned(),
            security: EarlySecurity::Unknown.into(),
            password: "solder and flux".to_owned(),
            ..EarlyAccessPoint::default()
        };
        let set = SetEarlyCredentials { access_point: Some(access_point) };
        assert_eq!(ask(RequestType::EARLY_WIFI_SET_CREDENTIALS, &set, &mut photon).result, ResultCode::OK);
        photon.state.reconnect();
        assert!(photon.state.has_network());
        let [known] = &networks(RequestType::EARLY_WIFI_GET_CREDENTIALS, &mut photon)[..] else { panic!() };
        assert_eq!((known.ssid.as_str(), known.password.as_str()), ("Workshop", ""));
    }

    #[test]
    fn a_nameless_network_cannot_be_saved() {
        let nameless = SetEarlyCredentials::default();
        let mut photon = board("photon", "1.5.2");
        let refused = ask(RequestType::EARLY_WIFI_SET_CREDENTIALS, &nameless, &mut photon);
        assert_eq!(refused.result, ResultCode::ERROR);
    }

    #[test]
    fn the_antenna_is_kept() {
        let mut photon = board("photon", "1.5.2");
        let antenna = |photon: &mut Board| carry_out(RequestType::EARLY_WIFI_GET_ANTENNA, &[], photon).reply;
        assert_eq!(antenna(&mut photon), [8, 1]);
        for (kind, expected) in [(2, ResultCode::OK), (3, ResultCode::OK), (0, ResultCode::INVALID_ARGUMENT)]
        {
            let message = AntennaMessage { antenna: kind };
            assert_eq!(ask(RequestType::EARLY_WIFI_SET_ANTENNA, &message, &mut photon).result, expected);
        }
        assert_eq!(antenna(&mut photon), [8, 3]);
    }
}
