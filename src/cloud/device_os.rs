//! `/v1/device-os/versions`: what code can be compiled for, and the modules of each release.

use super::{CloudError, Session, request::Request};
use crate::platform::PlatformId;
use serde::{Deserialize, Serialize};

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

/// A release of Device OS for a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its number.
    pub version: String,
    /// The address below which its files are.
    pub base_url: String,
    /// Its modules.
    pub modules: Vec<ReleasedModule>,
}

/// A module of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedModule {
    /// Name of its file.
    pub filename: String,
    #[serde(default)]
    crc: Option<Crc>,
    #[serde(default, rename = "prefixInfo")]
    prefix: Option<PrefixInfo>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Crc {
    #[serde(default, rename = "storedCrc")]
    stored: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PrefixInfo {
    #[serde(default, rename = "moduleFunction")]
    function: Option<String>,
}

impl ReleasedModule {
    /// The CRC that it ends with, in hexadecimal digits.
    pub fn crc(&self) -> Option<&str> {
        self.crc.as_ref()?.stored.as_deref()
    }

    /// Whether it is an application. Releases come with one, which is nobody's own.
    pub fn is_application(&self) -> bool {
        let function = self.prefix.as_ref().and_then(|prefix| prefix.function.as_deref());
        function == Some("user_part")
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

    /// A release for a platform: by its number, by the version of its modules, or `latest`.
    pub async fn get(&self, platform: PlatformId, version: &str) -> Result<Release, CloudError> {
        let request = Request::get(&["v1", "device-os", "versions", version]).query("platform_id", platform);
        self.session.json(&request).await
    }
}
