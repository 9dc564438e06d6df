//! Libraries of the cloud, one on a line.

use crate::{cloud::Library, ui::Page};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::collections::BTreeMap;

const NAME: Style = AnsiColor::Blue.on_default();
const STANDING: Style = AnsiColor::Green.on_default();
const OWNERSHIP: Style = AnsiColor::Blue.on_default();
const INSTALLS: Style = AnsiColor::BrightBlack.on_default();

/// What is told of a library.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    name: String,
    version: String,
    author: Option<String>,
    sentence: Option<String>,
    paragraph: Option<String>,
    license: Option<String>,
    url: Option<String>,
    repository: Option<String>,
    architectures: Vec<String>,
    dependencies: BTreeMap<String, String>,
    installs: u64,
    official: bool,
    verified: bool,
    mine: bool,
    visibility: Option<String>,
    download_url: Option<String>,
    #[serde(skip)]
    private: bool,
}

impl From<Library> for Row {
    fn from(library: Library) -> Self {
        Self {
            private: library.is_private(),
            name: library.name,
            version: library.version,
            author: library.author,
            sentence: library.sentence,
            paragraph: library.paragraph,
            license: library.license,
            url: library.url,
            repository: library.repository,
            architectures: library.architectures,
            dependencies: library.dependencies,
            installs: library.installs,
            official: library.official,
            verified: library.verified,
            mine: library.mine,
            visibility: library.visibility,
            download_url: library.download,
        }
    }
}

impl Row {
    /// Writes the line. Among one's own, it goes without saying that a library is one's own.
    pub(super) fn render(&self, page: &mut Page, among_mine: bool) {
        let standing = if self.official { Some("official") } else { self.verified.then_some("verified") };
        let ownership =
            if self.private { Some("private") } else { (self.mine && !among_mine).then_some("mine") };
        let badges: String = [(STANDING, standing), (OWNERSHIP, ownership)]
            .into_iter()
            .filter_map(|(style, badge)| Some(format!("{} ", page.styled(style, format!("[{}]", badge?)))))
            .collect();
        let (name, version) = (page.styled(NAME, page.foreign(&self.name)), page.foreign(&self.version));
        let installs = page.styled(INSTALLS, self.installs);
        let sentence = page.foreign(self.sentence.as_deref().unwrap_or_default());
        let line = format!("{name} {version} {badges}{installs} {sentence}");
        page.line(line.trim_end());
    }
}
