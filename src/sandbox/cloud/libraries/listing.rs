//! Which libraries a request wants to see, and in which order.

use super::{Library, Release};
use serde::Deserialize;
use std::cmp::{Ordering, Reverse};

/// Libraries on a page unless the request says otherwise.
const PAGE_LENGTH: usize = 10;
/// Most libraries on a page.
const LONGEST_PAGE: usize = 100;
/// The order where none is asked for.
const DEFAULT_ORDER: &str = "popularity";

/// The query of a listing. What is empty counts as not given.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    page: Option<usize>,
    limit: Option<usize>,
    /// A part of the name.
    filter: Option<String>,
    /// What to sort by, separated by commas; with a dash in front the other way round.
    sort: Option<String>,
    /// The subset of which to list; all, if none is given.
    scope: Option<String>,
    /// Subsets to leave out, separated by commas.
    exclude_scopes: Option<String>,
    /// What they are to run on, separated by commas; one of them will do.
    architectures: Option<String>,
}

/// A library in the newest version that the caller can see.
#[derive(Clone, Copy)]
pub(super) struct Entry<'r> {
    pub(super) library: &'r Library,
    pub(super) release: &'r Release,
    pub(super) mine: bool,
}

impl<'r> Entry<'r> {
    /// What an account sees of a library, if anything.
    pub(super) fn of(library: &'r Library, username: &str) -> Option<Self> {
        let release = library.release(username, None)?;
        Some(Self { library, release, mine: library.is_owned_by(username) })
    }

    fn is_in(&self, scope: &str) -> Result<bool, String> {
        Ok(match scope {
            "all" => true,
            "public" => self.release.public,
            "private" => !self.release.public,
            "mine" => self.mine,
            "official" => self.library.official,
            "verified" => self.library.verified,
            "featured" => self.library.featured,
            _ => return Err(format!("{scope} is not a scope of libraries")),
        })
    }

    fn runs_on_any(&self, wanted: &str) -> bool {
        let own = self.release.properties.get("architectures").map_or("*", String::as_str);
        words(own).any(|own| own == "*" || words(wanted).any(|wanted| wanted == own))
    }
}

impl Listing {
    /// The page asked for, or what is wrong with the request.
    pub(super) fn page<'r>(
        &self,
        entries: impl Iterator<Item = Entry<'r>>,
    ) -> Result<Vec<Entry<'r>>, String> {
        let mut kept = Vec::new();
        for entry in entries {
            if self.admits(&entry)? {
                kept.push(entry);
            }
        }
        let keys = words(self.sort.as_deref().unwrap_or(DEFAULT_ORDER));
        let order = keys.map(order).collect::<Result<Vec<_>, _>>()?;
        kept.sort_by(|one, other| {
            let decided = order.iter().map(|order| order(one, other)).find(|found| found.is_ne());
            decided.unwrap_or_else(|| by_name(one, other))
        });
        let length = self.limit.filter(|length| *length > 0).unwrap_or(PAGE_LENGTH).min(LONGEST_PAGE);
        let skipped = self.page.unwrap_or(1).saturating_sub(1).saturating_mul(length);
        Ok(kept.into_iter().skip(skipped).take(length).collect())
    }

    fn admits(&self, entry: &Entry) -> Result<bool, String> {
        for scope in words(self.exclude_scopes.as_deref().unwrap_or_default()) {
            if entry.is_in(scope)? {
                return Ok(false);
            }
        }
        let name = entry.library.name.to_lowercase();
        let named = self.filter.as_deref().is_none_or(|part| name.contains(&part.to_lowercase()));
        let runs = self.architectures.as_deref().is_none_or(|wanted| entry.runs_on_any(wanted));
        Ok(entry.is_in(self.scope.as_deref().unwrap_or("all"))? && named && runs)
    }
}

type Order = Box<dyn Fn(&Entry, &Entry) -> Ordering>;

/// The order that a key of a request stands for. Where there is most of something comes first.
fn order(key: &str) -> Result<Order, String> {
    let order: fn(&Entry, &Entry) -> Ordering = match key.trim_start_matches('-') {
        "name" => by_name,
        "installs" | "popularity" => {
            |one, other| Reverse(one.library.installs).cmp(&Reverse(other.library.installs))
        }
        "date" | "created" | "updated" | "published" => {
            |one, other| one.release.date.cmp(&other.release.date)
        }
        "official" => |one, other| other.library.official.cmp(&one.library.official),
        "verified" => |one, other| other.library.verified.cmp(&one.library.verified),
        _ => return Err(format!("libraries cannot be sorted by {key}")),
    };
    Ok(if key.starts_with('-') { Box::new(move |one, other| order(other, one)) } else { Box::new(order) })
}

fn by_name(one: &Entry, other: &Entry) -> Ordering {
    one.library.name.to_lowercase().cmp(&other.library.name.to_lowercase())
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{super::catalogue, *};

    fn names(listing: &Listing, username: &str) -> Result<Vec<String>, String> {
        let libraries = catalogue().unwrap();
        let entries = libraries.iter().filter_map(|library| Entry::of(library, username));
        Ok(listing.page(entries)?.into_iter().map(|entry| entry.library.name.clone()).collect())
    }

    fn listing(query: &str) -> Listing {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let members = pairs.into_iter().map(|(name, value)| {
            let number = value.parse::<u64>();
            (name, number.map_or(serde_json::Value::String(value), Into::into))
        });
        serde_json::from_value(members.collect()).unwrap()
    }

    #[test]
    fn scopes_are_chosen_and_left_out() {
        let ada = |query| names(&listing(query), "ada@example.com").unwrap();
        assert_eq!(ada("scope=mine"), ["TrafficLight"]);
        assert_eq!(ada("scope=official"), ["RollingAverage"]);
        assert_eq!(ada("scope=verified&excludeScopes=official"), ["InternetButton"]);
        assert_eq!(ada("scope=all&excludeScopes=mine,verified"), ["DoorChime"]);
        assert!(ada("scope=private").is_empty());
        assert_eq!(names(&listing("scope=private"), "grace@example.com").unwrap(), ["DoorChime"]);
        assert!(names(&listing("scope=everything"), "").is_err());
    }

    #[test]
    fn orders_can_be_combined_and_reversed() {
        let sorted = |query| names(&listing(query), "").unwrap();
        assert_eq!(sorted(""), ["InternetButton", "RollingAverage", "DoorChime", "TrafficLight"]);
        assert_eq!(sorted("sort=name"), ["DoorChime", "InternetButton", "RollingAverage", "TrafficLight"]);
        assert_eq!(sorted("sort=-date")[0], "TrafficLight");
        assert_eq!(
            sorted("sort=official,verified,-name"),
            ["RollingAverage", "InternetButton", "TrafficLight", "DoorChime"]
        );
        assert!(names(&listing("sort=colour"), "").is_err());
    }

    #[test]
    fn pages_follow_each_other_and_end() {
        let page = |query| names(&listing(query), "").unwrap();
        assert_eq!(page("sort=name&limit=3").len(), 3);
        assert_eq!(page("sort=name&limit=3&page=2"), ["TrafficLight"]);
        assert!(page("limit=3&page=3").is_empty());
        assert_eq!(page("limit=0&page=0").len(), 4);
    }

    #[test]
    fn a_part_of_the_name_will_do() {
        let filtered = |query| names(&listing(query), "").unwrap();
        assert_eq!(filtered("filter=INTERNET"), ["InternetButton"]);
        assert_eq!(filtered("filter=light&architectures=particle-photon"), ["TrafficLight"]);
        assert!(filtered("filter=nothing").is_empty());
    }
}
