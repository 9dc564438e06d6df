//! What is asked of the operating systems' programs, held by stand-ins for them.

use super::*;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tempfile::TempDir;

/// A program cannot be started while another thread, about to start one, still has it open for writing.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A folder with programs that write down how they were called, one argument a line and a blank line after them.
struct StandIns {
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl StandIns {
    fn new(programs: &[(&str, &str)]) -> Self {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        for (name, body) in programs {
            let path = folder.path().join(name);
            let calls = folder.path().join("calls");
            let script = format!(
                "#!/bin/sh\nprintf '%s\\n' \"$@\" '' >> '{}'\n[ \"$LC_ALL\" = C.UTF-8 ] || exit 99\n{body}\n",
                calls.display()
            );
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder, _turn: turn }
    }

    fn with<T>(&self, system: System, act: impl FnOnce(&HostWifi<'_>) -> T) -> T {
        act(&HostWifi::new(system, Some(self.path()), &Clock::new(0.0)))
    }

    fn path(&self) -> OsString {
        format!("{}:/usr/bin:/bin", self.folder.path().display()).into()
    }

    fn calls(&self) -> Vec<Vec<String>> {
        let calls = fs::read_to_string(self.folder.path().join("calls")).unwrap();
        calls.trim_end().split("\n\n").map(|call| call.lines().map(str::to_owned).collect()).collect()
    }
}

#[test]
fn network_manager_gets_a_name_with_blanks_as_one_argument() {
    let stand_ins = StandIns::new(&[("nmcli", "[ \"$2\" = wifi ] || exit 10")]);
    stand_ins.with(System::NetworkManager, |wifi| wifi.join_open("My $HOME 'net'").unwrap());
    assert_eq!(
        stand_ins.calls(),
        [
            vec!["connection", "up", "id", "My $HOME 'net'"],
            vec!["device", "wifi", "connect", "My $HOME 'net'"]
        ]
    );
}

#[test]
fn network_manager_says_which_network_is_missing_and_why_else_it_failed() {
    let stand_ins = StandIns::new(&[("nmcli", "exit 10")]);
    let error = stand_ins.with(System::NetworkManager, |wifi| wifi.join_open("Photon-X1").unwrap_err());
    assert!(matches!(error, HostWifiError::NoNetwork(ssid) if ssid == "Photon-X1"));
    drop(stand_ins);
    let stand_ins = StandIns::new(&[("nmcli", "echo 'Error: NetworkManager is not running.' >&2; exit 8")]);
    let error = stand_ins.with(System::NetworkManager, |wifi| wifi.scan().unwrap_err());
    assert_eq!(error.to_string(), "`nmcli` failed: Error: NetworkManager is not running.");
    let error = HostWifi::new(System::NetworkManager, Some("/nowhere".into()), &Clock::default()).scan();
    assert!(matches!(error, Err(HostWifiError::Missing("nmcli"))));
}

#[test]
fn scans_leave_out_hidden_networks_and_begin_with_the_best() {
    let list = "printf '%s\\n' 'far:x:1:20:WPA2' ':x:1:99:WPA2' 'near:x:1:80:'";
    let stand_ins = StandIns::new(&[("nmcli", list)]);
    let networks = stand_ins.with(System::NetworkManager, |wifi| wifi.scan().unwrap());
    let names: Vec<_> = networks.iter().map(|network| network.ssid.as_str()).collect();
    assert_eq!(names, ["near", "far"]);
}

#[test]
fn macos_fails_by_what_it_prints() {
    let ports = "Hardware Port: Wi-Fi\nDevice: en7";
    let body = format!(
        "case \"$1\" in\n-listallhardwareports) printf '{}';;\n-getairportnetwork) echo 'Current Wi-Fi Network: My Home';;\n-setairportnetwork) [ \"$3\" = 'My Home' ] || echo \"Could not find network $3.\";;\nesac",
        ports.replace('\n', "\\n")
    );
    let stand_ins = StandIns::new(&[("networksetup", &body)]);
    stand_ins.with(System::MacOs, |wifi| {
        let home = wifi.current().unwrap().unwrap();
        assert!(matches!(wifi.join_open("Photon-X1"), Err(HostWifiError::NoNetwork(_))));
        wifi.return_to(&home).unwrap();
    });
    assert_eq!(*stand_ins.calls().last().unwrap(), ["-setairportnetwork", "en7", "My Home"]);
}

#[test]
fn windows_connects_by_a_profile_and_looks_whether_it_worked() {
    let body = "case \"$*\" in\n'wlan show interfaces') printf '    Name : Wi-Fi 2\\n    SSID : Photon X1\\n';;\n'wlan add profile'*) grep -q '<name>Photon X1</name>' \"${4#filename=}\";;\nesac";
    let stand_ins = StandIns::new(&[("netsh", body)]);
    stand_ins.with(System::Windows, |wifi| {
        wifi.join_open("Photon X1").unwrap();
        assert!(matches!(wifi.return_to(&Connection("Home".into())), Err(HostWifiError::NoNetwork(_))));
    });
    let connect = ["wlan", "connect", "name=Photon X1", "interface=Wi-Fi 2"];
    assert!(stand_ins.calls().iter().any(|call| call == &connect));
}

#[test]
fn a_program_that_hangs_ends_with_the_command() {
    let stand_ins = StandIns::new(&[("nmcli", "exec sleep 100")]);
    let clock = Clock::default().with_limit(std::time::Duration::from_millis(50));
    let outcome = HostWifi::new(System::NetworkManager, Some(stand_ins.path()), &clock).scan();
    assert!(matches!(outcome, Err(HostWifiError::Stopped(_))));
}
