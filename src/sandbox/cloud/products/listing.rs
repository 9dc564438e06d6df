//! Which devices of a product a request wants to see, and in which order.

use super::Member;
use crate::sandbox::cloud::DeviceRecord;
use serde::Deserialize;

/// Devices on a page unless the request says otherwise.
const PAGE_LENGTH: usize = 25;
/// Most devices on a page.
const LONGEST_PAGE: usize = 100;

/// A device of the product.
pub(super) struct Entry<'r> {
    pub(super) device: DeviceRecord,
    pub(super) member: &'r Member,
    pub(super) serial_number: Option<String>,
}

/// The query of a listing. What is empty counts as not given.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    page: Option<usize>,
    #[serde(alias = "per_page")]
    per_page: Option<usize>,
    /// A part of the name.
    device_name: Option<String>,
    /// A part of the id.
    device_id: Option<String>,
    /// A part of the serial number.
    serial_number: Option<String>,
    /// Groups, separated by commas; a device of any of them will do.
    groups: Option<String>,
    /// `deviceName`, `lastConnection`, or `deviceId`, which is the default.
    sort_attr: Option<String>,
    /// `asc`, which is the default, or `desc`.
    sort_dir: Option<String>,
}

/// A page of a listing.
pub(super) struct ListPage<'r> {
    pub(super) entries: Vec<Entry<'r>>,
    /// How many there are on all pages.
    pub(super) total_records: usize,
    pub(super) total_pages: usize,
}

impl Listing {
    /// The page asked for, out of all devices of the product, which come sorted by id.
    pub(super) fn page<'r>(&self, devices: impl Iterator<Item = Entry<'r>>) -> ListPage<'r> {
        let mut entries: Vec<Entry> = devices.filter(|device| self.admits(device)).collect();
        match self.sort_attr.as_deref() {
            Some("deviceName") => entries.sort_by_cached_key(|entry| entry.device.name.clone()),
            Some("lastConnection") => entries.sort_by_key(|entry| entry.device.last_heard),
            _ => {}
        }
        if self.sort_dir.as_deref() == Some("desc") {
            entries.reverse();
        }
        let length = self.per_page.filter(|length| *length > 0).unwrap_or(PAGE_LENGTH).min(LONGEST_PAGE);
        let skipped = self.page.unwrap_or(1).saturating_sub(1).saturating_mul(length);
        ListPage {
            total_records: entries.len(),
            total_pages: entries.len().div_ceil(length),
            entries: entries.into_iter().skip(skipped).take(length).collect(),
        }
    }

    fn admits(&self, entry: &Entry) -> bool {
        contains(entry.device.name.as_deref(), self.device_name.as_deref())
            && contains(Some(entry.device.id.as_str()), self.device_id.as_deref())
            && contains(entry.serial_number.as_deref(), self.serial_number.as_deref())
            && self.groups.as_deref().is_none_or(|groups| is_in_any(&entry.member.groups, groups))
    }
}

fn contains(text: Option<&str>, part: Option<&str>) -> bool {
    let text = || text.unwrap_or_default().to_lowercase();
    part.is_none_or(|part| part.is_empty() || text().contains(&part.to_lowercase()))
}

fn is_in_any(own: &[String], wanted: &str) -> bool {
    let mut wanted = wanted.split(',').map(str::trim).filter(|group| !group.is_empty()).peekable();
    wanted.peek().is_none() || wanted.any(|group| own.iter().any(|own| own == group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::PlatformId;

    fn device(number: usize, name: Option<&str>) -> DeviceRecord {
        DeviceRecord {
            id: format!("{number:024x}").parse().unwrap(),
            name: name.map(str::to_owned),
            owner: None,
            wanted_by: None,
            platform_id: PlatformId(13),
            key: None,
            last_heard: None,
        }
    }

    fn page<'r>(listing: &Listing, devices: &[DeviceRecord], member: &'r Member) -> ListPage<'r> {
        let entry = |device: &DeviceRecord| Entry { device: device.clone(), member, serial_number: None };
        listing.page(devices.iter().map(entry))
    }

    #[test]
    fn pages_follow_each_other_and_end() {
        let devices: Vec<_> = (0..30).map(|number| device(number, None)).collect();
        let member = Member::default();
        let paged = |number, per_page| {
            page(&Listing { page: number, per_page, ..Listing::default() }, &devices, &member)
        };
        assert_eq!(paged(None, None).entries.len(), 25);
        assert_eq!(paged(Some(2), None).entries.len(), 5);
        assert_eq!(paged(Some(3), Some(10)).entries[0].device.id, devices[20].id);
        assert!(paged(Some(usize::MAX), Some(usize::MAX)).entries.is_empty());
        let first = paged(Some(0), Some(0));
        assert_eq!((first.total_records, first.total_pages, first.entries.len()), (30, 2, 25));
    }

    #[test]
    fn names_are_sorted_and_filtered_by_parts() {
        let devices = [device(1, Some("Kitchen")), device(2, None), device(3, Some("Attic"))];
        let member = Member::default();
        let ids = |listing: Listing| -> Vec<_> {
            page(&listing, &devices, &member).entries.into_iter().map(|entry| entry.device.id).collect()
        };
        assert_eq!(
            ids(Listing { device_name: Some("KITCH".into()), ..Listing::default() }),
            [devices[0].id.clone()]
        );
        let sort = (Some("deviceName".to_owned()), Some("desc".to_owned()));
        let sorted = ids(Listing { sort_attr: sort.0, sort_dir: sort.1, ..Listing::default() });
        assert_eq!(sorted, [0, 2, 1].map(|index: usize| devices[index].id.clone()));
    }

    #[test]
    fn any_of_the_groups_will_do() {
        let own = ["home".to_owned(), "test".to_owned()];
        assert!(is_in_any(&own, "garden, test") && is_in_any(&own, "") && is_in_any(&own, " ,"));
        assert!(!is_in_any(&own, "tes") && !is_in_any(&[], "test"));
    }
}
