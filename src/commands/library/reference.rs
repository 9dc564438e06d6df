//! Libraries as they are named on the command line.

use crate::project::Dependency;
use std::{fmt, str::FromStr};

/// `NAME`, which is the newest version, or `NAME@VERSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub name: String,
    pub version: Option<String>,
}

impl FromStr for Reference {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        if name.is_empty() || version.is_some_and(str::is_empty) {
            return Err("a library is named NAME or NAME@VERSION");
        }
        Ok(Self { name: name.to_owned(), version: version.map(str::to_owned) })
    }
}

impl From<Dependency> for Reference {
    fn from(dependency: Dependency) -> Self {
        Self {
            name: dependency.name,
            version: Some(dependency.version).filter(|version| !version.is_empty()),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_may_follow() {
        for text in ["internetbutton", "internetbutton@0.1.10"] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
        for text in ["", "@1.0.0", "lib@"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
