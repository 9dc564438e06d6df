//! `/apps`: known applications, made here, with an index that names their hashes.
//!
//! Particle's own are somebody else's work and are not in this program.

use super::{SharedCloud, compiler::first_target, error::ApiError, files::file};
use crate::{
    platform::{PLATFORMS, Platform},
    sandbox::{bench::Program, release},
};
use axum::{
    Json, Router,
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Each application, and the platforms it is for where it is not for all.
const APPS: [(&str, &[&str]); 7] = [
    ("tinker", &[]),
    ("tinker-usb-debugging", &["electron"]),
    ("doctor", &["core", "photon", "p1", "electron"]),
    ("cc3000", &["core"]),
    ("cc3000_1_14", &["core"]),
    ("deep_update_2014_06", &["core"]),
    ("voodoo", &["core"]),
];

/// Those whose published files are no modules.
const BARE: [&str; 3] = ["cc3000", "cc3000_1_14", "deep_update_2014_06"];
const BARE_LENGTH: usize = 2048;
/// The top of a Core's memory.
const STACK: u32 = 0x2000_5000;
/// Where its firmware begins to run.
const RESET: u32 = 0x0800_5201;

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new().route("/apps/index.json", get(index)).route("/apps/{app}/{file}", get(download))
}

/// A known application, for the oldest Device OS that its platform has.
pub(super) fn module(app: &str, platform: &'static Platform) -> Option<Vec<u8>> {
    let (_, only) = APPS.iter().find(|(name, _)| *name == app)?;
    if !only.is_empty() && !only.contains(&platform.name) {
        return None;
    }
    let program = match app {
        app if app.starts_with("tinker") => Program::Tinker,
        "doctor" => Program::DeviceDoctor,
        _ => Program::Foreign,
    };
    if BARE.contains(&app) {
        return Some(bare_firmware(app));
    }
    release::application(platform, first_target(platform)?, &program, app.as_bytes()).ok()
}

/// Firmware for the Core as it was before there were modules: the addresses of its stack and of its beginning, and code
/// that says nothing of itself.
fn bare_firmware(app: &str) -> Vec<u8> {
    let mut firmware = [STACK, RESET].map(u32::to_le_bytes).concat();
    firmware.extend(app.bytes());
    firmware.resize(BARE_LENGTH, 0);
    firmware
}

async fn index() -> Json<Value> {
    let apps = APPS.iter().flat_map(|(app, _)| PLATFORMS.iter().map(move |platform| (*app, platform)));
    let described = apps.filter_map(|(app, platform)| {
        let module = module(app, platform)?;
        let hash: String = Sha256::digest(&module).iter().map(|byte| format!("{byte:02x}")).collect();
        let path = format!("{app}/{}.bin", platform.name);
        Some(json!({ "app": app, "platform": platform.name, "path": path, "sha256": hash }))
    });
    Json(json!({ "apps": described.collect::<Vec<_>>() }))
}

async fn download(
    headers: HeaderMap,
    Path((app, name)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let platform = name.strip_suffix(".bin").and_then(Platform::by_name);
    let module = platform.and_then(|platform| module(&app, platform));
    let module = module.ok_or_else(|| ApiError::failure(StatusCode::NOT_FOUND, "no such application"))?;
    Ok(file(&headers, module))
}
