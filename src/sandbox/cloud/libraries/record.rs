//! What the cloud keeps of libraries.

use crate::{
    project::{
        Archive, ArchiveError, Properties, Syntax,
        name::{problem_with_name, problem_with_text, problem_with_version},
    },
    sandbox::cloud::Records,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a library says of itself.
const DESCRIPTION: &str = "library.properties";
/// What the libraries it needs begin with there.
const DEPENDENCY: &str = "dependencies.";

/// A firmware library, in all its versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Library {
    /// Its name. No two have the same, whatever the case of letters.
    pub name: String,
    /// The account that uploads it; `None` for Particle's own.
    pub owner: Option<String>,
    /// Whether it is Particle's.
    pub official: bool,
    /// Whether Particle looked at it.
    pub verified: bool,
    /// Whether Particle recommends it.
    pub featured: bool,
    /// How often it was installed.
    pub installs: u64,
    /// Its versions, the oldest first.
    pub releases: Vec<Release>,
}

/// A library in one version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Release {
    /// Three numbers.
    pub version: String,
    /// Whether everybody can see it; else only its owner can.
    pub public: bool,
    /// When it was uploaded or published.
    pub date: Timestamp,
    /// What it says of itself.
    pub properties: BTreeMap<String, String>,
    /// Its files.
    pub archive: PackedFiles,
}

/// The bytes of a `tar.gz`. Stored in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedFiles(pub Vec<u8>);

/// Why a library is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// It cannot be unpacked.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It does not say what it is.
    #[error("{DESCRIPTION} is missing, or no text")]
    NoDescription,
    /// A field of its description will not do.
    #[error("{0} {1}")]
    Field(&'static str, &'static str),
}

impl Release {
    /// Reads an archive. Also gives the library's name. Nobody but its owner sees it until it is published.
    pub fn read(archive: Vec<u8>, date: Timestamp) -> Result<(String, Self), ReleaseError> {
        let files = Archive::read(&archive)?;
        let text = files.file(DESCRIPTION).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let text = text.ok_or(ReleaseError::NoDescription)?;
        let properties: BTreeMap<String, String> = Properties::parse(text, Syntax::Java)
            .entries()
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        type Rule = fn(&str) -> Option<&'static str>;
        let field = |name: &'static str, rule: Rule| {
            let value = properties.get(name).cloned().unwrap_or_default();
            rule(&value).map_or(Ok(value), |problem| Err(ReleaseError::Field(name, problem)))
        };
        let (name, version) = (field("name", problem_with_name)?, field("version", problem_with_version)?);
        field("author", problem_with_text)?;
        field("sentence", problem_with_text)?;
        Ok((name, Self { version, public: false, date, properties, archive: PackedFiles(archive) }))
    }

    /// The libraries it needs, with their versions.
    pub fn dependencies(&self) -> BTreeMap<&str, &str> {
        let entries = self.properties.iter();
        entries.filter_map(|(key, version)| Some((key.strip_prefix(DEPENDENCY)?, version.as_str()))).collect()
    }
}

impl Library {
    /// One that nobody has looked at or installed yet.
    pub fn new(name: &str, owner: Option<&str>, release: Release) -> Self {
        Self {
            name: name.to_owned(),
            owner: owner.map(str::to_owned),
            official: false,
            verified: false,
            featured: false,
            installs: 0,
            releases: vec![release],
        }
    }

    /// Whether this is its name, in any case of letters.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it is this account's.
    pub fn is_owned_by(&self, username: &str) -> bool {
        self.owner.as_deref() == Some(username)
    }

    /// The versions that an account can see, the oldest first.
    pub fn visible_to(&self, username: &str) -> impl DoubleEndedIterator<Item = &Release> {
        let owned = self.is_owned_by(username);
        self.releases.iter().filter(move |release| release.public || owned)
    }

    /// The version asked for, if an account can see it; the newest, where none or `latest` is.
    pub fn release(&self, username: &str, version: Option<&str>) -> Option<&Release> {
        let mut visible = self.visible_to(username);
        match version.filter(|version| *version != "latest") {
            Some(version) => visible.find(|release| release.version == version),
            None => visible.next_back(),
        }
    }

    /// Adds a version, in place of a private one with the same number. Refuses one that others may be using already.
    pub fn put(&mut self, release: Release) -> bool {
        if self.releases.iter().any(|other| other.public && other.version == release.version) {
            return false;
        }
        self.releases.retain(|other| other.version != release.version);
        self.releases.push(release);
        self.releases.sort_by_cached_key(|release| numbers(&release.version));
        true
    }

    /// Lets everybody see the newest version. Tells whether that is a change.
    pub fn publish(&mut self) -> bool {
        let Some(release) = self.releases.last_mut().filter(|release| !release.public) else { return false };
        release.public = true;
        release.date = Timestamp::now();
        true
    }
}

impl PackedFiles {
    /// Names them by what they are: nobody can guess it who does not have them.
    pub fn digest(&self) -> String {
        Sha256::digest(&self.0).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A version as something that can be compared.
fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|number| number.parse().unwrap_or(u64::MAX)).collect()
}

impl Records {
    /// The library of this name, in any case of letters, whoever may see it.
    pub fn library(&self, name: &str) -> Option<&Library> {
        self.libraries.iter().find(|library| library.is_called(name))
    }

    /// The library of this name, to be changed.
    pub fn library_mut(&mut self, name: &str) -> Option<&mut Library> {
        self.libraries.iter_mut().find(|library| library.is_called(name))
    }

    /// Adds a version to the library of this name, which is made where there is none. Tells whether it was taken.
    pub fn put_release(&mut self, name: &str, owner: &str, release: Release) -> bool {
        if let Some(library) = self.library_mut(name) {
            return library.put(release);
        }
        self.libraries.push(Library::new(name, Some(owner), release));
        true
    }
}

impl Serialize for PackedFiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for PackedFiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DESCRIPTION_TEXT: &str =
        "name=Lamp\nversion=1.10.0\nauthor=Ada\nsentence=It shines\ndependencies.Wire=0.1.0\n";

    fn read(description: &str) -> Result<(String, Release), ReleaseError> {
        let mut archive = Archive::default();
        archive.add(DESCRIPTION, description.as_bytes().to_vec()).unwrap();
        Release::read(archive.to_bytes().unwrap(), Timestamp::UNIX_EPOCH)
    }

    fn release(version: &str, public: bool) -> Release {
        let (_, release) = read(&DESCRIPTION_TEXT.replace("1.10.0", version)).unwrap();
        Release { public, ..release }
    }

    fn library(releases: &[(&str, bool)]) -> Library {
        let (version, public) = releases[0];
        let mut library = Library::new("Lamp", Some("ada"), release(version, public));
        for (version, public) in &releases[1..] {
            assert!(library.put(release(version, *public)));
        }
        library
    }

    #[test]
    fn an_archive_says_what_is_in_it() {
        let (name, release) = read(DESCRIPTION_TEXT).unwrap();
        assert_eq!((name.as_str(), release.version.as_str(), release.public), ("Lamp", "1.10.0", false));
        assert_eq!(release.dependencies(), BTreeMap::from([("Wire", "0.1.0")]));
        for (field, other) in
            [("name", "name=my lamp"), ("version", "version=1"), ("author", "author="), ("sentence", "")]
        {
            let without = DESCRIPTION_TEXT.lines().filter(|line| !line.starts_with(field));
            let error = read(&without.chain([other]).collect::<Vec<_>>().join("\n")).unwrap_err();
            assert!(error.to_string().starts_with(field), "{error}");
        }
        let empty = Archive::default().to_bytes().unwrap();
        let refused = Release::read(empty, Timestamp::UNIX_EPOCH);
        assert!(matches!(refused, Err(ReleaseError::NoDescription)));
        assert!(Release::read(b"no archive".to_vec(), Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn the_newest_is_the_one_with_the_highest_number() {
        let library = library(&[("1.10.0", true), ("1.9.0", true), ("2.0.0", false)]);
        let newest = |username| library.release(username, None).unwrap().version.as_str();
        assert_eq!((newest("ada"), newest("grace")), ("2.0.0", "1.10.0"));
        assert_eq!(library.release("ada", Some("latest")).unwrap().version, "2.0.0");
        assert!(library.release("grace", Some("2.0.0")).is_none());
    }

    #[test]
    fn only_what_nobody_else_uses_is_replaced() {
        let mut library = library(&[("1.0.0", true), ("2.0.0", false)]);
        assert!(library.put(release("2.0.0", false)) && !library.put(release("1.0.0", false)));
        assert_eq!(library.releases.len(), 2);
    }

    proptest! {
        #[test]
        fn any_description_is_read_or_refused(description in "(name=[a-z]{0,3}\n)?(version=[0-9.]{0,6}\n)?(?s).{0,40}") {
            if let Ok((_, release)) = read(&description) {
                prop_assert_eq!(numbers(&release.version).len(), 3);
            }
        }
    }

    #[test]
    fn archives_are_stored_as_text() {
        let json = serde_json::to_string(&PackedFiles(vec![0, 255])).unwrap();
        assert_eq!(json, "\"AP8=\"");
        assert_eq!(serde_json::from_str::<PackedFiles>(&json).unwrap(), PackedFiles(vec![0, 255]));
    }
}
