//! A stand-in for NetworkManager's program, which writes down how it is called.

use super::TestEnvironment;
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

/// The connection that [`Nmcli::near`] says this computer is in.
pub const HOME: &str = "Our Home";

/// A folder with the stand-in.
pub struct Nmcli {
    folder: PathBuf,
}

impl Nmcli {
    /// One that does what a shell script says.
    pub fn new(environment: &TestEnvironment, script: &str) -> Self {
        let folder = environment.work().join("programs");
        let calls = folder.join("calls");
        // One that was there before makes room.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let text = format!("#!/bin/sh\necho \"$@\" >> '{}'\n{script}\n", calls.display());
        fs::write(folder.join("nmcli"), text).unwrap();
        fs::set_permissions(folder.join("nmcli"), fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// One of a computer that is in its home network and hears open networks of these names and addresses. `more` is
    /// what else it does: branches of a `case` about its arguments.
    pub fn near(environment: &TestEnvironment, networks: &[(&str, &str)], more: &str) -> Self {
        let mut heard = format!("{HOME}:02\\:00\\:00\\:00\\:00\\:01:6:80:WPA2\n");
        for (name, address) in networks {
            heard += &format!("{name}:{}:11:70:\n", address.to_uppercase().replace(':', "\\:"));
        }
        let script = format!(
            "case \"$*\" in\n*'device wifi list'*) cat <<'END'\n{heard}END\n;;\n\
             *'show --active') echo '{HOME}:802-11-wireless';;\n{more}\nesac"
        );
        Self::new(environment, &script)
    }

    /// The command with this program before all others.
    pub fn before(&self, mut command: Command) -> Command {
        command.env("PATH", format!("{}:/usr/bin:/bin", self.folder.display()));
        command
    }

    /// How it was called so far, the arguments of each call in a line.
    pub fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.folder.join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// Whether this computer was last brought back into its home network.
    pub fn is_home(&self) -> bool {
        self.calls().last().is_some_and(|call| *call == format!("connection up id {HOME}"))
    }
}
