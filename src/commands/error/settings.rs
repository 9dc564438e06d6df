//! Errors of settings files and of what overrides them.

use super::{CommandError, Kind};
use crate::settings::{ProfileNameError, SettingsError};

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        let kind = match &error {
            SettingsError::ApiUrl { .. }
            | SettingsError::ProfileName(_)
            | SettingsError::Token(_)
            | SettingsError::Value { .. }
            | SettingsError::OtherCloud { .. } => Kind::Usage,
            SettingsError::NoHome
            | SettingsError::Read { .. }
            | SettingsError::Write { .. }
            | SettingsError::Corrupt { .. }
            | SettingsError::Unusable { .. } => Kind::Failed,
        };
        let hint = hint(&error);
        let error = Self::caused_by(kind, error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

fn hint(error: &SettingsError) -> Option<String> {
    match error {
        SettingsError::NoHome => {
            Some("set PARTICLE_CONFIG_DIR to the folder that is to hold your settings".into())
        }
        SettingsError::Corrupt { path, .. } => Some(format!(
            "mend it with an editor, or move it away and log in again; {} is left as it is",
            path.display()
        )),
        SettingsError::Unusable { .. } => Some("change it there with an editor".into()),
        SettingsError::OtherCloud { used, .. } => Some(format!(
            "give that cloud a profile of its own: `particle config NAME apiUrl {used}`, then `particle --profile NAME login`"
        )),
        _ => None,
    }
}

impl From<ProfileNameError> for CommandError {
    fn from(error: ProfileNameError) -> Self {
        Self::caused_by(Kind::Usage, error)
    }
}
