//! The version of Device OS that is compiled for.

use crate::{
    cloud::{DeviceOsVersion, Session},
    commands::{CommandError, CommandResult, Context, Kind},
    platform::Platform,
};

/// The word for the version that the cloud takes by itself.
const LATEST: &str = "latest";

/// A version that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Target {
    /// Its number.
    pub version: String,
    /// Whether nobody named it.
    pub automatic: bool,
}

/// Chooses the version: the one that was typed, which has to be there for the platform; or the cloud's own choice,
/// unless the board was left behind by that.
pub(in crate::commands) fn choose(
    context: &Context,
    session: &Session<'_>,
    platform: &'static Platform,
    typed: Option<&str>,
) -> CommandResult<Option<Target>> {
    let typed = typed.filter(|version| *version != LATEST);
    if typed.is_none() && !platform.left_behind {
        return Ok(None);
    }
    let versions = match context.block_on(session.device_os_versions().list(platform.id)) {
        Ok(versions) => versions,
        // Local clouds have no list. They will say for themselves what they cannot compile for.
        Err(error) if error.kind() == Kind::NotFound => {
            return Ok(typed.map(|version| Target { version: version.to_owned(), automatic: false }));
        }
        Err(error) => return Err(error),
    };
    match typed {
        Some(version) if versions.iter().any(|known| known.version == version) => {
            Ok(Some(Target { version: version.to_owned(), automatic: false }))
        }
        Some(_) => Err(invalid(&versions)),
        None => Ok(newest(&versions).map(|version| Target { version: version.to_owned(), automatic: true })),
    }
}

impl Target {
    /// Says which version it is.
    pub(in crate::commands) fn announce(&self, context: &Context, platform: &Platform) -> CommandResult {
        if self.automatic {
            let name = platform.display_name;
            context.ui.note(format!("{} is the newest Device OS for the {name}.", self.version));
        }
        Ok(context.ui.line(format!("Targeting version: {}", context.ui.foreign(&self.version)))?)
    }
}

fn invalid(versions: &[DeviceOsVersion]) -> CommandError {
    let mut text = "Invalid build target version.\nValid targets:".to_owned();
    for known in versions {
        let preview = if known.is_preview() { " (preview)" } else { "" };
        text.push_str(&format!("\n{}{preview}", known.version));
    }
    CommandError::new(Kind::Usage, text)
}

/// The newest version that is released for good.
fn newest(versions: &[DeviceOsVersion]) -> Option<&str> {
    let released = versions.iter().filter(|known| !known.is_preview());
    released
        .filter_map(|known| Some((number(&known.version)?, known.version.as_str())))
        .max()
        .map(|(_, text)| text)
}

/// Major, minor and patch; `None` for anything with more to it.
fn number(version: &str) -> Option<[u32; 3]> {
    let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_the_highest_that_is_released() {
        let version = |version: &str, state: &str| DeviceOsVersion {
            version: version.into(),
            release_state: Some(state.into()),
        };
        let versions = [
            version("1.9.0", "ga"),
            version("1.10.2", "archived"),
            version("2.0.0-rc.1", "ga"),
            version("2.0.0", "preview"),
        ];
        assert_eq!(newest(&versions), Some("1.10.2"));
        assert!(invalid(&versions).message().ends_with("\n2.0.0 (preview)"));
    }
}
