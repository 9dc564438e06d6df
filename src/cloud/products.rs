//! `/v1/products/PRODUCT/devices`: the devices of a product.

use super::{
    CloudError, Device, DeviceScope, Session,
    lenient::null_is_empty,
    request::{Part, Request},
};
use serde::Deserialize;

/// A device as its product describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct ProductDevice {
    /// What the cloud tells of any device.
    #[serde(flatten)]
    pub device: Device,
    /// The groups it is in.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub groups: Vec<String>,
    /// Whether it is left out of firmware releases.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub development: bool,
    /// Whether it is kept away from the cloud until somebody lets it in.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub quarantined: bool,
    /// The number on its label.
    #[serde(default)]
    pub serial_number: Option<String>,
    /// When the cloud last heard of it, in its words.
    #[serde(default)]
    pub last_heard: Option<String>,
}

/// Which devices of a product to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// A part of the name.
    pub name: Option<String>,
    /// Groups; a device of any of them will do.
    pub groups: Vec<String>,
    /// Devices on a page; `None` for as many as the cloud likes.
    pub page_length: Option<u32>,
}

/// A page of a list of devices.
#[derive(Clone, Debug, Deserialize)]
pub struct DevicePage {
    /// What is on it.
    pub devices: Vec<ProductDevice>,
    #[serde(default)]
    meta: PageMeta,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct PageMeta {
    #[serde(default)]
    total_pages: Option<u32>,
}

/// What became of devices that were to be put into a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportAnswer {
    /// Ids of those that are in it now and were not before, where the cloud says.
    #[serde(default)]
    pub updated_device_ids: Option<Vec<String>>,
    /// Ids of those that were in it before.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub existing_device_ids: Vec<String>,
    /// Those of people who have nothing to do with the product.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub nonmember_device_ids: Vec<String>,
    /// Those that do not exist, are of another platform, or are in another product.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub invalid_device_ids: Vec<String>,
    /// Those under Device Protection.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub protected_device_ids: Vec<String>,
}

impl DevicePage {
    /// Whether there are pages after this one, which has this number. A server that does not say how many there are
    /// has no pages.
    pub fn has_next(&self, number: u32) -> bool {
        !self.devices.is_empty() && self.meta.total_pages.is_some_and(|pages| number < pages)
    }
}

/// The devices of a product.
pub struct ProductDevices<'s> {
    session: &'s Session<'s>,
    scope: DeviceScope<'s>,
}

impl<'s> ProductDevices<'s> {
    pub(super) fn new(session: &'s Session<'_>, product: &'s str) -> Self {
        Self { session, scope: DeviceScope::Product(product) }
    }

    /// One page of the list, counted from 1.
    pub async fn page(&self, number: u32, selection: &Selection) -> Result<DevicePage, CloudError> {
        let mut request = Request::get(&self.scope.path(&[])).query("page", number);
        if let Some(name) = &selection.name {
            request = request.query("deviceName", name);
        }
        if !selection.groups.is_empty() {
            request = request.query("groups", selection.groups.join(","));
        }
        if let Some(length) = selection.page_length {
            request = request.query("per_page", length);
        }
        self.session.json(&request).await
    }

    /// One device with its details.
    pub async fn get(&self, device: &str) -> Result<ProductDevice, CloudError> {
        self.session.json(&Request::get(&self.scope.path(&[device]))).await
    }

    /// Puts devices into the product, each given by its id, serial number, IMEI or ICCID. May be repeated: those that
    /// are there stay there.
    pub async fn add(&self, identifiers: &[String]) -> Result<ImportAnswer, CloudError> {
        let method = Part::text("import_method", "many");
        let list = Part::file("file", "file", identifiers.join("\n").into_bytes());
        let request = Request::post(&self.scope.path(&[])).multipart(vec![method, list]).repeatable();
        self.session.json(&request).await
    }

    /// Takes a device out of the product. It stays its owner's.
    pub async fn remove(&self, device: &str) -> Result<(), CloudError> {
        self.session.done(&Request::delete(&self.scope.path(&[device]))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_may_be_missing_or_null() {
        let page: DevicePage =
            serde_json::from_str(r#"{"devices":[{"id":"x","groups":null,"development":null}]}"#).unwrap();
        assert!(page.devices[0].groups.is_empty() && !page.devices[0].development);
        assert!(!page.has_next(1));
        let answer: ImportAnswer =
            serde_json::from_str(r#"{"updated":8,"invalidDeviceIds":null,"new":1}"#).unwrap();
        assert_eq!(answer, ImportAnswer::default());
    }

    #[test]
    fn the_last_page_is_the_one_the_cloud_names_or_an_empty_one() {
        let page = |json: &str| serde_json::from_str::<DevicePage>(json).unwrap();
        let full = page(r#"{"devices":[{"id":"x"}],"customers":[],"meta":{"total_pages":2}}"#);
        assert!(full.has_next(1) && !full.has_next(2));
        assert!(!page(r#"{"devices":[],"meta":{"total_pages":9}}"#).has_next(1));
    }
}
