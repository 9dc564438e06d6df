//! `/v1/device-os/versions` and the older `/v1/build_targets`: what code can be compiled for.
//!
//! A selection of the versions that were released. Which platforms each fits follows from the versions that virtual
//! devices run.

use super::{SharedCloud, platform};
use crate::{
    platform::{Mcu, PLATFORMS, Platform},
    sandbox::{
        bench::OsVersion,
        cloud::{credentials::Caller, error::ApiError},
    },
};
use axum::{Json, Router, extract::Query, http::StatusCode, routing::get};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::fmt;

/// A version that code can be compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Its number.
    pub version: OsVersion,
    /// What follows the number of a version that is not released for good.
    suffix: &'static str,
}

const fn released(major: u8, minor: u8, patch: u8) -> Target {
    Target { version: OsVersion(major, minor, patch), suffix: "" }
}

/// Every version, oldest first.
const TARGETS: [Target; 13] = [
    released(0, 5, 0),
    released(0, 5, 1),
    released(0, 7, 0),
    released(1, 4, 4),
    released(1, 5, 0),
    released(1, 5, 2),
    released(2, 3, 1),
    released(3, 3, 1),
    released(4, 2, 0),
    released(5, 8, 2),
    released(6, 3, 3),
    released(6, 3, 4),
    Target { version: OsVersion(6, 4, 0), suffix: "-rc.1" },
];

/// The one that the service takes for whoever names none, where it fits.
const USUAL: Target = released(6, 3, 4);

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.version, self.suffix)
    }
}

impl Target {
    fn is_preview(self) -> bool {
        !self.suffix.is_empty()
    }

    /// Whether it was made for a platform.
    fn fits(self, platform: &Platform) -> bool {
        fits(platform, self.version)
    }
}

/// Whether Device OS was made for a platform in this version.
pub(super) fn fits(platform: &Platform, version: OsVersion) -> bool {
    let first = match platform.mcu {
        Mcu::Stm32f103 | Mcu::Stm32f205 => OsVersion(0, 5, 0),
        Mcu::Nrf52840 => OsVersion(1, 4, 4),
        Mcu::Rtl872x => OsVersion(5, 8, 2),
        Mcu::Other => return false,
    };
    let last = OsVersion::usual(platform);
    let ongoing = last == USUAL.version;
    platform.firmware.is_some() && version >= first && (ongoing || version <= last)
}

/// The versions that fit a platform, oldest first.
fn targets(platform: &'static Platform) -> impl DoubleEndedIterator<Item = Target> {
    TARGETS.into_iter().filter(|target| target.fits(platform))
}

/// The version with this number, if it fits the platform.
pub(super) fn target(platform: &'static Platform, version: &str) -> Option<Target> {
    targets(platform).find(|target| target.to_string() == version)
}

/// The version for whoever names none. Boards that Device OS has left behind have none.
pub(super) fn usual(platform: &'static Platform) -> Option<Target> {
    newest(platform).filter(|_| !platform.left_behind)
}

/// The newest version that was released for a platform.
pub(super) fn newest(platform: &'static Platform) -> Option<Target> {
    targets(platform).rfind(|target| !target.is_preview())
}

/// The oldest version for a platform, which every device of its kind can run.
pub(in crate::sandbox::cloud) fn first_target(platform: &'static Platform) -> Option<OsVersion> {
    targets(platform).next().map(|target| target.version)
}

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/build_targets", get(build_targets))
        .route("/v1/device-os/versions", get(versions))
}

#[derive(Deserialize)]
struct BuildTargetQuery {
    #[serde(default)]
    featured: bool,
}

async fn build_targets(Query(query): Query<BuildTargetQuery>) -> Json<Value> {
    let targets = TARGETS.into_iter().filter(|target| !query.featured || !target.is_preview());
    let described = targets.rev().map(|target| {
        let platforms: Vec<_> = fitting(target).map(|platform| platform.id).collect();
        json!({
            "version": target.to_string(),
            "platforms": platforms,
            "prereleases": if target.is_preview() { platforms.clone() } else { Vec::new() },
            "firmware_vendor": "Particle",
        })
    });
    let platforms: Map<String, Value> = PLATFORMS
        .iter()
        .filter(|platform| platform.firmware.is_some())
        .map(|platform| (platform.display_name.to_owned(), json!(platform.id)))
        .collect();
    Json(json!({
        "targets": described.collect::<Vec<_>>(),
        "platforms": platforms,
        "default": USUAL.to_string(),
    }))
}

/// The platforms that a version fits.
fn fitting(target: Target) -> impl Iterator<Item = &'static Platform> {
    PLATFORMS.iter().filter(move |platform| target.fits(platform))
}

#[derive(Deserialize)]
struct VersionQuery {
    platform_id: Option<String>,
    #[serde(default = "ordinary_page")]
    per_page: usize,
    #[serde(default = "first_page")]
    page: usize,
}

fn ordinary_page() -> usize {
    25
}

fn first_page() -> usize {
    1
}

async fn versions(_caller: Caller, Query(query): Query<VersionQuery>) -> Result<Json<Value>, ApiError> {
    let platform = match &query.platform_id {
        Some(number) => Some(
            platform(number)
                .ok_or_else(|| ApiError::failure(StatusCode::BAD_REQUEST, "platform_id is not known"))?,
        ),
        None => None,
    };
    let fits = |target: &Target| platform.is_none_or(|platform| target.fits(platform));
    let all: Vec<Target> = TARGETS.into_iter().rev().filter(fits).collect();
    let length = query.per_page.clamp(1, 100);
    let page = all.iter().skip(length.saturating_mul(query.page.saturating_sub(1))).take(length);
    let described = page.map(|target| {
        json!({
            "version": target.to_string(),
            "release_state": if target.is_preview() { "preview" } else { "ga" },
            "supported_platforms": fitting(*target).map(|platform| platform.id).collect::<Vec<_>>(),
        })
    });
    Ok(Json(json!({
        "versions": described.collect::<Vec<_>>(),
        "total_pages": all.len().div_ceil(length),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> &'static Platform {
        Platform::by_name(name).unwrap()
    }

    #[test]
    fn each_platform_has_the_versions_of_its_time() {
        for (name, first, newest) in [
            ("core", "0.5.0", "1.4.4"),
            ("photon", "0.5.0", "3.3.1"),
            ("xenon", "1.4.4", "1.5.2"),
            ("boron", "1.4.4", "6.4.0-rc.1"),
            ("p2", "5.8.2", "6.4.0-rc.1"),
        ] {
            let platform = named(name);
            assert_eq!(first_target(platform).unwrap().to_string(), first, "{name}");
            assert_eq!(targets(platform).next_back().unwrap().to_string(), newest, "{name}");
        }
        assert!(first_target(named("tachyon")).is_none());
    }

    #[test]
    fn the_usual_version_is_released_and_fits() {
        for (name, usual_version) in [("photon", Some("3.3.1")), ("boron", Some("6.3.4")), ("xenon", None)] {
            let usual = usual(named(name)).map(|target| target.to_string());
            assert_eq!(usual.as_deref(), usual_version, "{name}");
        }
        assert!(target(named("boron"), "6.4.0-rc.1").is_some() && target(named("photon"), "6.3.4").is_none());
    }
}
