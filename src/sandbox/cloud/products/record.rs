//! What the cloud keeps of products.

use crate::{
    platform::{DeviceId, PlatformId},
    sandbox::cloud::{DeviceRecord, Records},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fleet: devices of one platform that are managed together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Product {
    /// Its number.
    pub id: u32,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The account that manages it.
    pub owner: String,
    /// What its devices are.
    pub platform_id: PlatformId,
    /// Its devices. Sorted, so that pages of their list stay where they are.
    pub members: BTreeMap<DeviceId, Member>,
}

/// What a product says of one of its devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The name of a device of which the cloud knows nothing but that it is in the product.
    pub name: Option<String>,
    /// The groups it is in.
    pub groups: Vec<String>,
    /// Whether it is left out of firmware releases.
    pub development: bool,
    /// What somebody has noted about it.
    pub notes: Option<String>,
}

impl Records {
    /// The product with this id or slug.
    pub fn product(&self, id_or_slug: &str) -> Option<&Product> {
        let id = id_or_slug.parse();
        self.products
            .iter()
            .find(|product| Ok(product.id) == id)
            .or_else(|| self.products.iter().find(|product| product.slug == id_or_slug))
    }

    /// The product that a device is in.
    pub fn product_of(&self, id: &DeviceId) -> Option<&Product> {
        self.products.iter().find(|product| product.members.contains_key(id))
    }

    /// The number that stands for a device's product; that of the platform where it is in none.
    pub fn product_id_of(&self, device: &DeviceRecord) -> u32 {
        self.product_of(&device.id).map_or(device.platform_id.0.into(), |product| product.id)
    }
}

impl Product {
    /// What the cloud knows of a device of this product, which may be no more than that it is there.
    pub fn device(&self, records: &Records, id: &DeviceId) -> Option<DeviceRecord> {
        let member = self.members.get(id)?;
        let known = records.device(id).cloned();
        Some(known.unwrap_or_else(|| DeviceRecord {
            id: id.clone(),
            name: member.name.clone(),
            owner: None,
            wanted_by: None,
            platform_id: self.platform_id,
            key: None,
            last_heard: None,
        }))
    }
}
