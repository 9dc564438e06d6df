//! Where settings are kept.

use super::SettingsError;
use crate::environment::Environment;
use std::path::PathBuf;

/// The folder with settings: `PARTICLE_CONFIG_DIR`, or `.particle` in the home folder.
pub(super) fn locate(environment: &Environment) -> Result<PathBuf, SettingsError> {
    if let Some(folder) = environment.path("PARTICLE_CONFIG_DIR") {
        return Ok(folder);
    }
    let home = environment.home().ok_or(SettingsError::NoHome)?;
    Ok(home.join(".particle"))
}
