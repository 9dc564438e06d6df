//! `/v1/device-os/versions`: what code can be compiled for.

use super::{CloudError, Session, request::Request};
use crate::platform::PlatformId;
use serde::Deserialize;

/// The most that the cloud gives at a time; there are fewer for every platform.
const PAGE_LENGTH: u32 = 100;

/// A version of Device OS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DeviceOsVersion {
    /// Its number, such as `6.3.4` or `5.0.0-rc.1`.
    pub version: String,
    /// `ga`, `preview` or `archived`.
    #[serde(default)]
    pub release_state: Option<String>,
}

impl DeviceOsVersion {
    /// Whether it is not released for good.
    pub fn is_preview(&self) -> bool {
        self.release_state.as_deref() == Some("preview")
    }
}

#[derive(Deserialize)]
struct Listing {
    versions: Vec<DeviceOsVersion>,
}

/// The versions of Device OS that the cloud has.
pub struct DeviceOsVersions<'s> {
    session: &'s Session<'s>,
}

impl<'s> DeviceOsVersions<'s> {
    pub(super) fn new(session: &'s Session<'_>) -> Self {
        Self { session }
    }

    /// Those that there are for a platform, in the cloud's order.
    pub async fn list(&self, platform: PlatformId) -> Result<Vec<DeviceOsVersion>, CloudError> {
        let request = Request::get(&["v1", "device-os", "versions"])
            .query("platform_id", platform)
            .query("per_page", PAGE_LENGTH);
        let listing: Listing = self.session.json(&request).await?;
        Ok(listing.versions)
    }
}
