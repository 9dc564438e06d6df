//! The folder that stands for `~/.particle` in a sandbox.

use super::{Location, SandboxError};
use crate::{
    atomic_file::{self, Access},
    settings::keys,
};
use serde_json::{Map, Value};
use std::{fs, io::ErrorKind};

/// Points the folder's default profile at the sandbox's cloud and the known applications there, whose port may change
/// from run to run. Everything else in the profile, such as the token of whoever is logged in, stays.
pub(super) fn point_at(location: &Location, api_url: &str) -> Result<(), SandboxError> {
    let folder = location.profile_folder();
    fs::create_dir_all(&folder).map_err(SandboxError::file("create", &folder))?;
    let path = folder.join("particle.config.json");
    let damaged = |source| SandboxError::Damaged { path: path.clone(), source };
    let mut members: Map<String, Value> = match fs::read(&path) {
        Ok(content) => serde_json::from_slice(&content).map_err(damaged)?,
        Err(error) if error.kind() == ErrorKind::NotFound => Map::new(),
        Err(error) => return Err(SandboxError::file("read", path)(error)),
    };
    let apps_url = format!("{api_url}/apps");
    let stands = |key: &str, value: &str| members.get(key).and_then(Value::as_str) == Some(value);
    if stands(keys::API_URL, api_url) && stands(keys::APPS_URL, &apps_url) {
        return Ok(());
    }
    members.insert(keys::API_URL.into(), api_url.into());
    members.insert(keys::APPS_URL.into(), apps_url.into());
    let content = serde_json::to_vec_pretty(&members).map_err(damaged)?;
    atomic_file::replace(&path, &content, Access::Owner).map_err(SandboxError::file("write", &path))
}

/// Removes the folder, and with it whoever is logged in.
pub(super) fn remove(location: &Location) -> Result<(), SandboxError> {
    let folder = location.profile_folder();
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(SandboxError::file("remove", folder)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_login_survives_a_new_port() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::of_file(&folder.path().join("state.json")).unwrap();
        point_at(&location, "http://127.0.0.1:1").unwrap();
        let path = location.profile_folder().join("particle.config.json");
        fs::write(&path, r#"{"apiUrl":"http://127.0.0.1:1","access_token":"abc"}"#).unwrap();
        point_at(&location, "http://127.0.0.1:2").unwrap();
        let members: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(members["apiUrl"], "http://127.0.0.1:2");
        assert_eq!(members["access_token"], "abc");
    }
}
