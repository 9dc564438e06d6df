//! Settings and tokens, in the same files as the Node tool: `~/.particle/profile.json` names the current profile,
//! `~/.particle/<profile>.config.json` holds a profile's settings.
//!
//! Precedence: flag, environment, profile, default. A token is bound to the origin (scheme, host, port) of the address
//! that its profile holds; for another address there is no token.

mod api_url;
mod error;
mod folder;
mod json_file;
pub mod keys;
mod profile;
mod source;
mod store;
mod token;

pub use api_url::{ApiUrl, ApiUrlError, DEFAULT_API_URL, SegmentError};
pub use error::SettingsError;
pub use profile::{ProfileName, ProfileNameError};
pub use source::{Setting, Source};
pub use store::{Changed, Login};
pub use token::{AccessToken, TokenError};

use crate::environment::Environment;
use json_file::JsonFile;
use profile::Profile;
use std::path::{Path, PathBuf};
use url::Url;

/// What the command line says about settings.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--api-url`.
    pub api_url: Option<String>,
}

/// The settings in force for one command.
pub struct Settings {
    folder: PathBuf,
    profile: Setting<ProfileName>,
    api_url: Setting<ApiUrl>,
    apps_url: Option<Setting<Url>>,
    environment_token: Option<AccessToken>,
    stored: Profile,
}

impl Settings {
    /// Reads the files and applies what overrides them.
    pub fn load(environment: &Environment, overrides: &Overrides) -> Result<Self, SettingsError> {
        let folder = folder::locate(environment)?;
        let profile = select_profile(&folder, environment, overrides)?;
        let stored = Profile::read(&folder, &profile.value)?;
        let api_url = select_api_url(environment, overrides, &profile.value, &stored)?;
        let apps_url = select_apps_url(environment, &profile.value, &stored)?;
        let token = environment.text("PARTICLE_ACCESS_TOKEN").map(str::parse).transpose();
        let environment_token = token.map_err(SettingsError::Token)?;
        Ok(Self { folder, profile, api_url, apps_url, environment_token, stored })
    }

    /// The folder with the files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The current profile.
    pub fn profile(&self) -> &Setting<ProfileName> {
        &self.profile
    }

    /// The cloud to talk to.
    pub fn api_url(&self) -> &Setting<ApiUrl> {
        &self.api_url
    }

    /// The token for [`Settings::api_url`]: the one in the environment, else the stored one.
    pub fn access_token(&self) -> Option<Setting<AccessToken>> {
        match &self.environment_token {
            Some(token) => Some(Setting::new(token.clone(), Source::Variable("PARTICLE_ACCESS_TOKEN"))),
            None => {
                let source = Source::Profile(self.profile.value.to_string());
                Some(Setting::new(self.stored_token()?.clone(), source))
            }
        }
    }

    /// The token that a login has left behind for [`Settings::api_url`].
    pub fn stored_token(&self) -> Option<&AccessToken> {
        self.stored.access_token.as_ref().filter(|_| self.leads_to_stored_cloud())
    }

    /// The stored token's home, where it is not the cloud in use and the token is therefore not used.
    pub fn unused_token_home(&self) -> Option<ApiUrl> {
        let unused = self.stored.access_token.is_some() && !self.leads_to_stored_cloud();
        unused.then(|| self.stored_api_url())
    }

    /// The name the stored login belongs to.
    pub fn username(&self) -> Option<&str> {
        self.stored.username.as_deref().filter(|_| self.leads_to_stored_cloud())
    }

    /// Where the known applications are to be fetched from, in place of where their publisher offers them.
    pub fn apps_url(&self) -> Option<&Setting<Url>> {
        self.apps_url.as_ref()
    }

    /// The proxy set in the profile. Proxy variables of the environment are not settings.
    pub fn proxy_url(&self) -> Option<&Url> {
        self.stored.proxy_url.as_ref()
    }

    /// Fails if a login at the cloud in use could not be stored in the current profile.
    pub fn check_login_can_be_stored(&self) -> Result<(), SettingsError> {
        if self.leads_to_stored_cloud() {
            return Ok(());
        }
        Err(SettingsError::OtherCloud {
            profile: self.profile.value.to_string(),
            stored: self.stored_api_url().to_string(),
            used: self.api_url.value.to_string(),
        })
    }

    fn leads_to_stored_cloud(&self) -> bool {
        self.stored_api_url().origin() == self.api_url.value.origin()
    }

    fn stored_api_url(&self) -> ApiUrl {
        self.stored.api_url.clone().unwrap_or_default()
    }
}

fn select_profile(
    folder: &Path,
    environment: &Environment,
    overrides: &Overrides,
) -> Result<Setting<ProfileName>, SettingsError> {
    if let Some(name) = &overrides.profile {
        return Ok(Setting::new(name.parse()?, Source::Flag("--profile")));
    }
    if let Some(name) = environment.text("PARTICLE_PROFILE") {
        return Ok(Setting::new(name.parse()?, Source::Variable("PARTICLE_PROFILE")));
    }
    match JsonFile::read(store::selection_file(folder))?.text("name") {
        Some(name) => Ok(Setting::new(name.parse()?, Source::Selection)),
        None => Ok(Setting::new(ProfileName::default(), Source::Default)),
    }
}

fn select_api_url(
    environment: &Environment,
    overrides: &Overrides,
    profile: &ProfileName,
    stored: &Profile,
) -> Result<Setting<ApiUrl>, SettingsError> {
    let given = match (&overrides.api_url, environment.text("PARTICLE_API_URL")) {
        (Some(text), _) => Some((text.as_str(), Source::Flag("--api-url"))),
        (None, Some(text)) => Some((text, Source::Variable("PARTICLE_API_URL"))),
        (None, None) => None,
    };
    match (given, &stored.api_url) {
        (Some((text, source)), _) => match text.parse() {
            Ok(url) => Ok(Setting::new(url, source)),
            Err(reason) => Err(SettingsError::ApiUrl { origin: source, text: text.to_owned(), reason }),
        },
        (None, Some(url)) => Ok(Setting::new(url.clone(), Source::Profile(profile.to_string()))),
        (None, None) => Ok(Setting::new(ApiUrl::default(), Source::Default)),
    }
}

fn select_apps_url(
    environment: &Environment,
    profile: &ProfileName,
    stored: &Profile,
) -> Result<Option<Setting<Url>>, SettingsError> {
    const VARIABLE: &str = "PARTICLE_APPS_URL";
    match environment.text(VARIABLE) {
        Some(text) => match text.parse() {
            Ok(url) => Ok(Some(Setting::new(url, Source::Variable(VARIABLE)))),
            Err(error) => Err(SettingsError::ApiUrl {
                origin: Source::Variable(VARIABLE),
                text: text.to_owned(),
                reason: ApiUrlError::Malformed(error),
            }),
        },
        None => {
            let source = Source::Profile(profile.to_string());
            Ok(stored.apps_url.clone().map(|url| Setting::new(url, source)))
        }
    }
}

#[cfg(test)]
mod tests;
