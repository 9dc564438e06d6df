//! Changing what is stored. Each change reads its file anew, so that what another process wrote is kept.

use super::{AccessToken, ApiUrl, ProfileName, Settings, SettingsError, json_file::JsonFile, keys, profile};
use serde_json::Value;
use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};
use url::Url;

/// What a login leaves behind.
pub struct Login<'a> {
    /// Whose account it is, where the cloud says.
    pub username: Option<&'a str>,
    /// The token.
    pub access_token: &'a AccessToken,
    /// When the token expires (RFC 3339); `None` for never or unknown.
    pub expires_at: Option<String>,
}

/// What a change of a setting brought along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Nothing else.
    SettingOnly,
    /// Not even the setting: there was none to remove.
    Nothing,
    /// The profile's login was forgotten: it belonged to the cloud that the profile led to before.
    LoginForgotten,
}

/// The file that names the current profile.
pub(super) fn selection_file(folder: &Path) -> PathBuf {
    folder.join("profile.json")
}

impl Settings {
    /// Makes a profile the current one. It need not have any settings yet.
    pub fn switch_to(&self, name: &ProfileName) -> Result<(), SettingsError> {
        let mut file = JsonFile::read(selection_file(self.folder()))?;
        file.set("name", name.as_str());
        file.write()
    }

    /// Says whether the Node tool, which keeps its settings here too, may update itself.
    pub fn set_update_checks(&self, enabled: bool) -> Result<(), SettingsError> {
        let mut file = JsonFile::read(selection_file(self.folder()))?;
        file.set("enableUpdates", enabled);
        file.write()
    }

    /// The profiles that have settings, sorted by name.
    pub fn profiles(&self) -> Result<Vec<ProfileName>, SettingsError> {
        profile::list(self.folder())
    }

    /// Deletes a profile and everything in it.
    pub fn delete(&self, profile: &ProfileName) -> Result<(), SettingsError> {
        let path = profile.file(self.folder());
        fs::remove_file(&path).map_err(|source| SettingsError::Write { path, source })
    }

    /// Sets or, without a value, removes one setting of a profile.
    ///
    /// Values are stored as texts, as the Node tool does. A key that differs from a known one in case only means that
    /// one.
    pub fn set(
        &self,
        profile: &ProfileName,
        key: &str,
        value: Option<&str>,
    ) -> Result<Changed, SettingsError> {
        let key = keys::known(key).unwrap_or(key);
        if let Some(value) = value {
            check(key, value)?;
        }
        let mut file = self.profile_file(profile)?;
        let origin_before = stored_origin(&file);
        match value {
            Some(value) => file.set(key, value),
            None if !file.remove(key) => return Ok(Changed::Nothing),
            None => {}
        }
        let moved = key == keys::API_URL && stored_origin(&file) != origin_before;
        let forgotten = moved && file.text(keys::ACCESS_TOKEN).is_some();
        if forgotten {
            forget_login(&mut file);
        }
        file.write()?;
        Ok(if forgotten { Changed::LoginForgotten } else { Changed::SettingOnly })
    }

    /// Stores a login in the current profile.
    pub fn store_login(&self, login: &Login<'_>) -> Result<(), SettingsError> {
        self.check_login_can_be_stored()?;
        let mut file = self.profile_file(&self.profile().value)?;
        file.set(keys::ACCESS_TOKEN, login.access_token.expose());
        file.set(keys::ACCESS_TOKEN_EXPIRES_AT, login.expires_at.clone());
        file.set(keys::USERNAME, login.username);
        file.write()
    }

    /// Forgets the login of the current profile.
    pub fn forget_login(&self) -> Result<(), SettingsError> {
        let mut file = self.profile_file(&self.profile().value)?;
        forget_login(&mut file);
        file.write()
    }

    fn profile_file(&self, name: &ProfileName) -> Result<JsonFile, SettingsError> {
        JsonFile::read(name.file(self.folder()))
    }
}

/// The Node tool writes null where it forgets, and so do we.
fn forget_login(file: &mut JsonFile) {
    for key in [keys::ACCESS_TOKEN, keys::ACCESS_TOKEN_EXPIRES_AT, keys::USERNAME] {
        file.set(key, Value::Null);
    }
}

/// Where a token in this file belongs. Damaged addresses belong nowhere, so that mending one forgets the token.
fn stored_origin(file: &JsonFile) -> Option<url::Origin> {
    match file.text(keys::API_URL) {
        Some(text) => text.parse::<ApiUrl>().ok().map(|url| url.origin()),
        None => Some(ApiUrl::default().origin()),
    }
}

/// Refuses values that would make every later command fail.
fn check(key: &str, value: &str) -> Result<(), SettingsError> {
    let (key, problem) = match key {
        keys::API_URL => (keys::API_URL, problem_with::<ApiUrl>(value)),
        keys::PROXY_URL => (keys::PROXY_URL, problem_with::<Url>(value)),
        keys::ACCESS_TOKEN => (keys::ACCESS_TOKEN, problem_with::<AccessToken>(value)),
        _ => return Ok(()),
    };
    problem.map_or(Ok(()), |reason| Err(SettingsError::Value { key, reason }))
}

fn problem_with<T: FromStr<Err: Display>>(value: &str) -> Option<String> {
    value.parse::<T>().err().map(|error| error.to_string())
}
