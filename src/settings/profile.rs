//! Profiles: named groups of settings, one file each.

use super::{AccessToken, ApiUrl, SettingsError, json_file::JsonFile, keys};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};
use url::Url;

const FILE_SUFFIX: &str = ".config.json";

/// The name of a profile. It is also the name of its file, so it cannot name another folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName(String);

/// A text that cannot name a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be the name of a profile: it has to be usable as the name of a file")]
pub struct ProfileNameError(pub String);

impl ProfileName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file with this profile's settings.
    pub(super) fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}{FILE_SUFFIX}", self.0))
    }
}

impl Default for ProfileName {
    fn default() -> Self {
        Self("particle".to_owned())
    }
}

impl FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unusable = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
        if text.is_empty() || text.starts_with('.') || text.contains(unusable) {
            return Err(ProfileNameError(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The names of all profiles that have a file, sorted.
pub(super) fn list(folder: &Path) -> Result<Vec<ProfileName>, SettingsError> {
    let failed = |source| SettingsError::Read { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let file = entry.map_err(failed)?.file_name();
        let name = file.to_str().and_then(|file| file.strip_suffix(FILE_SUFFIX));
        names.extend(name.and_then(|name| name.parse::<ProfileName>().ok()));
    }
    names.sort();
    Ok(names)
}

/// What a profile's file says about the settings that this program reads.
pub(super) struct Profile {
    pub api_url: Option<ApiUrl>,
    pub apps_url: Option<Url>,
    pub proxy_url: Option<Url>,
    pub username: Option<String>,
    pub access_token: Option<AccessToken>,
}

impl Profile {
    /// Reads a profile's file; without one every setting is unset.
    pub fn read(folder: &Path, name: &ProfileName) -> Result<Self, SettingsError> {
        let path = name.file(folder);
        let file = JsonFile::read(path.clone())?;
        let unusable = |setting, reason| SettingsError::Unusable { path: path.clone(), setting, reason };
        Ok(Self {
            api_url: parse(&file, keys::API_URL).map_err(|reason| unusable(keys::API_URL, reason))?,
            apps_url: parse(&file, keys::APPS_URL).map_err(|reason| unusable(keys::APPS_URL, reason))?,
            proxy_url: parse(&file, keys::PROXY_URL).map_err(|reason| unusable(keys::PROXY_URL, reason))?,
            username: file.text(keys::USERNAME).map(str::to_owned),
            access_token: parse(&file, keys::ACCESS_TOKEN)
                .map_err(|reason| unusable(keys::ACCESS_TOKEN, reason))?,
        })
    }
}

fn parse<T: FromStr<Err: fmt::Display>>(file: &JsonFile, key: &str) -> Result<Option<T>, String> {
    file.text(key).map(str::parse).transpose().map_err(|error: T::Err| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_name_stays_in_its_folder() {
        assert_eq!("my-profile name".parse::<ProfileName>().unwrap().as_str(), "my-profile name");
        for name in ["", "..", "../etc/passwd", "a/b", "a\\b", ".hidden", "a\nb"] {
            assert!(name.parse::<ProfileName>().is_err(), "{name:?}");
        }
    }
}
