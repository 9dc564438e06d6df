//! How a program came to where it is.

use serde::Serialize;
use std::{fmt, path::Path};

/// Who put the binary where it is, as far as its place tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Installation {
    /// `cargo install`.
    Cargo,
    /// `cargo build`, in a checkout of the source.
    SourceTree,
    /// A package manager: that of the operating system, Homebrew or Nix.
    PackageManager,
    /// Somebody, by hand.
    Unknown,
}

impl Installation {
    /// Looks at where the binary is.
    pub fn of(binary: &Path, cargo_home: Option<&Path>) -> Self {
        let within = |folder: &str| binary.components().any(|part| part.as_os_str() == folder);
        if cargo_home.is_some_and(|home| binary.starts_with(home.join("bin"))) {
            Self::Cargo
        } else if within("target") && (within("debug") || within("release")) {
            Self::SourceTree
        } else if ["/usr/bin", "/bin", "/nix/store"].iter().any(|folder| binary.starts_with(folder))
            || within("Cellar")
        {
            Self::PackageManager
        } else {
            Self::Unknown
        }
    }

    /// What to do for the newest version, or for the one wanted.
    pub fn advice(self, wanted: Option<&str>) -> String {
        let version = match wanted {
            Some(version) => format!("version {version}"),
            None => "the newest version".to_owned(),
        };
        match self {
            Self::Cargo => {
                format!("check out {version} of its source and run `cargo install --locked --path .` there")
            }
            Self::SourceTree => {
                format!("check out {version} of its source and run `cargo build --release --locked` there")
            }
            Self::PackageManager => format!("let the package manager that installed it install {version}"),
            Self::Unknown => format!("put the binary of {version} in its place"),
        }
    }
}

impl fmt::Display for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cargo => "installed by `cargo install`",
            Self::SourceTree => "built in a source tree",
            Self::PackageManager => "installed by a package manager",
            Self::Unknown => "installed by hand",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_tells_who_put_it_there() {
        let home = Some(Path::new("/home/me/.cargo"));
        for (place, installation) in [
            ("/home/me/.cargo/bin/particle", Installation::Cargo),
            ("/home/me/particle/target/release/particle", Installation::SourceTree),
            ("/opt/homebrew/Cellar/particle/1.0/bin/particle", Installation::PackageManager),
            ("/nix/store/0a1b-particle/bin/particle", Installation::PackageManager),
            ("/usr/bin/particle", Installation::PackageManager),
            ("/usr/local/bin/particle", Installation::Unknown),
            ("/home/you/.cargo/bin/particle", Installation::Unknown),
        ] {
            assert_eq!(Installation::of(Path::new(place), home), installation, "{place}");
        }
    }

    #[test]
    fn another_version_can_be_asked_for() {
        assert!(Installation::Cargo.advice(Some("1.2.3")).contains("version 1.2.3"));
        assert!(Installation::Unknown.advice(None).contains("the newest version"));
    }
}
