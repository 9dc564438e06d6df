//! What `particle config` shows.

use crate::{
    settings::{Setting, Settings, Source},
    ui::{Page, Report},
};
use serde::Serialize;
use std::path::Path;

/// A setting and what decided it.
#[derive(Serialize)]
struct Sourced {
    value: String,
    source: Source,
}

impl Sourced {
    fn new<T>(setting: &Setting<T>, text: impl Fn(&T) -> String) -> Self {
        Self { value: text(&setting.value), source: setting.source.clone() }
    }

    /// The value and, where it is not the stored one, what it comes from.
    fn describe(&self) -> String {
        if self.source.is_override() {
            format!("{} (from {})", self.value, self.source)
        } else {
            self.value.clone()
        }
    }
}

/// The settings in force. The token is shown, as in the Node tool: people copy it from here.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InForce<'a> {
    profile: Sourced,
    api_url: Sourced,
    proxy_url: Option<&'a str>,
    username: Option<&'a str>,
    access_token: Option<Sourced>,
    folder: &'a Path,
}

impl<'a> InForce<'a> {
    pub fn of(settings: &'a Settings) -> Self {
        let token = settings.access_token();
        Self {
            profile: Sourced::new(settings.profile(), ToString::to_string),
            api_url: Sourced::new(settings.api_url(), ToString::to_string),
            proxy_url: settings.proxy_url().map(url::Url::as_str),
            username: settings.username(),
            access_token: token.map(|token| Sourced::new(&token, |token| token.expose().to_owned())),
            folder: settings.folder(),
        }
    }
}

impl Report for InForce<'_> {
    fn render(&self, page: &mut Page) {
        page.line(format!("Current profile: {}", page.foreign(&self.profile.describe())));
        page.line(format!("Using API: {}", self.api_url.describe()));
        if let Some(proxy) = self.proxy_url {
            page.line(format!("Proxy URL: {proxy}"));
        }
        let token = self.access_token.as_ref().map_or_else(|| "null".to_owned(), Sourced::describe);
        page.line(format!("Access token: {token}"));
    }
}

/// The profiles that have settings.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Profiles<'a>(pub Vec<&'a str>);

impl Report for Profiles<'_> {
    fn render(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.line("No configuration files found.");
        }
        // The space at the end is the Node tool's.
        page.line("Available config files: ");
        for (index, name) in self.0.iter().enumerate() {
            page.line(format!("{}.) {}", index + 1, page.foreign(name)));
        }
    }
}
