//! macOS: `networksetup`, and `system_profiler` for what is in reach.

use super::{Connection, HostWifiError, Network, Security, program::Programs};
use serde_json::Value;

const PROGRAM: &str = "networksetup";
const PROFILER: &str = "system_profiler";
/// What stands for the name of a network where the person has not allowed to see it.
const HIDDEN: &str = "<redacted>";

pub(super) fn scan(programs: &Programs<'_>) -> Result<Vec<Network>, HostWifiError> {
    let report = programs.run(PROFILER, ["SPAirPortDataType", "-json"])?.success()?;
    let networks = parse_networks(&report).ok_or(HostWifiError::NoAdapter)?;
    if !networks.is_empty() && networks.iter().all(|network| network.ssid == HIDDEN) {
        return Err(HostWifiError::NamesHidden);
    }
    Ok(networks.into_iter().filter(|network| network.ssid != HIDDEN).collect())
}

pub(super) fn current(programs: &Programs<'_>) -> Result<Option<Connection>, HostWifiError> {
    let answer = programs.run(PROGRAM, ["-getairportnetwork", &interface(programs)?])?.success()?;
    Ok(parse_current(&answer))
}

/// Connects to a network: an open one, or one whose password macOS remembers.
pub(super) fn join(programs: &Programs<'_>, ssid: &str) -> Result<(), HostWifiError> {
    let ended = programs.run(PROGRAM, ["-setairportnetwork", &interface(programs)?, ssid])?;
    // It ends with 0 in any case, and says something only if it failed.
    match ended.output.trim() {
        "" if ended.status == Some(0) => Ok(()),
        text if text.starts_with("Could not find network") => Err(HostWifiError::NoNetwork(ssid.to_owned())),
        _ => Err(ended.refusal()),
    }
}

/// The name of the Wi-Fi interface, such as `en0`.
fn interface(programs: &Programs<'_>) -> Result<String, HostWifiError> {
    let ports = programs.run(PROGRAM, ["-listallhardwareports"])?.success()?;
    parse_interface(&ports).ok_or(HostWifiError::NoAdapter)
}

fn parse_interface(ports: &str) -> Option<String> {
    let mut lines = ports.lines();
    lines.find(|line| matches!(line.trim(), "Hardware Port: Wi-Fi" | "Hardware Port: AirPort"))?;
    Some(lines.next()?.trim().strip_prefix("Device:")?.trim().to_owned())
}

fn parse_current(answer: &str) -> Option<Connection> {
    let (_, name) = answer.trim_end_matches(['\r', '\n']).split_once("Current Wi-Fi Network: ")?;
    Some(Connection(name.to_owned()))
}

/// Reads the report; `None` if it names no interface.
fn parse_networks(report: &str) -> Option<Vec<Network>> {
    let report: Value = serde_json::from_str(report).ok()?;
    let interfaces = report["SPAirPortDataType"].as_array()?.iter();
    let mut interfaces =
        interfaces.filter_map(|entry| entry["spairport_airport_interfaces"].as_array()).flatten().peekable();
    interfaces.peek()?;
    let lists = interfaces.flat_map(|interface| {
        let used = &interface["spairport_current_network_information"];
        let others = interface["spairport_airport_other_local_wireless_networks"].as_array();
        others.into_iter().flatten().chain(used.is_object().then_some(used))
    });
    Some(lists.filter_map(parse_network).collect())
}

fn parse_network(network: &Value) -> Option<Network> {
    let text = |name: &str| network[name].as_str().unwrap_or_default();
    let number = |text: &str| text.split_whitespace().next().and_then(|word| word.parse::<i32>().ok());
    let channel = match &network["spairport_network_channel"] {
        Value::String(text) => number(text),
        other => other.as_i64().and_then(|number| number.try_into().ok()),
    };
    Some(Network {
        ssid: network["_name"].as_str()?.to_owned(),
        bssid: None,
        channel: channel.and_then(|channel| channel.try_into().ok()),
        signal: number(text("spairport_signal_noise")).map(percent),
        security: parse_security(text("spairport_security_mode")),
    })
}

/// What NetworkManager and Windows do, too: −50 dBm and better is everything, −100 dBm nothing.
fn percent(decibels: i32) -> u8 {
    u8::try_from(decibels.saturating_add(100).clamp(0, 50) * 2).unwrap_or(100)
}

fn parse_security(mode: &str) -> Option<Security> {
    Some(match mode.strip_prefix("spairport_security_mode_").unwrap_or(mode) {
        "none" => Security::Open,
        "wep" => Security::Wep,
        "wpa_personal" => Security::Wpa,
        "wpa2_personal" | "wpa_personal_mixed" | "wpa2_personal_mixed" | "wpa3_transition" => Security::Wpa2,
        "wpa3_personal" => Security::Wpa3,
        "wpa_enterprise" => Security::WpaEnterprise,
        "wpa2_enterprise" | "wpa_enterprise_mixed" | "wpa2_enterprise_mixed" | "wpa3_enterprise" => {
            Security::Wpa2Enterprise
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn networks_of_a_report_are_read() {
        let report = r#"{"SPAirPortDataType": [{"spairport_airport_interfaces": [{
            "_name": "en0",
            "spairport_airport_other_local_wireless_networks": [
                {"_name": "My Home", "spairport_network_channel": "6 (2GHz, 20MHz)",
                 "spairport_security_mode": "spairport_security_mode_wpa2_personal",
                 "spairport_signal_noise": "-60 dBm / -90 dBm"},
                {"_name": "Photon-X1", "spairport_network_channel": 11,
                 "spairport_security_mode": "spairport_security_mode_none"}],
            "spairport_current_network_information": {"_name": "Office"}}]}]}"#;
        let networks = parse_networks(report).unwrap();
        let seen: Vec<_> =
            networks.iter().map(|n| (n.ssid.as_str(), n.channel, n.signal, n.security)).collect();
        assert_eq!(
            seen,
            [
                ("My Home", Some(6), Some(80), Some(Security::Wpa2)),
                ("Photon-X1", Some(11), None, Some(Security::Open)),
                ("Office", None, None, None),
            ]
        );
        assert_eq!(parse_networks(r#"{"SPAirPortDataType": []}"#), None);
    }

    #[test]
    fn the_interface_and_its_network_are_found() {
        let ports = "\nHardware Port: Ethernet\nDevice: en1\nEthernet Address: 00:11\n\nHardware Port: Wi-Fi\nDevice: en0\n";
        assert_eq!(parse_interface(ports).as_deref(), Some("en0"));
        assert_eq!(parse_current("Current Wi-Fi Network: My Home \n"), Some(Connection("My Home ".into())));
        assert_eq!(parse_current("You are not associated with an AirPort network.\n"), None);
    }

    proptest! {
        #[test]
        fn any_output_is_survived(output: String) {
            let _ = (parse_networks(&output), parse_interface(&output), parse_current(&output));
        }
    }
}
