//! `/v1/libraries`: firmware libraries, those of everybody and one's own.

use super::{
    CloudError, Session,
    lenient::{null_is_empty, text_members, texts},
    request::{Part, Request},
};
use serde::Deserialize;
use serde_json::json;
use std::{collections::BTreeMap, fmt};

/// A library in one of its versions, as the cloud describes it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Library {
    /// Its name, in the letters its author chose.
    pub name: String,
    /// This version.
    pub version: String,
    /// Who made it.
    #[serde(default)]
    pub author: Option<String>,
    /// What it is, in a sentence.
    #[serde(default)]
    pub sentence: Option<String>,
    /// What it is, at length.
    #[serde(default)]
    pub paragraph: Option<String>,
    /// The conditions of its use.
    #[serde(default)]
    pub license: Option<String>,
    /// Its home page.
    #[serde(default)]
    pub url: Option<String>,
    /// Where its sources are developed.
    #[serde(default)]
    pub repository: Option<String>,
    /// What it runs on; everything where nothing is named.
    #[serde(default, deserialize_with = "texts")]
    pub architectures: Vec<String>,
    /// The libraries it needs, each with its version.
    #[serde(default, deserialize_with = "text_members")]
    pub dependencies: BTreeMap<String, String>,
    /// How often it was installed.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub installs: u64,
    /// Whether it is Particle's.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub official: bool,
    /// Whether Particle looked at it.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub verified: bool,
    /// Whether it is one's own.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub mine: bool,
    /// `public` or `private`.
    #[serde(default)]
    pub visibility: Option<String>,
    /// Where its archive is.
    #[serde(skip)]
    pub download: Option<String>,
}

impl Library {
    /// Whether only its owner can see this version.
    pub fn is_private(&self) -> bool {
        self.visibility.as_deref() == Some("private")
    }
}

/// A subset of all libraries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibraryScope {
    /// The public ones and one's own.
    All,
    /// The public ones.
    Public,
    /// One's own.
    Mine,
    /// Particle's.
    Official,
    /// Those that Particle looked at.
    Verified,
    /// Those that Particle recommends.
    Featured,
}

impl fmt::Display for LibraryScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all",
            Self::Public => "public",
            Self::Mine => "mine",
            Self::Official => "official",
            Self::Verified => "verified",
            Self::Featured => "featured",
        })
    }
}

/// Which libraries to list, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibrarySelection {
    /// Those in this subset.
    pub scope: Option<LibraryScope>,
    /// Those that are not in this one.
    pub excluded: Option<LibraryScope>,
    /// Those with this text in their names.
    pub filter: Option<String>,
    /// What to sort by: names of the cloud's, separated by commas, with a dash in front for the reverse.
    pub sort: Option<&'static str>,
    /// Number of the page, from 1.
    pub page: Option<u32>,
    /// Libraries on a page; `None` for as many as the cloud likes.
    pub limit: Option<u32>,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Single {
    data: Entry,
}

#[derive(Deserialize)]
struct Entry {
    attributes: Library,
    #[serde(default, deserialize_with = "null_is_empty")]
    links: Links,
}

#[derive(Default, Deserialize)]
struct Links {
    #[serde(default)]
    download: Option<String>,
}

impl From<Entry> for Library {
    fn from(entry: Entry) -> Self {
        Self { download: entry.links.download, ..entry.attributes }
    }
}

/// The libraries.
pub struct Libraries<'s> {
    session: &'s Session<'s>,
}

impl<'s> Libraries<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// One page of a list.
    pub async fn list(&self, selection: &LibrarySelection) -> Result<Vec<Library>, CloudError> {
        let LibrarySelection { scope, excluded, filter, sort, page, limit } = selection;
        let members = [
            ("page", page.map(|page| page.to_string())),
            ("filter", filter.clone()),
            ("limit", limit.map(|limit| limit.to_string())),
            ("sort", sort.map(str::to_owned)),
            ("scope", scope.map(|scope| scope.to_string())),
            ("excludeScopes", excluded.map(|scope| scope.to_string())),
        ];
        let given = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let request = given
            .fold(Request::get(&["v1", "libraries"]), |request, (name, value)| request.query(name, value));
        let list: List = self.session.json(&request).await?;
        Ok(list.data.into_iter().map(Library::from).collect())
    }

    /// A library by its name in any case of letters; the newest version, unless another is named.
    pub async fn get(&self, name: &str, version: Option<&str>) -> Result<Library, CloudError> {
        let request = Request::get(&["v1", "libraries", name]).query("version", version.unwrap_or("latest"));
        let single: Single = self.session.json(&request).await?;
        Ok(single.data.into())
    }

    /// The sources of a library, packed. Archives lie on a server that is not shown the token.
    pub async fn archive(&self, library: &Library) -> Result<Vec<u8>, CloudError> {
        let transport = self.session.transport;
        let link = transport.link(library.download.as_deref().unwrap_or_default())?;
        transport.send(&Request::address(link), None).await?.into_bytes()
    }

    /// Makes a packed library one's own, visible to nobody else.
    pub async fn upload(&self, archive: Vec<u8>) -> Result<(), CloudError> {
        let part = Part::file("archive", "archive.tar.gz", archive);
        self.session.done(&Request::post(&["v1", "libraries"]).multipart(vec![part])).await
    }

    /// Makes the newest version of one's own library visible to all.
    pub async fn publish(&self, name: &str) -> Result<(), CloudError> {
        let change = json!({ "visibility": "public" });
        self.session.done(&Request::patch(&["v1", "libraries", name]).json(&change)).await
    }

    /// Deletes a library; `key` permits it for one that others may be using.
    pub async fn delete(&self, name: &str, key: &str) -> Result<(), CloudError> {
        let order = json!({ "force": key });
        self.session.done(&Request::delete(&["v1", "libraries", name]).json(&order)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn members_may_be_missing_null_or_new() {
        let json = r#"{"data":{"type":"libraries","id":"neopixel","links":{"download":"https://x/y.tar.gz"},
            "attributes":{"name":"neopixel","version":"0.0.10","maintainer":null,"paragraph":null,
            "architectures":null,"dependencies":{"a":"1.0.0","b":7},"installs":null,"official":null,"new":{}}}}"#;
        let library = Library::from(serde_json::from_str::<Single>(json).unwrap().data);
        assert_eq!(library.dependencies, BTreeMap::from([("a".to_owned(), "1.0.0".to_owned())]));
        assert_eq!(library.download.as_deref(), Some("https://x/y.tar.gz"));
        assert!(!library.official && !library.is_private() && library.architectures.is_empty());
        let bare =
            r#"{"data":{"attributes":{"name":"a","version":"1.0.0","dependencies":null},"links":null}}"#;
        assert_eq!(Library::from(serde_json::from_str::<Single>(bare).unwrap().data).download, None);
    }

    proptest! {
        #[test]
        fn what_a_server_adds_to_a_library_does_no_harm(
            member in "(architectures|dependencies|new)", value in "(null|7|\"x\"|\\[[0-9]?\\]|\\{\"a\":[0-9]\\})",
        ) {
            let json = format!(r#"{{"data":[{{"attributes":{{"name":"a","version":"1","{member}":{value}}}}}]}}"#);
            prop_assert_eq!(serde_json::from_str::<List>(&json).unwrap().data.len(), 1);
        }
    }
}
