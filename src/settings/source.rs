//! Where a setting's value came from.

use serde::{Serialize, Serializer};
use std::fmt;

/// What decided a setting, in falling order of precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag on the command line.
    Flag(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// The choice kept in `profile.json`.
    Selection,
    /// The file of the profile of this name.
    Profile(String),
    /// Nothing said anything.
    Default,
}

impl Source {
    /// Whether the command line or the environment overrides what is stored, for this command only.
    pub fn is_override(&self) -> bool {
        matches!(self, Source::Flag(_) | Source::Variable(_))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Flag(name) | Source::Variable(name) => f.write_str(name),
            Source::Selection => f.write_str("profile.json"),
            Source::Profile(name) => write!(f, "profile {name}"),
            Source::Default => f.write_str("default"),
        }
    }
}

impl Serialize for Source {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A value and what decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value in force.
    pub value: T,
    /// What decided it.
    pub source: Source,
}

impl<T> Setting<T> {
    /// A value with its source.
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }
}
