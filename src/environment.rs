//! The one place that looks at environment variables.

use directories::BaseDirs;
use std::{collections::HashMap, ffi::OsString, path::PathBuf};

/// Variables that may name the home folder, in the order in which the Node tool asks them.
const HOME_VARIABLES: &[&str] = &["home", "HOME", "HOMEPATH", "USERPROFILE"];

/// A snapshot of the process environment, or a made-up one.
#[derive(Clone, Default)]
pub struct Environment {
    variables: HashMap<String, OsString>,
}

impl Environment {
    /// Takes a snapshot of this process's environment. Names that are not UTF-8 are left out.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that may")]
    pub fn of_process() -> Self {
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
        Self { variables }
    }

    /// The value of a variable that is set, not empty, and UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.to_str().filter(|value| !value.is_empty())
    }

    /// The value of a variable that is set and not empty, as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The home folder: the first that a variable names and that exists, or else the one that the system knows.
    pub fn home(&self) -> Option<PathBuf> {
        let named = HOME_VARIABLES.iter().filter_map(|name| self.path(name));
        named
            .into_iter()
            .find(|folder| folder.is_dir())
            .or_else(|| Some(BaseDirs::new()?.home_dir().to_owned()))
    }

    /// Whether a variable is set to something other than `0`, `false`, `no` or nothing.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no"))
    }

    /// The same environment without the variables whose name starts with `prefix`.
    pub fn without_prefix(&self, prefix: &str) -> Self {
        let variables = self.variables.iter().filter(|(name, _)| !name.starts_with(prefix));
        Self { variables: variables.map(|(name, value)| (name.clone(), value.clone())).collect() }
    }

    /// The same environment with one variable set.
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        let variables =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
        Self { variables }
    }
}
