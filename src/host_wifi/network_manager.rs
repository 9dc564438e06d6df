//! Linux: `nmcli`, the command line of NetworkManager.
//!
//! Source: its manual, section "Output" (`--terse`, `--escape`) and "Exit status".

use super::{Connection, HostWifiError, Network, Security, program::Programs};

const PROGRAM: &str = "nmcli";
/// Exit status: a connection, a device or an access point does not exist.
const NOT_FOUND: i32 = 10;
/// Type of a wireless connection.
const WIRELESS: &str = "802-11-wireless";

/// Columns, separated by colons that are escaped within.
fn table(fields: &'static str) -> [&'static str; 5] {
    ["--terse", "--escape", "yes", "--fields", fields]
}

pub(super) fn scan(programs: &Programs<'_>) -> Result<Vec<Network>, HostWifiError> {
    let fields = table("SSID,BSSID,CHAN,SIGNAL,SECURITY");
    let ended =
        programs.run(PROGRAM, fields.into_iter().chain(["device", "wifi", "list", "--rescan", "yes"]))?;
    if ended.status == Some(NOT_FOUND) {
        return Err(HostWifiError::NoAdapter);
    }
    Ok(parse_networks(&ended.success()?))
}

pub(super) fn current(programs: &Programs<'_>) -> Result<Option<Connection>, HostWifiError> {
    let ended =
        programs.run(PROGRAM, table("NAME,TYPE").into_iter().chain(["connection", "show", "--active"]))?;
    Ok(parse_active(&ended.success()?))
}

/// Uses the connection that NetworkManager remembers for the network, or makes one.
pub(super) fn join_open(programs: &Programs<'_>, ssid: &str) -> Result<(), HostWifiError> {
    let known = programs.run(PROGRAM, ["connection", "up", "id", ssid])?;
    if known.status != Some(NOT_FOUND) {
        return known.success().map(drop);
    }
    let made = programs.run(PROGRAM, ["device", "wifi", "connect", ssid])?;
    match made.status {
        Some(NOT_FOUND) => Err(HostWifiError::NoNetwork(ssid.to_owned())),
        _ => made.success().map(drop),
    }
}

pub(super) fn activate(programs: &Programs<'_>, connection: &Connection) -> Result<(), HostWifiError> {
    programs.run(PROGRAM, ["connection", "up", "id", &connection.0])?.success().map(drop)
}

fn parse_networks(output: &str) -> Vec<Network> {
    output.lines().filter_map(|line| parse_network(&columns(line))).collect()
}

fn parse_network(columns: &[String]) -> Option<Network> {
    let [ssid, bssid, channel, signal, security] = columns else { return None };
    Some(Network {
        ssid: ssid.clone(),
        bssid: Some(bssid.to_ascii_lowercase()).filter(|bssid| !bssid.is_empty()),
        channel: channel.parse().ok(),
        signal: signal.parse().ok().filter(|&percent| percent <= 100),
        security: parse_security(security),
    })
}

/// Words such as `WPA1 WPA2 802.1X`, or nothing for an open network.
fn parse_security(text: &str) -> Option<Security> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "--").collect();
    let has = |word| words.contains(&word);
    Some(match () {
        () if words.is_empty() => Security::Open,
        () if has("802.1X") && (has("WPA2") || has("WPA3")) => Security::Wpa2Enterprise,
        () if has("802.1X") => Security::WpaEnterprise,
        () if has("WPA2") => Security::Wpa2,
        () if has("WPA3") => Security::Wpa3,
        () if has("WPA1") || has("WPA") => Security::Wpa,
        () if has("WEP") => Security::Wep,
        () => return None,
    })
}

fn parse_active(output: &str) -> Option<Connection> {
    let wireless = |line| match columns(line).as_slice() {
        [name, kind] if kind == WIRELESS => Some(Connection(name.clone())),
        _ => None,
    };
    output.lines().find_map(wireless)
}

/// Splits a line of a terse table. A backslash makes the colon or backslash after it a letter.
fn columns(line: &str) -> Vec<String> {
    let mut columns = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let column = match letter {
            ':' => {
                columns.push(String::new());
                continue;
            }
            '\\' => letters.next(),
            other => Some(other),
        };
        if let Some(last) = columns.last_mut() {
            last.extend(column);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_with_colons_backslashes_and_blanks_are_whole() {
        let networks = parse_networks(concat!(
            "Caf\u{e9}\\: 2\\\\3 guests:AA\\:BB\\:CC\\:00\\:11\\:22:6:74:WPA1 WPA2\n",
            ":AA\\:BB\\:CC\\:00\\:11\\:23:36:40:WPA3\n",
            "Photon-AB12:6C\\:0B\\:84\\:01\\:02\\:03:11:100:\n",
            "campus:AA\\:BB\\:CC\\:00\\:11\\:24:1:20:WPA2 802.1X\n",
            "too:few\n",
        ));
        let seen: Vec<_> = networks.iter().map(|n| (n.ssid.as_str(), n.channel, n.security)).collect();
        assert_eq!(
            seen,
            [
                ("Caf\u{e9}: 2\\3 guests", Some(6), Some(Security::Wpa2)),
                ("", Some(36), Some(Security::Wpa3)),
                ("Photon-AB12", Some(11), Some(Security::Open)),
                ("campus", Some(1), Some(Security::Wpa2Enterprise)),
            ]
        );
        assert_eq!(networks[2].bssid.as_deref(), Some("6c:0b:84:01:02:03"));
        assert_eq!(networks[2].signal, Some(100));
    }

    #[test]
    fn the_wireless_connection_among_others_is_found() {
        let output = "Wired\\: 1:802-3-ethernet\nlo:loopback\nHome net:802-11-wireless\n";
        assert_eq!(parse_active(output), Some(Connection("Home net".into())));
        assert_eq!(parse_active("lo:loopback\n"), None);
    }

    proptest! {
        #[test]
        fn any_output_is_survived(output: String) {
            let _ = (parse_networks(&output), parse_active(&output));
        }

        #[test]
        fn a_name_comes_back_as_it_is(name in "[^\r\n]{1,32}") {
            let escaped = name.replace('\\', "\\\\").replace(':', "\\:");
            let networks = parse_networks(&format!("{escaped}:00\\:11\\:22\\:33\\:44\\:55:6:50:WPA2\n"));
            // A few rarer letters end a line, too, for a program that prints them.
            prop_assume!(name.lines().count() == 1);
            prop_assert_eq!(networks[0].ssid.as_str(), name.as_str());
        }
    }
}
