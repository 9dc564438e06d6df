//! What can be wrong with settings.

use super::{ApiUrlError, ProfileNameError, Source, TokenError};
use std::{io, path::PathBuf};

/// Settings that cannot be read, written or used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No folder to keep settings in.
    #[error("cannot find your home folder")]
    NoHome,
    /// A file cannot be read.
    #[error("cannot read {path}: {source}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}", path = .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is no JSON object.
    #[error("{path} is no JSON object (line {line}, column {column})", path = .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where the parser gave up, counted from 1. Its words could quote a token.
        line: usize,
        /// The column in that line.
        column: usize,
    },
    /// A file holds a value that cannot be used.
    #[error("{setting} in {path} cannot be used: {reason}", path = .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The command line or the environment gives an address that is none.
    #[error("{source_name} {text:?} is no address of a cloud: {reason}", source_name = .origin)]
    ApiUrl {
        /// Flag or variable.
        origin: Source,
        /// What it says.
        text: String,
        /// What is wrong with it.
        reason: ApiUrlError,
    },
    /// The command line or the environment names an impossible profile.
    #[error(transparent)]
    ProfileName(#[from] ProfileNameError),
    /// `PARTICLE_ACCESS_TOKEN` holds no token.
    #[error("PARTICLE_ACCESS_TOKEN cannot be used: {0}")]
    Token(TokenError),
    /// A value for a setting that would be of no use.
    #[error("this cannot be the {key}: {reason}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A login at one cloud cannot be kept in a profile that leads to another.
    #[error("profile {profile} leads to {stored}, so a login at {used} cannot be kept in it")]
    OtherCloud {
        /// The profile.
        profile: String,
        /// Address in the profile.
        stored: String,
        /// Address in use.
        used: String,
    },
}
