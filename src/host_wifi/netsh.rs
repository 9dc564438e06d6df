//! Windows: `netsh wlan`.
//!
//! It speaks the language of the system. Only what is the same in all of them is relied on: `SSID`, `BSSID`, the order
//! of the lines, and the values.

use super::{Connection, HostWifiError, Network, Security, program::Programs};
use std::{io::Write, time::Duration};

const PROGRAM: &str = "netsh";
/// How often it is looked whether a connection stands.
const ATTEMPTS: u32 = 20;
const INTERVAL: Duration = Duration::from_millis(500);

pub(super) fn scan(programs: &Programs<'_>) -> Result<Vec<Network>, HostWifiError> {
    let ended = programs.run(PROGRAM, ["wlan", "show", "networks", "mode=bssid"])?;
    Ok(parse_networks(&ended.success()?))
}

pub(super) fn current(programs: &Programs<'_>) -> Result<Option<Connection>, HostWifiError> {
    Ok(interface(programs)?.ssid.map(Connection))
}

/// Makes a profile for the open network, and connects by it.
pub(super) fn join_open(programs: &Programs<'_>, ssid: &str) -> Result<(), HostWifiError> {
    let failed = |source| HostWifiError::Unrunnable { program: PROGRAM, source };
    let mut file = tempfile::Builder::new().suffix(".xml").tempfile().map_err(failed)?;
    file.write_all(open_profile(ssid).as_bytes()).map_err(failed)?;
    // Windows does not let two programs have a file open for writing.
    let path = file.into_temp_path();
    let added = format!("filename={}", path.display());
    programs.run(PROGRAM, ["wlan", "add", "profile", &added])?.success()?;
    activate(programs, &Connection(ssid.to_owned()))
}

pub(super) fn activate(programs: &Programs<'_>, connection: &Connection) -> Result<(), HostWifiError> {
    let Connection(ssid) = connection;
    let wanted = format!("name={ssid}");
    let used = format!("interface={}", interface(programs)?.name);
    programs.run(PROGRAM, ["wlan", "connect", &wanted, &used])?.success()?;
    for _ in 0..ATTEMPTS {
        if interface(programs)?.ssid.as_ref() == Some(ssid) {
            return Ok(());
        }
        programs.clock.pause(INTERVAL)?;
    }
    Err(HostWifiError::NoNetwork(ssid.clone()))
}

fn interface(programs: &Programs<'_>) -> Result<Interface, HostWifiError> {
    let shown = programs.run(PROGRAM, ["wlan", "show", "interfaces"])?.success()?;
    parse_interface(&shown).ok_or(HostWifiError::NoAdapter)
}

/// A Wi-Fi interface and what it is connected to.
#[derive(Debug, PartialEq, Eq)]
struct Interface {
    name: String,
    ssid: Option<String>,
}

/// The first line with a value is the name of the first interface.
fn parse_interface(shown: &str) -> Option<Interface> {
    let mut entries = shown.lines().filter_map(entry).filter(|(_, value)| !value.is_empty());
    let (_, name) = entries.next()?;
    let ssid = entries.find(|(key, _)| *key == "SSID").map(|(_, value)| value.to_owned());
    Some(Interface { name: name.to_owned(), ssid })
}

/// Blocks that begin with `SSID n : NAME`, each with lines for its type, authentication and encryption, and then for
/// each access point `BSSID n`, signal, kind of radio and channel.
fn parse_networks(shown: &str) -> Vec<Network> {
    let mut networks = Vec::new();
    let mut lines = shown.lines().filter_map(entry).peekable();
    while let Some((key, ssid)) = lines.next() {
        if !is_numbered(key, "SSID") {
            continue;
        }
        let mut block = Vec::new();
        while let Some(line) = lines.next_if(|(key, _)| !is_numbered(key, "SSID")) {
            block.push(line);
        }
        let security = block.get(1).and_then(|(_, authentication)| parse_security(authentication));
        let network = Network { ssid: ssid.to_owned(), bssid: None, channel: None, signal: None, security };
        let points: Vec<usize> = (0..block.len()).filter(|&at| is_numbered(block[at].0, "BSSID")).collect();
        let point = |at: &usize| Network {
            bssid: Some(block[*at].1.to_ascii_lowercase()),
            signal: block.get(at + 1).and_then(|(_, value)| value.strip_suffix('%')?.trim().parse().ok()),
            channel: block[at + 1..].iter().take(4).find_map(|(_, value)| value.parse().ok()),
            ..network.clone()
        };
        if points.is_empty() {
            networks.push(network);
        } else {
            networks.extend(points.iter().map(point));
        }
    }
    networks
}

/// `key : value`, with any number of blanks. A value may have colons in it.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    Some((key.trim(), value.trim()))
}

fn is_numbered(key: &str, name: &str) -> bool {
    let rest = key.strip_prefix(name).map(str::trim);
    rest.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn parse_security(authentication: &str) -> Option<Security> {
    Some(match authentication {
        "WEP" | "Shared" => Security::Wep,
        "WPA-Personal" => Security::Wpa,
        "WPA2-Personal" => Security::Wpa2,
        "WPA3-Personal" => Security::Wpa3,
        "WPA-Enterprise" => Security::WpaEnterprise,
        "WPA2-Enterprise" | "WPA3-Enterprise" => Security::Wpa2Enterprise,
        // Of the languages that the tool knows, a few of the words for an open network.
        "Open" | "Offen" | "Ouvert" | "Abierta" | "Aperta" | "Aberto" => Security::Open,
        _ => return None,
    })
}

/// A WLAN profile (schema `http://www.microsoft.com/networking/WLAN/profile/v1`) that Windows does not use by itself.
fn open_profile(ssid: &str) -> String {
    let name = ssid.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let hex: String = ssid.bytes().map(|byte| format!("{byte:02X}")).collect();
    format!(
        "<?xml version=\"1.0\"?>\n\
         <WLANProfile xmlns=\"http://www.microsoft.com/networking/WLAN/profile/v1\">\n\
         <name>{name}</name>\n\
         <SSIDConfig><SSID><hex>{hex}</hex><name>{name}</name></SSID></SSIDConfig>\n\
         <connectionType>ESS</connectionType><connectionMode>manual</connectionMode>\n\
         <MSM><security><authEncryption><authentication>open</authentication>\
         <encryption>none</encryption><useOneX>false</useOneX></authEncryption></security></MSM>\n\
         </WLANProfile>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHOWN: &str = "\r
Interface name : Wi-Fi 2\r
There are 2 networks currently visible.\r
\r
SSID 1 : My Home: upstairs\r
    Network type            : Infrastructure\r
    Authentication          : WPA2-Personal\r
    Encryption              : CCMP\r
    BSSID 1                 : AA:BB:cc:00:11:22\r
         Signal             : 83%\r
         Radio type         : 802.11n\r
         Channel            : 6\r
    BSSID 2                 : aa:bb:cc:00:11:23\r
         Signal             : 40%\r
         Radio type         : 802.11ac\r
         Band               : 5 GHz\r
         Channel            : 36\r
\r
SSID 2 : Photon-X1\r
    Netzwerktyp             : Infrastruktur\r
    Authentifizierung       : Offen\r
    Verschl\u{fc}sselung           : Keine\r
";

    #[test]
    fn each_access_point_is_a_network() {
        let seen: Vec<_> = parse_networks(SHOWN)
            .into_iter()
            .map(|n| (n.ssid, n.bssid.unwrap_or_default(), n.channel, n.signal, n.security))
            .collect();
        let home = "My Home: upstairs".to_owned();
        let wpa2 = Some(Security::Wpa2);
        assert_eq!(
            seen,
            [
                (home.clone(), "aa:bb:cc:00:11:22".to_owned(), Some(6), Some(83), wpa2),
                (home, "aa:bb:cc:00:11:23".to_owned(), Some(36), Some(40), wpa2),
                ("Photon-X1".to_owned(), String::new(), None, None, Some(Security::Open)),
            ]
        );
    }

    #[test]
    fn the_interface_is_told_apart_from_its_network() {
        let shown = "There is 1 interface on the system:\n\n    Name  : Wi-Fi 2\n    Zustand : Verbunden\n    SSID : My Home\n    BSSID : 00:11\n    Profil : My Home\n";
        let shown_without = "    Name  : Wi-Fi\n    State : disconnected\n";
        let found = Interface { name: "Wi-Fi 2".into(), ssid: Some("My Home".into()) };
        assert_eq!(parse_interface(shown), Some(found));
        assert_eq!(parse_interface(shown_without), Some(Interface { name: "Wi-Fi".into(), ssid: None }));
    }

    #[test]
    fn a_profile_holds_any_name() {
        let profile = open_profile("a<b>&");
        assert!(
            profile.contains("<name>a&lt;b&gt;&amp;</name>") && profile.contains("<hex>613C623E26</hex>")
        );
    }

    proptest! {
        #[test]
        fn any_output_is_survived(output in "(SSID 1 : [a-z]{0,4}\n|BSSID 1 : x\n|[ -~]{0,20}\n|\\PC{0,9}\n){0,12}") {
            let _ = (parse_networks(&output), parse_interface(&output));
        }
    }
}
