//! `/v1/device-os/versions/VERSION`: the modules of a release of Device OS, and the files themselves.

use super::{platform, targets};
use crate::{
    firmware::{Dependency, Module, ModuleFunction},
    platform::{Platform, release_of},
    sandbox::{
        bench::OsVersion,
        cloud::{SharedCloud, credentials::Caller, error::ApiError, files},
        release::{self, Released},
    },
};
use axum::{
    Json, Router,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode, header::HOST},
    response::Response,
    routing::get,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The word for the newest release.
const LATEST: &str = "latest";
/// Below this are the files, in a folder a version.
const FILES: &str = "/v1/firmware/device-os";

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/device-os/versions/{version}", get(describe))
        .route(&format!("{FILES}/{{version}}/{{file}}"), get(download))
}

#[derive(Deserialize)]
struct PlatformQuery {
    platform_id: Option<String>,
}

async fn describe(
    _caller: Caller,
    headers: HeaderMap,
    Path(wanted): Path<String>,
    Query(query): Query<PlatformQuery>,
) -> Result<Json<Value>, ApiError> {
    let number = query.platform_id.as_deref();
    let unknown = || ApiError::failure(StatusCode::BAD_REQUEST, "platform_id is not known");
    let platform = number.and_then(platform).ok_or_else(unknown)?;
    let (version, name) = find(platform, &wanted).ok_or_else(not_found)?;
    let modules = release::modules(platform, version).map_err(|_| not_found())?;
    let described: Option<Vec<Value>> = modules.iter().map(described).collect();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    Ok(Json(json!({
        "version": name,
        "internal_version": version.module_version(),
        "base_url": format!("http://{host}{FILES}/v{name}"),
        "modules": described.ok_or_else(not_found)?,
    })))
}

fn not_found() -> ApiError {
    ApiError::failure(StatusCode::NOT_FOUND, "Device OS version not found")
}

/// The release for a platform that a name, the version of its modules or [`LATEST`] stands for, and its name.
fn find(platform: &'static Platform, wanted: &str) -> Option<(OsVersion, String)> {
    if wanted == LATEST {
        let newest = targets::newest(platform)?;
        return Some((newest.version, newest.to_string()));
    }
    let by_number = wanted.parse().ok().and_then(release_of);
    let name = by_number.unwrap_or(wanted);
    if let Some(target) = targets::target(platform, name) {
        return Some((target.version, name.to_owned()));
    }
    // Releases that nobody compiles for any more are kept. Candidates are not.
    let version: OsVersion = name.parse().ok()?;
    let released = release_of(version.module_version()) == Some(name);
    (released && targets::fits(platform, version)).then(|| (version, name.to_owned()))
}

async fn download(
    headers: HeaderMap,
    Path((version, file)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let platform = file.split_once('-').and_then(|(platform, _)| Platform::by_name(platform));
    let found = platform.and_then(|platform| {
        let (version, _) = find(platform, version.strip_prefix('v')?)?;
        let modules = release::modules(platform, version).ok()?;
        modules.into_iter().find(|module| module.file_name == file)
    });
    Ok(files::file(&headers, found.ok_or_else(not_found)?.bytes))
}

/// A file as the cloud describes it: in the words of the Node package `binary-version-reader`, but for the functions.
fn described(released: &Released) -> Option<Value> {
    let module = Module::parse(&released.bytes).ok()?;
    let (prefix, crc) = (module.prefix(), module.crc());
    let mut fields = Map::new();
    fields.insert("moduleStartAddy".to_owned(), format!("{:08x}", prefix.start).into());
    fields.insert("moduleEndAddy".to_owned(), format!("{:08x}", prefix.end).into());
    fields.insert("moduleFlags".to_owned(), prefix.flags.0.into());
    fields.insert("moduleVersion".to_owned(), prefix.version.into());
    fields.insert("platformID".to_owned(), json!(prefix.platform));
    fields.insert("moduleFunction".to_owned(), function(prefix.function).into());
    fields.insert("moduleIndex".to_owned(), prefix.index.into());
    for (name, dependency) in ["dep", "dep2"].into_iter().zip(prefix.dependencies) {
        let none = Dependency { function: ModuleFunction::None, index: 0, version: 0 };
        let needed = dependency.unwrap_or(none);
        fields.insert(format!("{name}ModuleFunction"), function(needed.function).into());
        fields.insert(format!("{name}ModuleIndex"), needed.index.into());
        fields.insert(format!("{name}ModuleVersion"), needed.version.into());
    }
    let digits = |crc: u32| format!("{crc:08x}");
    Some(json!({
        "filename": released.file_name,
        "crc": { "ok": crc.is_ok(), "storedCrc": digits(crc.stored), "actualCrc": digits(crc.actual) },
        "prefixInfo": fields,
    }))
}

/// What the cloud calls a function.
fn function(function: ModuleFunction) -> &'static str {
    match function {
        ModuleFunction::Bootloader => "bootloader",
        ModuleFunction::Monolithic => "mono_firmware",
        ModuleFunction::SystemPart => "system_part",
        ModuleFunction::UserPart => "user_part",
        ModuleFunction::Ncp => "ncp_firmware",
        ModuleFunction::RadioStack => "radio_stack",
        _ => "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_found_by_name_by_number_and_as_the_newest() {
        let named =
            |platform, wanted| find(Platform::by_name(platform).unwrap(), wanted).map(|(_, name)| name);
        for (platform, wanted, name) in [
            ("boron", "latest", Some("6.3.4")),
            ("photon", "latest", Some("3.3.1")),
            ("core", "latest", Some("1.4.4")),
            ("xenon", "latest", Some("1.5.2")),
            ("boron", "6305", Some("6.3.4")),
            ("photon", "1512", Some("1.5.2")),
            ("photon", "2.0.1", Some("2.0.1")),
            ("boron", "6.4.0-rc.1", Some("6.4.0-rc.1")),
            ("photon", "6.3.4", None),
            ("boron", "6.3.0-rc.1", None),
            ("boron", "9999", None),
            ("boron", "latest-ish", None),
        ] {
            assert_eq!(named(platform, wanted).as_deref(), name, "{platform} {wanted}");
        }
    }
}
