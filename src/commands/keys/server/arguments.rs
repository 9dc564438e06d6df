//! The arguments behind the key file, which may be a host, a port, and the name of a file to write.

use crate::{
    commands::{CommandError, CommandResult, Kind},
    keys::server::{Host, ServerAddress},
};
use std::path::{Path, PathBuf};

/// What the arguments and options name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) host: Option<Host>,
    pub(super) port: Option<u16>,
    pub(super) output: Option<PathBuf>,
}

impl Places {
    /// Takes a number for the port, what looks like a file for the output, anything else for the host.
    pub(super) fn sort_out(places: &[String], host: Option<&str>, port: Option<u16>) -> CommandResult<Self> {
        let mut found = Self { host: host.map(parse_host).transpose()?, port, output: None };
        for place in places {
            let first = if is_file_name(place) {
                found.output.replace(place.into()).is_none()
            } else if let Ok(port) = place.parse() {
                found.port.replace(port).is_none()
            } else {
                found.host.replace(parse_host(place)?).is_none()
            };
            if !first {
                return Err(CommandError::new(
                    Kind::Usage,
                    format!("{place:?} is one host, port or output file too many"),
                ));
            }
        }
        Ok(found)
    }

    /// The address that is to be stored, if one was given.
    pub(super) fn address(&self) -> CommandResult<Option<ServerAddress>> {
        match (&self.host, self.port) {
            (Some(host), port) => Ok(Some(ServerAddress::new(host.clone(), port)?)),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(CommandError::new(Kind::Usage, "a port needs a host to go with it")
                .hint("give the host as well: `particle keys server FILE HOST PORT`")),
        }
    }
}

fn parse_host(text: &str) -> CommandResult<Host> {
    Ok(text.parse()?)
}

/// Hosts have no such endings and no slashes.
fn is_file_name(text: &str) -> bool {
    let extension = Path::new(text).extension().and_then(|extension| extension.to_str());
    text.contains(['/', '\\']) || matches!(extension, Some("der" | "bin" | "pem"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(places: &[&str]) -> Places {
        let places: Vec<String> = places.iter().map(ToString::to_string).collect();
        Places::sort_out(&places, None, None).unwrap()
    }

    #[test]
    fn hosts_ports_and_files_are_told_apart() {
        assert_eq!(sorted(&[]), Places::default());
        let host = Some("192.168.1.10".parse().unwrap());
        assert_eq!(sorted(&["192.168.1.10"]), Places { host: host.clone(), ..Places::default() });
        assert_eq!(
            sorted(&["192.168.1.10", "9000"]),
            Places { host: host.clone(), port: Some(9000), output: None }
        );
        assert_eq!(
            sorted(&["out.der", "192.168.1.10"]),
            Places { host, port: None, output: Some("out.der".into()) }
        );
        assert_eq!(sorted(&["./out"]).output, Some("./out".into()));
        assert_eq!(sorted(&["my.server"]).host, Some(Host::Domain("my.server".into())));
    }

    #[test]
    fn contradictions_are_refused() {
        let two_hosts = ["a.server".to_owned(), "b.server".to_owned()];
        assert!(Places::sort_out(&two_hosts, None, None).is_err());
        assert!(Places::sort_out(&two_hosts[..1], Some("b.server"), None).is_err());
        assert!(Places::sort_out(&["::1".to_owned()], None, None).is_err());
        assert!(Places::sort_out(&[], None, Some(9000)).unwrap().address().is_err());
    }
}
