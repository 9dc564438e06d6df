//! Wi-Fi by control request, generation 3 and later.
//!
//! Source: Device OS `system/src/control/wifi_new.cpp`, v0.9.0 to v6.2.0.

use super::Outcome;
use crate::{
    platform::Mcu,
    sandbox::bench::{
        air,
        board::Board,
        os_version::OsVersion,
        wifi::{Key, SavedNetwork},
    },
    usb::control::{
        RequestType, ResultCode,
        messages::{
            CredentialsKind, CurrentNetworkReply, KnownNetwork, KnownNetworkName, KnownNetworksReply,
            ScannedNetwork, ScannedNetworksReply, WifiNetwork, WifiSecurity,
        },
    },
};
use prost::Message;

/// Whether a version keeps credentials without joining the network.
pub(super) fn keeps_credentials(version: OsVersion) -> bool {
    let early = OsVersion(5, 8, 2)..OsVersion(6, 0, 0);
    early.contains(&version) || version >= OsVersion(6, 2, 0)
}

/// Carries out one of the requests 500 to 507.
pub(super) fn carry_out(kind: RequestType, payload: &[u8], board: &mut Board) -> Outcome {
    match kind {
        RequestType::WIFI_JOIN_NEW_NETWORK => decoded(payload, |network| join_new(&network, board)),
        RequestType::WIFI_JOIN_KNOWN_NETWORK => decoded(payload, |network| join_known(&network, board)),
        RequestType::WIFI_GET_KNOWN_NETWORKS => known(board),
        RequestType::WIFI_REMOVE_KNOWN_NETWORK => decoded(payload, |KnownNetworkName { ssid }| {
            board.state.wifi.forget(&ssid);
            done(board)
        }),
        RequestType::WIFI_CLEAR_KNOWN_NETWORKS => {
            board.state.wifi.forget_all();
            done(board)
        }
        RequestType::WIFI_GET_CURRENT_NETWORK => current(board),
        RequestType::WIFI_SCAN_NETWORKS => scan(board),
        RequestType::WIFI_SET_NETWORK_CREDENTIALS => decoded(payload, |network| set(&network, board)),
        _ => ResultCode::NOT_SUPPORTED.into(),
    }
}

fn decoded<M: Message + Default>(payload: &[u8], work: impl FnOnce(M) -> Outcome) -> Outcome {
    M::decode(payload).map_or_else(|_| ResultCode::INVALID_ARGUMENT.into(), work)
}

fn done(board: &mut Board) -> Outcome {
    board.changed = true;
    ResultCode::OK.into()
}

/// The network in a request as a device would save it.
fn to_be_saved(network: &WifiNetwork) -> Result<SavedNetwork, ResultCode> {
    if network.ssid.is_empty() {
        return Err(ResultCode::INVALID_ARGUMENT);
    }
    let credentials = network.credentials.clone().unwrap_or_default();
    let key = match CredentialsKind::try_from(credentials.kind) {
        Ok(CredentialsKind::None) => Key::None,
        Ok(CredentialsKind::Password) => Key::Password(credentials.password),
        Err(_) => return Err(ResultCode::NOT_SUPPORTED),
    };
    let security = network.security().into();
    Ok(SavedNetwork { ssid: network.ssid.clone(), security, key, hidden: network.hidden })
}

fn set(network: &WifiNetwork, board: &mut Board) -> Outcome {
    match to_be_saved(network) {
        Ok(network) => {
            board.state.wifi.save(network);
            done(board)
        }
        Err(refusal) => refusal.into(),
    }
}

/// Joins a network, and remembers it only if that succeeds.
fn join_new(network: &WifiNetwork, board: &mut Board) -> Outcome {
    let platform = board.state.platform;
    let mut network = match to_be_saved(network) {
        Ok(network) => network,
        Err(refusal) => return refusal.into(),
    };
    if platform.mcu == Mcu::Rtl872x {
        // What the request says about security is not looked at, only what the scan says.
        let found = air::find(platform, &network.ssid).map(|point| point.security.on_the_wire());
        network.security = found.unwrap_or(WifiSecurity::None).into();
    }
    let before = board.state.wifi.clone();
    let ssid = network.ssid.clone();
    board.state.wifi.save(network);
    board.changed = true;
    if board.state.wifi.join(&ssid, platform) {
        return ResultCode::OK.into();
    }
    board.state.wifi = before;
    board.state.wifi.leave();
    ResultCode::NOT_FOUND.into()
}

fn join_known(network: &KnownNetworkName, board: &mut Board) -> Outcome {
    let joined = board.state.wifi.join(&network.ssid, board.state.platform);
    board.changed = true;
    if joined { ResultCode::OK } else { ResultCode::NOT_FOUND }.into()
}

fn known(board: &Board) -> Outcome {
    let networks = board.state.wifi.saved().iter().map(|network| KnownNetwork {
        ssid: network.ssid.clone(),
        security: network.security.on_the_wire().into(),
        credentials: match network.key {
            Key::None => CredentialsKind::None,
            Key::Password(_) | Key::Login { .. } | Key::Certificate => CredentialsKind::Password,
        }
        .into(),
    });
    Outcome::of(&KnownNetworksReply { networks: networks.collect() })
}

fn current(board: &Board) -> Outcome {
    match board.state.wifi.access_point(board.state.platform) {
        Some(point) => Outcome::of(&CurrentNetworkReply {
            ssid: point.ssid.to_owned(),
            bssid: point.bssid.to_vec(),
            channel: point.channel.into(),
            rssi: point.rssi.into(),
        }),
        None => ResultCode::INVALID_STATE.into(),
    }
}

fn scan(board: &Board) -> Outcome {
    let networks = air::heard_by(board.state.platform).map(|point| ScannedNetwork {
        ssid: if point.hidden { String::new() } else { point.ssid.to_owned() },
        bssid: point.bssid.to_vec(),
        security: point.security.on_the_wire().into(),
        channel: point.channel.into(),
        rssi: point.rssi.into(),
    });
    Outcome::of(&ScannedNetworksReply { networks: networks.collect() })
}

#[cfg(test)]
mod tests {
    use super::super::{carry_out, tests::board};
    use super::*;
    use crate::usb::control::messages::WifiCredentials;

    fn network(ssid: &str, security: WifiSecurity, password: &str) -> WifiNetwork {
        WifiNetwork {
            ssid: ssid.to_owned(),
            security: security.into(),
            credentials: (!password.is_empty()).then(|| WifiCredentials::password(password)),
            ..WifiNetwork::default()
        }
    }

    fn ask(kind: RequestType, message: &impl Message, board: &mut Board) -> ResultCode {
        carry_out(kind, &message.encode_to_vec(), board).result
    }

    fn joined(board: &mut Board) -> Option<String> {
        let outcome = carry_out(RequestType::WIFI_GET_CURRENT_NETWORK, &[], board);
        let reply = CurrentNetworkReply::decode(outcome.reply.as_slice()).unwrap();
        (outcome.result == ResultCode::OK).then_some(reply.ssid)
    }

    #[test]
    fn a_network_that_does_not_let_the_device_in_is_not_remembered() {
        let mut argon = board("argon", "6.3.4");
        let wrong = network("Workshop", WifiSecurity::Wpa2, "sandcastle");
        let refused = ask(RequestType::WIFI_JOIN_NEW_NETWORK, &wrong, &mut argon);
        assert_eq!(refused, ResultCode::NOT_FOUND);
        assert_eq!((argon.state.wifi.saved().len(), joined(&mut argon)), (1, None));
        let right = network("Workshop", WifiSecurity::Wpa2, "solder and flux");
        assert_eq!(ask(RequestType::WIFI_JOIN_NEW_NETWORK, &right, &mut argon), ResultCode::OK);
        assert_eq!(joined(&mut argon).as_deref(), Some("Workshop"));
    }

    #[test]
    fn an_rtl_board_believes_its_scan_alone() {
        let mut p2 = board("p2", "6.3.4");
        let wrong = network("Workshop", WifiSecurity::Wep, "solder and flux");
        assert_eq!(ask(RequestType::WIFI_JOIN_NEW_NETWORK, &wrong, &mut p2), ResultCode::OK);
        let hidden =
            WifiNetwork { hidden: true, ..network("Cellar", WifiSecurity::Wpa2, "under the stairs") };
        assert_eq!(ask(RequestType::WIFI_JOIN_NEW_NETWORK, &hidden, &mut p2), ResultCode::NOT_FOUND);
        assert_eq!(ask(RequestType::WIFI_SET_NETWORK_CREDENTIALS, &hidden, &mut p2), ResultCode::OK);
        let known = KnownNetworkName { ssid: "Cellar".to_owned() };
        assert_eq!(ask(RequestType::WIFI_JOIN_KNOWN_NETWORK, &known, &mut p2), ResultCode::OK);
    }

    #[test]
    fn credentials_are_kept_without_joining_by_some_versions_only() {
        let guest = network("Guest", WifiSecurity::None, "");
        for (version, expected) in [
            ("5.8.0", ResultCode::NOT_SUPPORTED),
            ("5.8.2", ResultCode::OK),
            ("5.9.0", ResultCode::OK),
            ("6.0.0", ResultCode::NOT_SUPPORTED),
            ("6.1.1", ResultCode::NOT_SUPPORTED),
            ("6.2.0", ResultCode::OK),
        ] {
            let outcome = ask(RequestType::WIFI_SET_NETWORK_CREDENTIALS, &guest, &mut board("p2", version));
            assert_eq!(outcome, expected, "{version}");
        }
    }

    #[test]
    fn boards_without_wifi_and_of_generation_2_know_none_of_it() {
        for platform in ["boron", "photon", "electron"] {
            let version = if platform == "boron" { "6.3.4" } else { "3.3.1" };
            let outcome = carry_out(RequestType::WIFI_SCAN_NETWORKS, &[], &mut board(platform, version));
            assert_eq!(outcome.result, ResultCode::NOT_SUPPORTED, "{platform}");
        }
    }

    #[test]
    fn a_scan_shows_hidden_networks_without_their_names() {
        let outcome = carry_out(RequestType::WIFI_SCAN_NETWORKS, &[], &mut board("argon", "1.5.2"));
        let networks = ScannedNetworksReply::decode(outcome.reply.as_slice()).unwrap().networks;
        let names: Vec<_> = networks.iter().map(|network| network.ssid.as_str()).collect();
        assert_eq!(names, ["Sandbox", "Guest", "Workshop", "Campus", "", "Attic"]);
    }

    #[test]
    fn a_network_without_a_name_is_refused() {
        let nameless = network("", WifiSecurity::Wpa2, "sandcastle");
        let mut p2 = board("p2", "6.3.4");
        assert_eq!(ask(RequestType::WIFI_JOIN_NEW_NETWORK, &nameless, &mut p2), ResultCode::INVALID_ARGUMENT);
        assert_eq!(
            carry_out(RequestType::WIFI_JOIN_NEW_NETWORK, &[0xFF], &mut p2).result,
            ResultCode::INVALID_ARGUMENT
        );
    }
}
