//! Where settings are kept.

use super::SettingsError;
use crate::environment::Environment;
use directories::BaseDirs;
use std::path::PathBuf;

/// Variables that may name the home folder, in the order in which the Node tool asks them.
const HOME_VARIABLES: &[&str] = &["home", "HOME", "HOMEPATH", "USERPROFILE"];

/// The folder with settings: `PARTICLE_CONFIG_DIR`, or `.particle` in the home folder.
pub(super) fn locate(environment: &Environment) -> Result<PathBuf, SettingsError> {
    if let Some(folder) = environment.path("PARTICLE_CONFIG_DIR") {
        return Ok(folder);
    }
    let named = HOME_VARIABLES.iter().filter_map(|name| environment.path(name));
    let home = named
        .into_iter()
        .find(|folder| folder.is_dir())
        .or_else(|| Some(BaseDirs::new()?.home_dir().to_owned()))
        .ok_or(SettingsError::NoHome)?;
    Ok(home.join(".particle"))
}
